// Rules that ignore drift, as a patch to the agent's configuration, for people to read
// and `patch` or `git apply` to take.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/drift.h"
#include "base/result.h"

namespace sluice::agent {

// A rule for each field that differs, of this very object. Fields whose names may not be
// told get none.
std::vector<DriftRule> IgnoreRules(const ObjectName& object, const Drift& drift, std::string_view environment,
                                   std::string_view reason);

// A unified diff that puts `rules` before those of `drift`, which `text` has or not: the
// first rule that fits counts. kConfiguration, with the place, where `drift` or its
// rules are written in braces or brackets, which no line can be put into.
Result<std::string> IgnorePatch(const std::string& path, std::string_view text,
                                std::span<const DriftRule> rules);

}  // namespace sluice::agent
