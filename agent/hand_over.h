// In place of applying, where Flux applies: the record is published, and how its objects
// fare is looked at.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "agent/apply_order.h"
#include "agent/cycle.h"
#include "agent/state.h"

namespace sluice::agent {

// Publishes the objects of state.applied, and tells the keeper how Flux and they fare:
// objects count from when Flux says that it applied this very record, and are healthy while
// they are what it says. Where one of them does not fit its path, nothing is published:
// report.failed says it. What the record holds no more is Flux' to remove, and forgotten. `work.flux` is
// there; `paths` are those of all objects of the record.
Status HandOver(const CycleWork& work, const std::vector<OrderedObject>& objects,
                const std::set<std::string>& paths, State& state, CycleReport& report);

}  // namespace sluice::agent
