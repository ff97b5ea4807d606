// schemas/kubernetes/lifecycle.txt: when each built-in API came and went.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "schemas/graph.h"

namespace sluice::schemas {

// Lines "API KIND INTRODUCED DEPRECATED REMOVED [REPLACEMENT]", "-" for no version:
//   apps/v1beta1 Deployment 1.6 1.8 1.16 apps/v1 Deployment
Result<std::vector<LifecycleEntry>> ReadLifecycle(std::string_view text, std::string_view file);

}  // namespace sluice::schemas
