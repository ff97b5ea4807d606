// Tested by tests/promotion/recorded_removal_test.cc and tests/push/removal-behind.sh.
#include "promotion/recorded_removal.h"

#include <algorithm>

#include "promotion/record_rules.h"
#include "promotion/turn.h"

namespace sluice::promotion {

Status CheckRecordedRemoval(const FileTree& policy, const RecordedRemoval& removal) {
  if (removal.removed == 0) return Ok{};
  const Result<PromotionSettings> settings = ReadRecordedSettings(policy);
  if (!settings) return settings.error();
  const Environment* const environment = FindEnvironment(settings->environments, removal.environment);
  if (environment == nullptr || !AsksForConsent(*environment, removal.removed, removal.objects)) return Ok{};
  const bool consented =
      std::any_of(removal.approvals.begin(), removal.approvals.end(), [&](const SignedApproval& given) {
        return given.approval.kind == ApprovalKind::kConsent && given.approval.removes == removal.removed;
      });
  if (consented) return Ok{};
  return Failed(RemovalWords(*environment, removal.removed, removal.objects) +
                ", and nobody consented to that when it was judged: put back what is gone, push, and run "
                "sluice ledger reconcile --judge");
}

}  // namespace sluice::promotion
