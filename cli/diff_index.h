// Which files differ from a commit, as git's own plumbing tells it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/changes.h"

namespace sluice::cli {

// `git diff-index WHAT` in the work tree `top`: "--cached" and a commit compare git's
// index with it, a commit alone the files on disk. Of a file on disk that differs
// the new id is zero; git may name one that was only written anew.
Result<std::vector<git::FileChange>> DiffIndex(const std::vector<std::string>& what, const std::string& top);

// Of git's octal modes.
FileKind KindOfMode(std::string_view mode);

}  // namespace sluice::cli
