// A tree with some of its files in other words: all that is not named stays as it is.
// Without a work tree, ref or object of the repository, as merge_tree.h; where git fails it
// leaves a report of its own, `fast_import_crash_PID`, in the repository's directory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/oid.h"
#include "base/result.h"
#include "git/merge_tree.h"

namespace sluice::git {

inline constexpr std::uint32_t kFileMode = 0100644, kProgramMode = 0100755;

// What stands at a path afterwards: bytes, or a blob that is there; of neither, nothing.
struct TreeEdit {
  std::string path;  // as a RepoPath, without control characters
  std::uint32_t mode = kFileMode;
  std::optional<std::string> bytes{};
  std::optional<Oid> blob{};
};

// The id of the tree, whose objects lie in `place.scratch`. kUsage where a path or mode is
// none that can be written; kFailed where git cannot. One process; it reads what differs.
Result<Oid> EditTree(const MergePlace& place, const Oid& commit, std::span<const TreeEdit> edits);

}  // namespace sluice::git
