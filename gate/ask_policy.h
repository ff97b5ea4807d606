// What a push that changes the configuration asks of people: `review.policy`, for the
// environment `policy` (docs/approvals.md). The rules are those before the change.
#pragma once

#include <optional>

#include "gate/ask_environment.h"

namespace sluice::gate {

// Nothing where the push changes no file of the policy, or nobody is asked for. An Error: it
// could not be told.
Result<std::optional<EnvironmentAnswer>> AskPolicy(const Judges& judges, const RefMove& move);

}  // namespace sluice::gate
