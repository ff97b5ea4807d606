// The members of one mapping: no key twice, merge keys resolved.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "manifests/document.h"
#include "manifests/problems.h"

namespace sluice::manifests {

// Members [begin, end) of a mapping were brought by its merge key number `merge`.
struct MergeSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint32_t merge = 0;
};

// Looks at the members `nodes[first…]` in their order. A key that stands twice
// is a finding, or, by problems.duplicates(), a warning, and the last one stays.
// What merge keys brought gives way to explicit members behind them; where an
// explicit member or another merge key comes first, readers of the field
// disagree, and that is a finding. Drops members that gave way.
// `merges` counts in indexes of `nodes`. False where reading must end.
bool SettleMembers(std::vector<Node>& nodes, std::size_t first, std::span<const MergeSpan> merges,
                   Problems& problems);

}  // namespace sluice::manifests
