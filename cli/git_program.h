// Git's own program, for what only it knows: names of commits, the index,
// which files are ignored. It runs with the user's environment, for it acts for
// the user (GIT_INDEX_FILE in a pre-commit hook, safe.directory, worktrees).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/oid.h"
#include "base/result.h"
#include "git/repository.h"

namespace sluice::cli {

// Standard output of `git ARGUMENTS` in `directory`. kFailed where git is not
// there or exits with anything but 0: its first line is in the message. kUsage, with the
// remedy, where it does not read the repository of another owner.
// `variables` ("NAME=value") win over the user's.
Result<std::string> RunGit(std::vector<std::string> arguments, const std::string& directory,
                           const std::vector<std::string>& variables = {});

// The same, speaking to the user itself, who may be asked for a passphrase: its exit code.
Result<int> RunGitAloud(std::vector<std::string> arguments, const std::string& directory,
                        const std::vector<std::string>& variables = {});

// The repository and work tree that hold a directory.
struct GitPlace {
  std::string git_dir;  // as git/ opens it; empty: not in Git
  std::string top;      // of the work tree, absolute; empty: bare
};
GitPlace FindGit(const std::string& directory);

// Git's reader over it.
Result<std::shared_ptr<const git::Repository>> OpenRepository(const GitPlace& place);

// The commit that a revision names. kUsage with what to do where there is none.
Result<Oid> ResolveCommit(const GitPlace& place, const git::Repository& repository,
                          const std::string& revision);
// The best common ancestor; kUsage with what to do where there is none.
Result<Oid> FindMergeBase(const git::Repository& repository, const Oid& left, const Oid& right);

// Splits output of `-z`.
std::vector<std::string_view> SplitZero(std::string_view text);

// All refs below `prefix`, which ends with a slash; `directory` and `variables` as RunGit has them.
Result<std::vector<git::ListedRef>> ListRefsBelow(const std::string& prefix, const std::string& directory,
                                                  const std::vector<std::string>& variables = {});

}  // namespace sluice::cli
