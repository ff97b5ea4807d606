// The one thing below refs/sluice/ that people push: an envelope of theirs, behind a ref
// that is made once and never moves (docs/approvals.md, section 2).
#pragma once

#include "gate/ref_content.h"

namespace sluice::gate {

// Whether the push makes such a ref, by its name alone.
bool MakesApproval(const RefMove& move);

// What is wrong with it: nothing where its name says what it is, it is for this
// repository and an environment of the configuration, and its signature holds now. An
// Error: it could not be told.
Result<Findings> CheckApprovalPush(const Judges& judges, const RefMove& move);

}  // namespace sluice::gate
