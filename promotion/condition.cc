#include "promotion/condition.h"

namespace sluice::promotion {

std::string_view NameOf(ConditionKind kind) {
  switch (kind) {
    case ConditionKind::kRequest:
      return "request";
    case ConditionKind::kPusher:
      return "pusher";
    case ConditionKind::kBot:
      return "bot";
    case ConditionKind::kApprovals:
      return "approvals";
    case ConditionKind::kPredecessor:
      return "predecessor";
    case ConditionKind::kOutcome:
      return "outcome";
    case ConditionKind::kSoak:
      return "soak";
    case ConditionKind::kWindow:
      return "window";
    case ConditionKind::kFreeze:
      return "freeze";
    case ConditionKind::kHold:
      return "hold";
    case ConditionKind::kConsent:
      return "consent";
    case ConditionKind::kLedger:
      break;
  }
  return "ledger";
}

}  // namespace sluice::promotion
