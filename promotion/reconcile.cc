// Tested by tests/promotion/reconcile_test.cc.
#include "promotion/reconcile.h"

#include <algorithm>
#include <map>

namespace sluice::promotion {
namespace {

// The longest way to one commit, found from there backwards. Pushes that force a
// branch may go in circles: a commit on the way already is not entered again.
class Ways {
 public:
  Ways(std::span<const IntentHead> intents, Oid from) : from_(from) {
    for (const IntentHead& intent : intents) into_[intent.after].push_back(&intent);
  }

  struct Way {
    std::size_t length = 0;
    const IntentHead* last = nullptr;  // null at `from`, and where there is no way
    bool leads = false;
  };

  // Explicit stack: a branch may be thousands of moves behind.
  const Way& To(const Oid& tip) {
    open_.push_back({tip, 0});
    state_[tip] = State::kOpen;
    while (!open_.empty()) Step();
    return ways_[tip];
  }
  const Way& Known(const Oid& commit) { return ways_[commit]; }

 private:
  enum class State : std::uint8_t { kNew, kOpen, kDone };
  struct Frame {
    Oid commit;
    std::size_t next = 0;
  };

  void Step() {
    Frame& frame = open_.back();
    const Oid commit = frame.commit;
    const std::vector<const IntentHead*>& into = into_[commit];
    if (commit == from_ || frame.next == into.size()) return Close(commit, into);
    const Oid before = into[frame.next++]->before;
    if (state_[before] != State::kNew) return;
    state_[before] = State::kOpen;
    open_.push_back({before, 0});
  }

  void Close(const Oid& commit, const std::vector<const IntentHead*>& into) {
    Way way;
    way.leads = commit == from_;
    for (const IntentHead* intent : commit == from_ ? std::vector<const IntentHead*>() : into) {
      const Way& before = ways_[intent->before];
      if (state_[intent->before] != State::kDone || !before.leads) continue;
      if (!way.leads || before.length + 1 > way.length) way = {before.length + 1, intent, true};
    }
    ways_[commit] = way;
    state_[commit] = State::kDone;
    open_.pop_back();
  }

  const Oid from_;
  std::map<Oid, std::vector<const IntentHead*>> into_;
  std::map<Oid, Way> ways_;
  std::map<Oid, State> state_;
  std::vector<Frame> open_;
};

Oid ZeroLike(const Oid& id) {
  constexpr std::uint8_t kZeros[32] = {};
  return Oid::FromBytes(id.kind(), kZeros);
}

}  // namespace

RecordPlan PlanRecords(const std::optional<Oid>& recorded, const std::optional<Oid>& tip,
                       std::span<const IntentHead> intents) {
  if (!tip) return {recorded ? Standing::kNoTip : Standing::kInStep, {}};
  if (recorded == tip) return {};
  Ways ways(intents, recorded.value_or(ZeroLike(*tip)));
  if (!ways.To(*tip).leads) return {Standing::kNoIntent, {}};
  RecordPlan plan{Standing::kBehind, {}};
  Oid at = *tip;
  while (const IntentHead* const last = ways.Known(at).last) {
    plan.moves.push_back(*last);
    at = last->before;
  }
  std::reverse(plan.moves.begin(), plan.moves.end());
  return plan;
}

}  // namespace sluice::promotion
