// What a build would no longer give to the judge: objects that were built before
// the change, while the thing that had them built is still there and now builds
// elsewhere, or leaves out what gave them. That a root is gone is no such thing.
#pragma once

#include "base/finding.h"
#include "gate/builds.h"

namespace sluice::gate {

// policy/not-judged, at the place of the root or of what it leaves out.
Findings CheckStillBuilt(const Builds& before, const Builds& after);

}  // namespace sluice::gate
