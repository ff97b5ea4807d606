// The one thing below refs/sluice/ that clusters push: what became of a record, signed
// with the cluster's key, in the place of what it said before (docs/ledger.md, section 7).
#pragma once

#include "gate/ref_content.h"

namespace sluice::gate {

// Whether the push moves something of refs/sluice/outcomes/ itself, by its name alone.
bool NamesOutcome(const RefMove& move);

// What is wrong with it: nothing where its cluster signed it, with the key that the newest
// record of policy names, of a record that its ledger has, and later than what is there.
// An Error: it could not be told.
Result<Findings> CheckOutcomePush(const Judges& judges, const RefMove& move);

}  // namespace sluice::gate
