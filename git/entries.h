// Findings about entries of a tree: the rules of git/rules.h over the changes
// between two trees.
#pragma once

#include <span>

#include "base/finding.h"
#include "git/changes.h"

namespace sluice::git {

// Speaks only of what the change brings: an entry that was there before and is
// the same in the respect of a rule is not mentioned again. In the order of
// `changes`. Which of them lie where manifests are is the caller's to say.
// An odd directory is mentioned once, at the first file beneath it.
Findings CheckEntries(std::span<const FileChange> changes);

}  // namespace sluice::git
