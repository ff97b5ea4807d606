// One line on standard error that tells how far a long check is; drawn only on
// a terminal and only after half a second, erased at the end.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>

namespace sluice::cli {

class Progress {
 public:
  explicit Progress(bool enabled) : enabled_(enabled) {}
  ~Progress() { Erase(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // From any thread.
  void Tell(std::size_t done, std::size_t all);
  void Erase();

 private:
  using Clock = std::chrono::steady_clock;

  const bool enabled_;
  std::mutex mutex_;
  Clock::time_point next_ = Clock::now() + std::chrono::milliseconds(500);  // guarded by mutex_
  std::atomic<bool> drawn_{false};
};

}  // namespace sluice::cli
