// What a promotion would change, as people agree to it: planned and judged, not moved.
#pragma once

#include <string>

#include "cli/promotion_place.h"
#include "gate/promote.h"

namespace sluice::cli {

// Which promotion is meant: that of `sluice promote` with the same words.
struct PromotionWords {
  std::string environment, from, reason;
  std::uint64_t record = 0;
};

// Of a folder the tree that it gets is made in the scratch directory.
Result<gate::PromotionPlan> PlanOf(PromotionPlace& place, const PromotionWords& words);

// Whether there is something to judge: it is not there already, and nothing is in its way.
bool CanMove(const gate::PromotionPlan& plan);

// The commit that the branch gets: made in the scratch directory where none is there.
Result<Oid> TipOf(PromotionPlace& place, const gate::PromotionPlan& plan);

// As the push that it would be; of an environment that moves by request its folder at that
// commit, as whoever runs this would ask for it.
gate::PushVerdict JudgePlan(PromotionPlace& place, const gate::PromotionPlan& plan, const Oid& tip);

// That of the environment: a push may move several folders. Null where it has none.
const gate::EnvironmentTurn* TurnOf(const gate::PromotionPlan& plan, const gate::RefVerdict& verdict);

struct JudgedPromotion {
  gate::PromotionPlan plan;
  gate::RefVerdict verdict;
  const gate::EnvironmentTurn& turn() const { return *TurnOf(plan, verdict); }
};

// kUsage where there is nothing to agree to: a conflict, the branch holds it, or the
// change cannot be told.
Result<JudgedPromotion> JudgePromotion(PromotionPlace& place, const PromotionWords& words);

}  // namespace sluice::cli
