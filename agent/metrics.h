// What Prometheus reads: the last cycle in numbers, on a listener of the agent's own.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "agent/cycle.h"
#include "net/listener.h"

namespace sluice::agent {

inline constexpr std::size_t kHoldCauses = 7;

// Thread-safe.
class Metrics {
 public:
  explicit Metrics(std::string environment) : environment_(std::move(environment)) {}

  void Count(const CycleReport& report, std::int64_t now);
  void CountError();
  void CountHealed();
  void SetLeader(bool leader);
  void SetTold(std::optional<bool> told);  // whether the repository has the outcome; nothing: it is not told
  void Turn(std::chrono::steady_clock::time_point now);  // the agent's loop comes by
  std::chrono::steady_clock::time_point turned() const;  // when it did last
  std::string Text() const;                              // Prometheus' text format, 0.0.4

 private:
  struct Numbers {
    std::uint64_t newest = 0, applied = 0, objects = 0, refused = 0, waiting = 0;
    std::uint64_t cycles = 0, errors = 0, sent = 0, removed = 0, healed = 0;
    std::int64_t expires = 0, last = 0;
    std::array<std::uint64_t, kHoldCauses> held{};  // cycles, by cause
    std::array<bool, kHoldCauses> holds{};          // in the last cycle, by cause
    std::string outcome{};
    bool leader = false;
    std::optional<bool> told{};
    std::chrono::steady_clock::time_point turned{};
  };

  const std::string environment_;
  mutable std::mutex mutex_;
  Numbers numbers_;  // guarded by mutex_
};

// To GET /metrics, and GET /healthz: 503 where the agent's loop did not come by for longer than `turn`.
net::ServedAnswer AnswerTo(const net::RequestHead& request, const Metrics& metrics, std::chrono::seconds turn,
                           std::chrono::steady_clock::time_point now);

// Serves these at "ADDRESS:PORT".
Result<std::unique_ptr<net::Listener>> ServeMetrics(const std::string& at, const Metrics& metrics,
                                                    std::chrono::seconds turn);

}  // namespace sluice::agent
