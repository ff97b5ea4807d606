#include "git/id_table.h"

#include <algorithm>
#include <cstring>

#include "git/bytes.h"
#include "git/file.h"

namespace sluice::git {
namespace {

constexpr std::size_t kWindowBytes = 8192;
constexpr std::uint64_t kMaxLoadedBytes = 16u << 20;

// Position of `id` among `count` sorted ids.
std::optional<std::uint32_t> Search(const char* ids, std::uint32_t count, const Oid& id) {
  std::uint32_t low = 0;
  while (count > 0) {
    const std::uint32_t half = count / 2;
    const int order = std::memcmp(ids + std::size_t{low + half} * id.size(), id.data(), id.size());
    if (order == 0) return low + half;
    if (order < 0) {
      low += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return std::nullopt;
}

// Where in [low, high) an id of this value would lie were the ids spread evenly.
std::uint32_t Guess(const Oid& id, std::uint32_t low, std::uint32_t high) {
  return low + static_cast<std::uint32_t>(std::uint64_t{Be32(id.data() + 1)} * (high - low) >> 32);
}

}  // namespace

bool IdTable::Load(int fd, std::uint64_t file_size, std::uint64_t fanout_at, std::uint64_t ids_at,
                   HashKind kind) {
  fd_ = fd;
  ids_at_ = ids_at;
  id_bytes_ = HashBytes(kind);
  std::uint8_t raw[1024];
  if (ReadAt(fd, fanout_at, raw, sizeof raw) != sizeof raw) return false;
  for (std::size_t i = 0; i < 256; ++i) fanout_[i] = Be32(raw + 4 * i);
  if (!std::is_sorted(fanout_.begin(), fanout_.end())) return false;
  return ids_at <= file_size && count() <= (file_size - ids_at) / id_bytes_;
}

std::optional<std::uint32_t> IdTable::Find(const Oid& id) const {
  if (id.size() != id_bytes_) return std::nullopt;
  const std::uint8_t first = id.data()[0];
  const std::uint32_t low = first == 0 ? 0 : fanout_[first - 1u];
  const std::uint32_t high = fanout_[first];
  if (low == high) return std::nullopt;
  // All ids are read once the windows have cost as much.
  const std::uint64_t read = std::uint64_t{asked_.fetch_add(1, std::memory_order_relaxed)} * kWindowBytes;
  if (read > std::uint64_t{count()} * id_bytes_) std::call_once(load_once_, [this] { LoadIds(); });
  if (!loaded_.load(std::memory_order_acquire)) return FindByReading(id, low, high);
  const auto found = Search(ids_.data() + std::size_t{low} * id_bytes_, high - low, id);
  return found ? std::optional(low + *found) : std::nullopt;
}

std::optional<std::uint32_t> IdTable::FindByReading(const Oid& id, std::uint32_t low,
                                                    std::uint32_t high) const {
  char window[kWindowBytes];
  const auto most = static_cast<std::uint32_t>(kWindowBytes / id_bytes_);
  std::uint32_t guess = Guess(id, low, high);
  while (low < high) {
    const std::uint32_t take = std::min(most, high - low);
    const std::uint32_t begin = std::clamp(guess < take / 2 ? 0 : guess - take / 2, low, high - take);
    const std::size_t bytes = std::size_t{take} * id_bytes_;
    if (ReadAt(fd_, ids_at_ + std::uint64_t{begin} * id_bytes_, window, bytes) != bytes) return std::nullopt;
    if (std::memcmp(id.data(), window, id_bytes_) < 0) {
      high = begin;
    } else if (std::memcmp(id.data(), window + bytes - id_bytes_, id_bytes_) > 0) {
      low = begin + take;
    } else {
      const auto found = Search(window, take, id);
      return found ? std::optional(begin + *found) : std::nullopt;
    }
    guess = low + (high - low) / 2;  // the first guess missed: halve from here
  }
  return std::nullopt;
}

void IdTable::LoadIds() const {
  const std::uint64_t bytes = std::uint64_t{count()} * id_bytes_;
  if (bytes > kMaxLoadedBytes) return;
  std::string ids(bytes, '\0');
  if (ReadAt(fd_, ids_at_, ids.data(), ids.size()) != ids.size()) return;
  ids_ = std::move(ids);
  loaded_.store(true, std::memory_order_release);
}

}  // namespace sluice::git
