// Git, started with an environment of ours and with no configuration but what is given
// here; prlimit(1) bounds the files that it writes, so that no server fills the disk.
#pragma once

#include <string>
#include <vector>

#include "agent/configuration.h"
#include "base/result.h"
#include "process/child.h"

namespace sluice::agent {

struct GitCall {
  const RepositoryAccess& access;
  std::string git_dir;
};

// However it ends, within the deadline of the access.
Result<process::ChildResult> StartGit(const GitCall& call, const std::vector<std::string>& arguments);
// What it printed; an Error where it did not end well.
Result<std::string> RunGit(const GitCall& call, const std::vector<std::string>& arguments);

// The first line in which git says what went wrong, without control characters.
std::string GitWords(const process::ChildResult& child, const RepositoryAccess& access);

}  // namespace sluice::agent
