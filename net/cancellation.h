// A switch that ends requests from another thread, once and for all.
#pragma once

namespace sluice::net {

// Outlives every request that it was given to. Thread-safe.
class Cancellation {
 public:
  Cancellation();
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;
  ~Cancellation();

  void Cancel() const;  // also from a signal handler
  bool IsCancelled() const;
  int descriptor() const { return event_; }  // readable once cancelled; for poll()

 private:
  int event_;  // an eventfd; -1 where the system gave none, then nothing is ever cancelled
};

}  // namespace sluice::net
