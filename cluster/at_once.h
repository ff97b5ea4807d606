// The same work for many things, by several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace sluice::cluster {

// Calls `work(0)` to `work(count - 1)`, each once, on at most `threads` threads of
// which ours is one, and returns when all are done. `work` must not throw.
template <class Work>
void AtOnce(std::size_t threads, std::size_t count, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(threads, count); ++i) others.emplace_back(run);
  run();
}

}  // namespace sluice::cluster
