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

// The way that the ref took, by the times of the intents: step by step the longest
// so far to each commit. Empty where none leads to `tip`.
std::vector<IntentHead> InOrderOfTime(std::span<const IntentHead> intents, const Oid& from, const Oid& tip,
                                      std::int64_t since) {
  struct Reached {
    std::size_t length = 0;
    std::size_t by = 0;  // the step, counted from 1; 0: at the beginning
  };
  std::vector<const IntentHead*> steps;
  for (const IntentHead& intent : intents)
    if (intent.placed >= since) steps.push_back(&intent);
  std::stable_sort(steps.begin(), steps.end(),
                   [](const auto* a, const auto* b) { return a->placed < b->placed; });
  std::map<Oid, Reached> reached = {{from, {}}};
  std::vector<std::size_t> before(steps.size() + 1);  // the step before each
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto at = reached.find(steps[i]->before);
    if (at == reached.end()) continue;
    const Reached next{at->second.length + 1, i + 1};
    before[i + 1] = at->second.by;
    const auto [there, fresh] = reached.emplace(steps[i]->after, next);
    if (!fresh && next.length > there->second.length) there->second = next;
  }
  std::vector<IntentHead> moves;
  const auto end = reached.find(tip);
  for (std::size_t by = end == reached.end() ? 0 : end->second.by; by != 0; by = before[by])
    moves.push_back(*steps[by - 1]);
  std::reverse(moves.begin(), moves.end());
  return moves;
}

std::vector<IntentHead> InNoCircle(std::span<const IntentHead> intents, const Oid& from, const Oid& tip) {
  std::vector<IntentHead> moves;
  Ways ways(intents, from);
  if (!ways.To(tip).leads) return moves;
  Oid at = tip;
  while (const IntentHead* const last = ways.Known(at).last) {
    moves.push_back(*last);
    at = last->before;
  }
  std::reverse(moves.begin(), moves.end());
  return moves;
}

}  // namespace

Oid ZeroLike(const Oid& id) {
  constexpr std::uint8_t kZeros[32] = {};
  return Oid::FromBytes(id.kind(), kZeros);
}

RecordPlan PlanRecords(const std::optional<RecordedTip>& recorded, const std::optional<Oid>& tip,
                       std::span<const IntentHead> intents) {
  if (!tip) return {recorded ? Standing::kNoTip : Standing::kInStep, {}};
  const Oid from = recorded ? recorded->commit : ZeroLike(*tip);
  const std::int64_t since = recorded ? recorded->judged * 1'000'000'000 : 0;
  RecordPlan plan{Standing::kBehind, InOrderOfTime(intents, from, *tip, since)};
  if (plan.moves.empty() && from == *tip) return {};
  if (plan.moves.empty()) plan.moves = InNoCircle(intents, from, *tip);
  if (plan.moves.empty()) plan.standing = Standing::kNoIntent;
  return plan;
}

namespace {

// Whether the branch came by way of the intent's commit, after the record's, and is there yet.
enum class Lead : std::uint8_t { kNowhere, kHere, kUndone };

Result<Lead> LeadOf(const IntentHead& intent, const std::optional<RecordedTip>& recorded, const Oid& tip,
                    const FolderHistory& history) {
  if (intent.after == tip) return Lead::kHere;
  const Result<bool> held = history.is_ancestor(intent.after, tip);
  if (!held) return held.error();
  const Result<bool> past = *held && recorded ? history.is_ancestor(intent.after, recorded->commit) : false;
  if (!past) return past.error();
  if (!*held || *past) return Lead::kNowhere;
  const Result<bool> stands = history.stands(intent.after, tip);
  if (!stands) return stands.error();
  return *stands ? Lead::kHere : Lead::kUndone;
}

}  // namespace

Result<RecordPlan> PlanFolder(const std::optional<RecordedTip>& recorded, const std::optional<Oid>& tip,
                              std::span<const IntentHead> intents, const FolderHistory& history) {
  if (!tip) return RecordPlan{recorded ? Standing::kNoTip : Standing::kInStep, {}};
  const std::int64_t since = recorded ? recorded->judged * 1'000'000'000 : 0;
  std::vector<IntentHead> newest_first(intents.begin(), intents.end());
  std::sort(newest_first.begin(), newest_first.end(),
            [](const IntentHead& a, const IntentHead& b) { return a.placed > b.placed; });
  bool undone = false;
  for (const IntentHead& intent : newest_first) {
    if (recorded && intent.after == recorded->commit) break;  // what is older is done with too
    if (intent.placed < since) break;
    const Result<Lead> lead = LeadOf(intent, recorded, *tip, history);
    if (!lead) return lead.error();
    if (*lead == Lead::kHere) return RecordPlan{Standing::kBehind, {intent}};
    undone |= *lead == Lead::kUndone;
  }
  if (!recorded) return RecordPlan{Standing::kNoIntent, {}};
  const Result<bool> in_step = undone ? history.stands(recorded->commit, *tip) : true;
  if (!in_step) return in_step.error();
  return RecordPlan{*in_step ? Standing::kInStep : Standing::kNoIntent, {}};
}

}  // namespace sluice::promotion
