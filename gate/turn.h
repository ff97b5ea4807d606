// Whether a push may move an environment's branch now: what its predecessors run,
// windows, freezes, what it removes, what people declared. Who must agree is asked
// elsewhere.
#pragma once

#include <set>
#include <span>
#include <string>

#include "base/rule.h"
#include "gate/environment_move.h"
#include "promotion/condition.h"
#include "promotion/promotion_keys.h"
#include "promotion/turn.h"

namespace sluice::gate {

extern const Rule kTurnRule;  // promotion/turn

struct TurnAsked {
  const promotion::PromotionSettings& settings;
  const promotion::Environment& environment;  // of `settings`
  const EnvironmentMove& move;
  std::span<const promotion::VerifiedApproval> given;
  const std::set<std::string>& excluded;  // people who may not consent
  bool automatic = false;                 // a bot moves it: see promotion::TurnQuestion
  promotion::Moment now{};
};

promotion::Turn AskTurnOf(const TurnAsked& asked);

// One for each condition that is not met. What it waits for is in the message.
Findings TurnFindings(const std::string& environment, std::span<const promotion::Condition> unmet);

// Whether its ledger has to tell something before it moves.
bool AsksItsLedger(const promotion::PromotionSettings& settings, const promotion::Environment& environment);
bool AsksForPeople(const promotion::PromotionSettings& settings, const promotion::Environment& environment);

// People who may approve policy: they may revoke what others gave.
std::set<std::string> RevokersOf(const promotion::PromotionSettings& settings);

// What its windows and the freezes of the configuration say now.
promotion::Conditions AskCalendar(promotion::Environment environment, promotion::Moment now);

}  // namespace sluice::gate
