// Moves that people asked for by a signed `request`: made by the server once the
// conditions hold, judged and recorded as a push is.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "gate/push.h"
#include "hooks/places.h"

namespace sluice::hooks {

// Of one call: each is a verdict.
inline constexpr std::size_t kMostRequests = 8;

struct RequestedMoves {
  std::vector<gate::RefUpdate> moved;  // and recorded
  std::string words;                   // for whoever pushed: of each request what became of it
};

// `refs` are names below refs/sluice/approvals/: requests for the changes that they speak of
// are tried, in the order of their names. One whose branch holds its commit is done with. On a
// forge nothing is moved, since its own rules have to see it.
RequestedMoves MoveRequested(const Places& places, const gate::HookSettings& settings,
                             std::span<const std::string> refs);

}  // namespace sluice::hooks
