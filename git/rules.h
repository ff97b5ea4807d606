// The rules of group git/: what a tree may not hold where manifests are. Each
// speaks of entries, never of the bytes of a file.
#pragma once

#include <span>

#include "base/rule.h"

namespace sluice::git {

extern const Rule kSymlinkRule;
extern const Rule kSubmoduleRule;
extern const Rule kOddModeRule;
extern const Rule kOddPathRule;

std::span<const Rule* const> GitRules();

}  // namespace sluice::git
