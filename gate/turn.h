// Whether a push may move an environment's branch now. Approvals and what
// predecessors run are not looked at yet: where they are asked for, the push is
// rejected, since an environment that is not guarded would only look as if it were.
#pragma once

#include "base/rule.h"
#include "gate/promotion_keys.h"
#include "gate/ref_move.h"
#include "promotion/condition.h"

namespace sluice::gate {

extern const Rule kTurnRule;  // promotion/turn

// Nothing where no branch environment is at the ref.
Findings CheckTurn(const PromotionSettings& settings, const RefMove& move, promotion::Moment now);

// What its windows and the freezes of the configuration say now.
promotion::Conditions AskCalendar(promotion::Environment environment, promotion::Moment now);

}  // namespace sluice::gate
