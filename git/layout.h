// Where the parts of a repository lie: its own directory, the common one of
// linked work trees, objects, quarantine.
#pragma once

#include <string>

#include "git/format.h"

namespace sluice::git {

struct RepositoryLayout {
  std::string git_dir;     // absolute
  std::string common_dir;  // equal but in a linked work tree
  RepositoryFormat format;

  std::string Objects() const { return common_dir + "/objects"; }
};

// Reads `commondir` and the configuration; kNotFound where `git_dir` is no
// repository. Environment variables play no part.
Result<RepositoryLayout> ReadLayout(std::string_view git_dir);

}  // namespace sluice::git
