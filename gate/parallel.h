// The same work on many items, by a few threads. Items are taken in order from
// one counter, so that neighbours share caches; the caller's thread works too.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace sluice::gate {

// Calls work(i) for i in [0, count), each once, and returns when all are done.
// `work` must not throw and must be safe to call from several threads.
template <class Work>
void ForEachIndex(unsigned jobs, std::size_t count, const Work& work) {
  constexpr std::size_t kItemsWorthAThread = 16;
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  const std::size_t threads = std::min<std::size_t>(jobs, count / kItemsWorthAThread);
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(run);
  run();
}

}  // namespace sluice::gate
