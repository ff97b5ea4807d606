// Tested by tests/gate/turn_test.cc.
#include "gate/turn.h"

#include <algorithm>

#include "promotion/turn.h"

namespace sluice::gate {
namespace {

using promotion::Environment;
using promotion::PathRule;

bool AsksForPeople(const PromotionSettings& settings, const Environment& environment) {
  const auto holds = [&](const PathRule& rule) {
    return rule.environments.empty() ||
           std::any_of(rule.environments.begin(), rule.environments.end(),
                       [&](const promotion::Named& named) { return named.name == environment.name; });
  };
  const std::vector<PathRule>& paths = settings.review.paths;
  return environment.approvals.count > 0 || environment.approvals.codeowners ||
         std::any_of(paths.begin(), paths.end(), holds);
}

std::string Words(const promotion::Condition& condition) {
  return condition.message + (condition.when ? "; until " + promotion::Text(*condition.when) : "");
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
        "wait for the time that the message names; what this version cannot take yet, take out of "
        "`environments`, in a change that is accepted first",
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

Findings CheckTurn(const PromotionSettings& settings, const RefMove& move, promotion::Moment now) {
  Findings findings;
  const auto say = [&](std::string message) {
    findings.push_back(MakeFinding(kTurnRule, {}, {}, std::move(message)));
  };
  for (const Environment& environment : settings.environments) {
    if (!environment.folder.empty() || environment.Ref() != move.ref) continue;
    if (AsksForPeople(settings, environment))
      say(environment.name + " asks for approvals, which this version cannot take");
    if (!environment.after.empty())
      say(environment.name + " follows " + environment.after[0].name +
          ", and this version keeps no record of what that runs");
    for (const promotion::Condition& condition : AskCalendar(environment, now))
      say(environment.name + ": " + Words(condition));
  }
  return findings;
}

}  // namespace sluice::gate
