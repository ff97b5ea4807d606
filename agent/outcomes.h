// Tells the repository what became of the record that the cluster is kept at: once for
// each change of it, beside the cycles, which wait for nothing here.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <optional>
#include <string>

#include "agent/cycle.h"
#include "agent/notice.h"
#include "agent/outcome_push.h"

namespace sluice::agent {

// How long after one that failed so it is tried again, at least: doubled each time.
std::chrono::seconds PauseAfter(PushEnd end, unsigned failures);

// Not for two threads at a time. Ends when what is under way has ended: within half a
// minute a step, as git is given.
class Outcomes {
 public:
  // `waits`: Tell() comes back when it is done.
  Outcomes(const Configuration& configuration, const std::string& git_dir, bool waits);

  // Begins to tell what the report says, where that is not there yet and its time has
  // come. Nothing without a key in the configuration.
  void Tell(const CycleReport& report, std::int64_t now);
  // Why it is not there; nothing where it is, or nobody knows yet.
  std::optional<Notice> trouble() const;
  // Whether the last one that there was to tell is there; nothing where none is told.
  std::optional<bool> told() const;

 private:
  using Clock = std::chrono::steady_clock;
  void Take();  // what the last push came to

  const std::string cluster_, environment_;
  const bool asked_, waits_;
  OutcomePush push_;  // that of pushing_ while it runs
  std::optional<promotion::Outcome> wanted_{}, told_{};
  promotion::Outcome sent_{};
  Pushed last_{};
  unsigned failures_ = 0;
  Clock::time_point next_{};
  std::future<Pushed> pushing_{};  // last: it ends first
};

}  // namespace sluice::agent
