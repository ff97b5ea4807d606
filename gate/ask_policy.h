// What a push that changes the configuration asks of people: `review.policy`, for the
// environment `policy` (docs/approvals.md, section 4). The rules are those before the change.
#pragma once

#include <optional>

#include "gate/ask_environment.h"

namespace sluice::gate {

struct PolicyAnswer {
  EnvironmentAnswer answer;
  bool pair = false;  // they agreed to the change of policy and exactly what comes with it
};

// Nothing where the push changes no file of the policy, or nobody is asked for. An Error: it
// could not be told.
Result<std::optional<PolicyAnswer>> AskPolicy(const Judges& judges, const RefMove& move);

}  // namespace sluice::gate
