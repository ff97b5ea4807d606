// Envelopes of people that have expired, taken away by the recorder: a record that rests
// on one holds it, and nothing else needs it any more.
#pragma once

#include <vector>

#include "git/repository.h"
#include "promotion/moment.h"
#include "promotion/recorder.h"

namespace sluice::promotion {

// Of `refs`, names below refs/sluice/approvals/ in full, those whose envelope expired a day
// ago or longer and that no intent names, and freezes and holds that were revoked and are
// older than any that a push may bring; with what revokes them. How many went. An
// envelope that cannot be read stays. kUsage as RecordBranches; all or none go.
Result<std::size_t> DropExpired(const RecorderPlace& place, const std::vector<git::ListedRef>& refs,
                                Moment now);

}  // namespace sluice::promotion
