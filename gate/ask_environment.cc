// Tested by tests/gate/push_test.cc and, with real pushes, by tests/push/promotion.sh.
#include "gate/ask_environment.h"

#include <algorithm>
#include <iterator>

#include "gate/answers.h"
#include "promotion/moment.h"

namespace sluice::gate {
namespace {

using promotion::Environment;

// In the folder; of none those of the whole branch, and of one that goes away all.
std::vector<const Environment*> EnvironmentsAt(const promotion::PromotionSettings& settings,
                                               const RefMove& move, const std::string& folder) {
  std::vector<const Environment*> found;
  for (const Environment& environment : settings.environments)
    if (environment.Ref() == move.ref && (move.Deletes() || environment.folder == folder))
      found.push_back(&environment);
  return found;
}

// A rollback passes over predecessors without.
bool NeededIt(const MoveKind& kind, const promotion::Turn& turn) {
  using Kind = promotion::ConditionKind;
  const bool back = kind.move == promotion::Move::kRollback;
  return std::any_of(turn.waived.begin(), turn.waived.end(), [&](const promotion::Condition& one) {
    return !back || one.kind == Kind::kWindow || one.kind == Kind::kFreeze || one.kind == Kind::kApprovals;
  });
}

promotion::RecordKind KindOf(const MoveKind& kind, const promotion::Turn& turn) {
  if (turn.break_glass != nullptr && NeededIt(kind, turn)) return promotion::RecordKind::kBreakGlass;
  if (kind.move == promotion::Move::kRollback) return promotion::RecordKind::kRollback;
  return kind.move == promotion::Move::kPromotion ? promotion::RecordKind::kPromotion
                                                  : promotion::RecordKind::kDirect;
}

// What the turn rests on; who agreed besides is added by whoever asks people.
RecordGround GroundOf(const MoveKind& kind, const promotion::Turn& turn) {
  RecordGround ground;
  ground.kind = KindOf(kind, turn);
  ground.restores = kind.restores;
  ground.reason = kind.reason;
  if (ground.kind == promotion::RecordKind::kBreakGlass) ground.reason = turn.break_glass->reason;
  return ground;
}

// Without an environment nothing runs: a branch that content comes from stays.
EnvironmentAnswer Deleted(const Environment& environment) {
  EnvironmentAnswer answer;
  answer.environment = environment.name;
  answer.findings.push_back(MakeFinding(
      kTurnRule, {}, {}, environment.name + " is an environment, and its branch may not go away"));
  answer.findings.back().remedy = "take it out of `environments` first";
  return answer;
}

// Break-glass stands in for people too, though not for one who pushes and is not known.
void WaiveApprovals(EnvironmentAnswer& answer) {
  promotion::Conditions& unmet = answer.people.review.unmet;
  const auto waived = std::stable_partition(unmet.begin(), unmet.end(), [](const promotion::Condition& one) {
    return one.kind != promotion::ConditionKind::kApprovals;
  });
  std::move(waived, unmet.end(), std::back_inserter(answer.turn.waived));
  unmet.erase(waived, unmet.end());
}

Result<EnvironmentAnswer> Ask(const Judges& judges, const RefMove& move, const WouldRecord& record,
                              const PolicySide& side, const Environment& environment,
                              const Approvals& named) {
  const promotion::PromotionSettings& settings = side.loaded.configuration.promotion;
  const promotion::Moment now = promotion::Now();
  Result<EnvironmentMove> looked = LookAtMove({.repository = judges.push.repository,
                                               .environment = environment,
                                               .environments = settings.environments,
                                               .before = move.update.old_id,
                                               .after = move.update.new_id,
                                               .intent_name = record.name,
                                               .intent = record.intent,
                                               .merge = judges.push.merge,
                                               .now = now,
                                               .restores = judges.push.requested.restores,
                                               .reason = judges.push.requested.reason,
                                               .deadline = judges.push.deadline});
  if (!looked) return looked.error();
  EnvironmentAnswer answer;
  answer.environment = environment.name;
  answer.move = *std::move(looked);
  Result<PeopleAnswer> people = AskPeople({judges, side, environment, answer.move, move, now, {}, named});
  if (!people) return people.error();
  answer.people = *std::move(people);
  answer.turn = AskTurnOf({.settings = settings,
                           .environment = environment,
                           .move = answer.move,
                           .given = answer.people.given,
                           .excluded = answer.people.excluded,
                           .automatic = answer.people.by_bot,
                           .now = now});
  if (answer.turn.break_glass != nullptr) WaiveApprovals(answer);
  answer.ground = GroundOf(answer.move.kind, answer.turn);
  answer.findings = TurnFindings(environment.name, answer.turn.unmet);
  Findings more = ApprovalFindings(environment.name, move.update.new_id, answer.people);
  std::move(more.begin(), more.end(), std::back_inserter(answer.findings));
  return answer;
}

}  // namespace

Result<std::vector<EnvironmentAnswer>> AskFolder(const Judges& judges, const RefMove& move,
                                                 const WouldRecord& record, const std::string& folder) {
  std::vector<EnvironmentAnswer> answers;
  for (const PolicySide* side : {&judges.own, judges.floor}) {
    if (side == nullptr) continue;
    const promotion::PromotionSettings& settings = side->loaded.configuration.promotion;
    for (const Environment* environment : EnvironmentsAt(settings, move, folder)) {
      if (move.Deletes()) {
        answers.push_back(Deleted(*environment));
        continue;
      }
      Approvals named;
      for (const EnvironmentAnswer& before : answers)
        if (before.environment == environment->name) AddApprovals(before, named);
      Result<EnvironmentAnswer> answer = Ask(judges, move, record, *side, *environment, named);
      if (!answer) return answer.error();
      answers.push_back(*std::move(answer));
    }
  }
  return answers;
}

Result<std::vector<EnvironmentAnswer>> AskEnvironments(const Judges& judges, const RefMove& move,
                                                       const WouldRecord& record) {
  return AskFolder(judges, move, record, {});
}

}  // namespace sluice::gate
