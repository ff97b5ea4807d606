#include "git/base_cache.h"

#include "git/bounds.h"

namespace sluice::git {
namespace {

constexpr std::size_t kOverhead = 256;  // of keeping even an empty object

std::size_t Cost(const RawObject& object) { return object.bytes.size() + kOverhead; }

}  // namespace

std::shared_ptr<const RawObject> BaseCache::Get(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : found->second;
}

void BaseCache::Put(const Key& key, std::shared_ptr<const RawObject> object) {
  const std::size_t size = Cost(*object);
  if (size > kMaxCachedBaseBytes) return;
  const std::lock_guard lock(mutex_);
  if (!objects_.emplace(key, std::move(object)).second) return;
  order_.push_back(key);
  bytes_ += size;
  while (bytes_ > kBaseCacheBytes) {
    const auto oldest = objects_.find(order_.front());
    bytes_ -= Cost(*oldest->second);
    objects_.erase(oldest);
    order_.pop_front();
  }
}

}  // namespace sluice::git
