#include "cli/progress.h"

#include <cstdio>

namespace sluice::cli {

void Progress::Tell(std::size_t done, std::size_t all) {
  if (!enabled_) return;
  const std::unique_lock lock(mutex_, std::try_to_lock);  // whoever is late need not draw
  if (!lock.owns_lock() || Clock::now() < next_) return;
  next_ = Clock::now() + std::chrono::milliseconds(100);
  drawn_ = true;
  std::fprintf(stderr, "\rsluice: %zu of %zu files\x1b[K", done, all);
  std::fflush(stderr);
}

void Progress::Erase() {
  if (!drawn_.exchange(false)) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

}  // namespace sluice::cli
