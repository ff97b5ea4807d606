// Tested by tests/agent/outcome_push_test.cc and agent_test.py.
#include "agent/outcomes.h"

#include <algorithm>

namespace sluice::agent {
namespace {

using std::chrono::seconds;

// By PushEnd. What is refused once is refused again until somebody does something.
struct Pause {
  seconds first, most;
};
constexpr Pause kPauses[] = {
    {seconds(0), seconds(0)},
    {seconds(0), seconds(60)},
    {seconds(10), seconds(600)},
    {seconds(60), seconds(600)},
};
constexpr unsigned kMostDoublings = 10;

bool IsSame(const std::optional<promotion::Outcome>& a, const promotion::Outcome& b) {
  return a && a->record == b.record && a->kind == b.kind && a->since == b.since;
}

}  // namespace

seconds PauseAfter(PushEnd end, unsigned failures) {
  const Pause& pause = kPauses[static_cast<std::size_t>(end)];
  if (failures < 2) return pause.first;
  const seconds begin = std::max(pause.first, seconds(1));
  return std::min(pause.most, begin * (1u << std::min(failures - 1, kMostDoublings)));
}

Outcomes::Outcomes(const Configuration& configuration, const std::string& git_dir, bool waits)
    : cluster_(configuration.cluster),
      environment_(configuration.environment),
      asked_(!configuration.outcome_key.empty()),
      waits_(waits),
      push_(configuration, git_dir) {}

void Outcomes::Take() {
  if (!pushing_.valid()) return;
  if (!waits_ && pushing_.wait_for(seconds(0)) != std::future_status::ready) return;
  last_ = pushing_.get();
  const bool done = last_.end == PushEnd::kDone;
  if (done) told_ = sent_;
  failures_ = done ? 0 : failures_ + 1;
  next_ = Clock::now() + PauseAfter(last_.end, failures_);
}

void Outcomes::Tell(const CycleReport& report, std::int64_t now) {
  Take();
  const auto kind = promotion::OutcomeNamed(report.outcome);
  if (!asked_ || !report.applied || !kind || report.repository.empty()) return;
  promotion::Outcome outcome{.cluster = cluster_,
                             .environment = environment_,
                             .since = report.since,
                             .kind = *kind,
                             .record = report.applied->digest,
                             .sequence = report.applied->sequence,
                             .repository = report.repository};
  if (!IsSame(wanted_, outcome)) next_ = {};  // it is another question
  wanted_ = outcome;
  if (pushing_.valid() || IsSame(told_, outcome) || Clock::now() < next_) return;
  sent_ = std::move(outcome);
  pushing_ = std::async(std::launch::async,
                        [this, sent = sent_, now]() mutable { return push_.Push(std::move(sent), now); });
  if (waits_) Take();
}

std::optional<Notice> Outcomes::trouble() const {
  if (last_.end == PushEnd::kDone) return std::nullopt;
  return Notice{"OutcomeNotTold",
                "what became of record " + std::to_string(sent_.sequence) +
                    (last_.end == PushEnd::kRefused ? " is refused by the repository: "
                                                    : " is not in the repository yet: ") +
                    last_.words,
                true};
}

std::optional<bool> Outcomes::told() const {
  if (!asked_ || !wanted_) return std::nullopt;
  return IsSame(told_, *wanted_);
}

}  // namespace sluice::agent
