// Trees in memory held against each other, for tests of the pipeline.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/verdict.h"
#include "gate/gate.h"

namespace sluice::gate {

using Files = std::map<std::string, std::string>;

// What differs between two trees in memory, with ids that tell contents apart.
std::vector<git::FileChange> Differences(const Files& before, const Files& after);

// The verdict on a change, by the configuration of `before` (of `after` where
// `before` is empty).
Verdict CheckChange(const Files& before, const Files& after);
Verdict CheckTree(const Files& files);

// "rule file:line" of each finding, notes left out.
std::vector<std::string> Brief(const Verdict& verdict);

// "-- path --" sections of txtar, or one example.yaml. `symlinks` gets the
// paths that the text marks "(symlink)".
Files Unpack(std::string_view text, std::vector<std::string>* symlinks = nullptr);

}  // namespace sluice::gate
