// Objects written by git itself, and on the disk when a function returns. No ref
// moves: what is written is collected some day if none is made to name it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/oid.h"
#include "base/result.h"

namespace sluice::git {

struct NewFile {
  std::string path;  // as a RepoPath, without quotes, blanks and line ends
  std::string bytes;
};

struct NewTree {
  std::string path;
  Oid tree;  // that is there already
};

// The tree is the parent's (none: empty), less `removed`, then with `trees`, then
// with `files`. Directories that become empty go.
struct NewCommit {
  std::optional<Oid> parent{};
  std::vector<std::string> removed{};  // files and directories, there or not
  std::vector<NewTree> trees{};
  std::vector<NewFile> files{};  // mode 100644
  std::string who{};             // author and committer, "Name <mail>"
  std::int64_t seconds = 0;      // since 1970, UTC, of both
  std::string message{};         // as it stands, LF at the end included
};

// Cost: two git processes, whatever there is to write (three past git's bound for
// loose objects). The commit has the headers tree, parent, author and committer
// alone, so that the same words give the same id.
Result<Oid> WriteCommit(const std::string& git_dir, const NewCommit& commit);

Result<Oid> WriteBlob(const std::string& git_dir, std::string_view bytes);

}  // namespace sluice::git
