// Bases of deltas kept for the next delta on them: objects of one pack often
// share a chain. Bounded, oldest out first. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "git/repository.h"

namespace sluice::git {

class BaseCache {
 public:
  using Key = std::pair<std::uint64_t, std::uint64_t>;  // the pack's number, the offset in it

  std::shared_ptr<const RawObject> Get(const Key& key);
  void Put(const Key& key, std::shared_ptr<const RawObject> object);

 private:
  std::mutex mutex_;
  std::map<Key, std::shared_ptr<const RawObject>> objects_;
  std::deque<Key> order_;
  std::size_t bytes_ = 0;
};

}  // namespace sluice::git
