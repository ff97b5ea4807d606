// How git is started to write: its own environment and nothing of ours, every
// object and ref on the disk before it says so.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace sluice::git {

// Standard output of `git ARGUMENTS` on the repository at `git_dir`, given
// `input`. kFailed with its first line where it fails. kUsage inside a push:
// what lies in quarantine may be thrown away yet, so nothing may be written.
Result<std::string> RunWritingGit(const std::string& git_dir, std::vector<std::string> arguments,
                                  std::string input);

}  // namespace sluice::git
