// Tested by tests/gate/turn_test.cc.
#include "gate/turn.h"

#include <algorithm>

#include "promotion/turn.h"

namespace sluice::gate {
namespace {

using promotion::Environment;
using promotion::PathRule;

std::string Words(const promotion::Condition& condition) {
  return condition.message + (condition.when ? "; until " + promotion::Text(*condition.when) : "");
}

// A direct change is told why it is no other kind of move.
void TellWhyDirect(const MoveKind& kind, promotion::Conditions& unmet) {
  if (kind.why_direct.empty()) return;
  for (promotion::Condition& condition : unmet)
    if (condition.kind == promotion::ConditionKind::kPredecessor) condition.message += ": " + kind.why_direct;
}

// Content is copied to a folder once its predecessor runs it.
void TellRemedyOfFolder(const Environment& environment, promotion::Conditions& unmet) {
  for (promotion::Condition& condition : unmet)
    if (condition.kind == promotion::ConditionKind::kPredecessor)
      condition.remedy = "bring it to " + environment.after.front().name + " first, then: sluice promote " +
                         environment.name;
}

// How large a share goes is known where the ledger is where the branch is.
bool AsksForShare(const EnvironmentMove& move, const Environment& environment) {
  constexpr unsigned kAll = 100;
  return move.removed > 0 && environment.max_removed < kAll;
}

}  // namespace

const Rule kTurnRule = {
    .id = "promotion/turn",
    .title = "an environment moves when its conditions hold",
    .why =
        "Who must agree, what runs before it, and when it may move stand in the configuration, so that "
        "nobody "
        "has to remember them in a hurry.",
    .remedy =
        "wait for the time that the message names, or do what it says; sluice promote ENV --explain lists "
        "all that is missing",
    .fails = {},
    .passes = {},
};

promotion::Conditions AskCalendar(Environment environment, promotion::Moment now) {
  environment.after.clear();
  const promotion::Zones zones = promotion::ZonesOf(environment);
  const promotion::People nobody;
  const std::set<std::string> none;
  const promotion::TurnQuestion question{.environment = environment,
                                         .environments = {},
                                         .ledgers = {},
                                         .commit = {},
                                         .excluded = none,
                                         .zones = zones,
                                         .asking = {{}, environment.name, {}, {}, now, nobody, none}};
  return promotion::AskTurn(question).unmet;
}

std::set<std::string> RevokersOf(const promotion::PromotionSettings& settings) {
  if (settings.review.policy.count == 0) return {};
  return promotion::MayAgree(settings.review.policy, settings.people);
}

bool AsksForPeople(const promotion::PromotionSettings& settings, const Environment& environment) {
  const auto holds = [&](const PathRule& rule) { return promotion::Holds(rule, environment.name); };
  const std::vector<PathRule>& paths = settings.review.paths;
  return environment.approvals.count > 0 || environment.approvals.codeowners ||
         std::any_of(paths.begin(), paths.end(), holds);
}

bool AsksItsLedger(const promotion::PromotionSettings& settings, const Environment& environment) {
  return !environment.after.empty() || AsksForPeople(settings, environment);
}

promotion::Turn AskTurnOf(const TurnAsked& given) {
  Environment alone = given.environment;
  if (given.move.kind.own) alone.after.clear();  // what it changes runs nowhere before it
  const TurnAsked asked{given.settings, alone,           given.move, given.given,
                        given.excluded, given.automatic, given.now};
  const EnvironmentMove& move = asked.move;
  const promotion::Zones zones = promotion::ZonesOf(asked.environment);
  const std::set<std::string> revokers = RevokersOf(asked.settings);
  const promotion::TurnQuestion question{
      .environment = asked.environment,
      .environments = asked.settings.environments,
      .ledgers = move.predecessors,
      .commit = move.kind.source.Hex(),
      .move = move.kind.move,
      .automatic = asked.automatic,
      .rollback = move.rollback,
      .removed = move.behind.empty() ? move.removed : 0,
      .objects = move.objects,
      .excluded = asked.excluded,
      .zones = zones,
      .asking = {move.policy ? move.policy->trust.repository : std::string(), asked.environment.name,
                 move.change, asked.given, asked.now, asked.settings.people, revokers}};
  promotion::Turn turn = promotion::AskTurn(question);
  TellWhyDirect(move.kind, turn.unmet);
  if (!asked.environment.folder.empty()) TellRemedyOfFolder(asked.environment, turn.unmet);
  if (!move.behind.empty() &&
      (AsksItsLedger(asked.settings, asked.environment) || AsksForShare(move, asked.environment))) {
    turn.unmet.push_back({promotion::ConditionKind::kLedger,
                          "its ledger is not where its branch is: " + move.behind,
                          "on the server: sluice ledger reconcile",
                          {},
                          {}});
    turn.earliest = std::nullopt;
  }
  return turn;
}

Findings TurnFindings(const std::string& environment, std::span<const promotion::Condition> unmet) {
  Findings findings;
  for (const promotion::Condition& condition : unmet) {
    findings.push_back(MakeFinding(kTurnRule, {}, {}, environment + ": " + Words(condition)));
    if (!condition.remedy.empty()) findings.back().remedy = condition.remedy;
  }
  return findings;
}

}  // namespace sluice::gate
