// Connections that wait for the next request to the same place.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "net/stream.h"

namespace sluice::net {

struct PoolLimits {
  std::size_t of_one_place = 8;  // idle ones that are kept
  std::size_t in_all = 32;
  std::chrono::seconds idle{90};  // how long one is kept
};

// Thread-safe. Streams are closed outside of its lock.
class Pool {
 public:
  explicit Pool(PoolLimits limits) : limits_(limits) {}

  // The youngest that still lives, or null.
  std::unique_ptr<Stream> Take(const std::string& place);
  // Keeps it, or closes it and the oldest ones, as the limits say.
  void Give(const std::string& place, std::unique_ptr<Stream> stream);
  std::size_t size() const;

 private:
  struct Idle {
    std::string place;
    std::unique_ptr<Stream> stream;
    Clock::time_point since;
  };
  using IdleList = std::list<Idle>;  // youngest first
  std::unique_ptr<Stream> TakeAny(const std::string& place, IdleList& dead);

  const PoolLimits limits_;
  mutable std::mutex mutex_;
  IdleList idle_;  // guarded by mutex_
};

}  // namespace sluice::net
