// The rules that only the whole pipeline can judge, and the list of all rules.
#pragma once

#include "base/rule.h"

namespace sluice::gate {

extern const Rule kConfigurationRule;    // policy/configuration
extern const Rule kWaiverEndsRule;       // policy/waiver-ends
extern const Rule kWaiverExpiredRule;    // policy/waiver-expired
extern const Rule kNotJudgedRule;        // policy/not-judged
extern const Rule kTooLargeRule;         // git/too-large
extern const Rule kProtectedDeleteRule;  // git/protected-delete
extern const Rule kProtectedCreateRule;  // git/protected-create
extern const Rule kNonFastForwardRule;   // git/non-fast-forward
extern const Rule kReservedRefRule;      // git/reserved-ref
extern const Rule kMissingFileRule;      // kustomize/missing-file

}  // namespace sluice::gate
