// Objects kept for the next reader: bases of deltas, since objects of one pack
// often share a chain, and commits and trees, which a verdict comes back to
// several times. Bounded, oldest out first. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "git/bounds.h"
#include "git/repository.h"

namespace sluice::git {

template <class Key>
class ObjectCache {
 public:
  // Null where it is not kept.
  std::shared_ptr<const RawObject> Get(const Key& key) {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(key);
    return found == objects_.end() ? nullptr : found->second;
  }

  void Put(const Key& key, std::shared_ptr<const RawObject> object) {
    const std::size_t size = Cost(*object);
    if (size > kMaxCachedBytes) return;
    const std::lock_guard lock(mutex_);
    if (!objects_.emplace(key, std::move(object)).second) return;
    order_.push_back(key);
    bytes_ += size;
    while (bytes_ > kCacheBytes) {
      const auto oldest = objects_.find(order_.front());
      bytes_ -= Cost(*oldest->second);
      objects_.erase(oldest);
      order_.pop_front();
    }
  }

 private:
  static std::size_t Cost(const RawObject& object) {
    constexpr std::size_t kOverhead = 256;  // of keeping even an empty object
    return object.bytes.size() + kOverhead;
  }

  std::mutex mutex_;
  std::map<Key, std::shared_ptr<const RawObject>> objects_;
  std::deque<Key> order_;
  std::size_t bytes_ = 0;
};

using BaseCache = ObjectCache<std::pair<std::uint64_t, std::uint64_t>>;  // a pack's number, an offset in it

}  // namespace sluice::git
