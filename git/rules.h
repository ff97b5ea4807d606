// The rules of group git/: what a tree may not hold where manifests are. Each
// speaks of entries, and of how git itself would write files on checkout.
#pragma once

#include <span>

#include "base/rule.h"

namespace sluice::git {

extern const Rule kAttributesRule;
extern const Rule kSymlinkRule;
extern const Rule kSubmoduleRule;
extern const Rule kOddModeRule;
extern const Rule kOddPathRule;

std::span<const Rule* const> GitRules();

}  // namespace sluice::git
