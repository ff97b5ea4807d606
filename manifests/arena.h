// The memory of one parsed file: nodes and the texts that are not in the file
// as they stand. Handed out in order, freed all at once. Not for two threads at
// a time while it grows; read-only afterwards.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sluice::manifests {

class Arena {
 public:
  // `expected` is about what will be asked for; a wrong guess costs one more block.
  explicit Arena(std::size_t expected) : next_block_(std::min(std::max(expected, kSmallest), kLargest)) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // What it has asked of the system.
  std::size_t bytes() const { return bytes_; }

  // A copy of `text` that lives as long as the arena.
  std::string_view Keep(std::string_view text) {
    if (text.empty()) return {};
    char* place = static_cast<char*>(Allocate(text.size(), 1));
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }

  template <class T>
  std::span<const T> Keep(std::span<const T> items) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (items.empty()) return {};
    T* place = static_cast<T*>(Allocate(items.size_bytes(), alignof(T)));
    std::uninitialized_copy(items.begin(), items.end(), place);
    return {place, items.size()};
  }

 private:
  static constexpr std::size_t kSmallest = 2048;
  static constexpr std::size_t kLargest = 256 * 1024;

  void* Allocate(std::size_t bytes, std::size_t alignment) {
    const std::size_t start = (used_ + alignment - 1) & ~(alignment - 1);
    if (start + bytes > size_) return Grow(bytes);
    used_ = start + bytes;
    return blocks_.back().get() + start;
  }

  // A new block; operator new aligns it for every type that is kept here.
  void* Grow(std::size_t bytes) {
    size_ = std::max(bytes, next_block_);
    next_block_ = std::min(2 * next_block_, kLargest);
    bytes_ += size_;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size_));
    used_ = bytes;
    return blocks_.back().get();
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t size_ = 0;  // of the last block
  std::size_t used_ = 0;
  std::size_t next_block_;
  std::size_t bytes_ = 0;
};

}  // namespace sluice::manifests
