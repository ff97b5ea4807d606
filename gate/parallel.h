// The same work on many items, by a few threads. Items are taken in order from
// one counter, so that neighbours share caches; the caller's thread works too.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace sluice::gate {

// The items of one ForEachIndex, shared by its threads.
class WorkQueue {
 public:
  explicit WorkQueue(std::size_t count) : count_(count) {}

  // Takes items until there is none, or one has failed.
  template <class Work>
  void Run(const Work& work) noexcept {
    try {
      for (std::size_t i = next_++; i < count_; i = next_++) work(i);
    } catch (...) {
      next_ = count_;
      if (!failed_.exchange(true)) failure_ = std::current_exception();
    }
  }

  // Call when all threads are done.
  void Rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  const std::size_t count_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::exception_ptr failure_;
};

// Calls work(i) for i in [0, count), each once, and returns when all are done.
// `work` must be safe to call from several threads. Where the system gives fewer
// threads, those that there are do it all; an exception (no memory) ends the
// work and comes out here, in the caller's thread.
constexpr std::size_t kItemsWorthAThread = 16;
template <class Work>
void ForEachIndex(unsigned jobs, std::size_t count, const Work& work,
                  std::size_t worth_a_thread = kItemsWorthAThread) {
  WorkQueue queue(count);
  const std::size_t threads = std::min<std::size_t>(jobs, count / worth_a_thread);
  {
    std::vector<std::jthread> others;
    try {
      for (std::size_t i = 1; i < threads; ++i) others.emplace_back([&] { queue.Run(work); });
    } catch (const std::exception&) {
      // A limit of the system: the threads that there are go on.
    }
    queue.Run(work);
  }
  queue.Rethrow();
}

}  // namespace sluice::gate
