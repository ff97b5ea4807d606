// Which files differ between two trees. Reads only subtrees whose ids differ,
// so the work grows with the change and never with the repository.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/limits.h"
#include "git/repository.h"

namespace sluice::git {

struct FileChange {
  std::string path;  // raw bytes, parts joined by '/'; may be no RepoPath
  FileKind old_kind = FileKind::kFile;
  FileKind new_kind = FileKind::kFile;
  Oid old_id;                 // zero: the file was not there
  Oid new_id;                 // zero: it is gone
  bool odd_mode = false;      // the new mode is none that git writes
  bool was_odd_mode = false;  // the old one was none either
};

// Changes from `old_tree` to `new_tree` in path order (either may be zero: the
// empty tree). A file that became a directory is a deletion and additions.
// kLimit past `limits.push_files` or 4,096 bytes of path, with the limit in
// words; duplicate names in one tree and trees deeper than 256 are errors of
// kind kFailed, as are names with a slash and entries out of order on the new
// side. A directory is in the list only where its mode is newly odd: as kOdd,
// with the ids of its trees.
Result<std::vector<FileChange>> Changes(const Repository& repository, const Oid& old_tree,
                                        const Oid& new_tree, const Limits& limits);

// Commits reachable from `tip` that came with the push under way (they lie in
// quarantine), newest first; outside a push those not reachable from `known`.
// Tags are peeled; a tip that is a tree or a blob has none. kLimit past `max`.
Result<std::vector<Commit>> NewCommits(const Repository& repository, const Oid& tip,
                                       const std::vector<Oid>& known, std::size_t max);

// Commits reachable from `tip` and not from `base` (zero: all), newest first, in
// quarantine or not. kLimit past `max`.
Result<std::vector<Oid>> CommitsSince(const Repository& repository, const Oid& base, const Oid& tip,
                                      std::size_t max);

// First common ancestor in commit order; kNotFound where there is none.
Result<Oid> MergeBase(const Repository& repository, const Oid& a, const Oid& b);
// True where `ancestor` is reachable from `tip`. Stops at `max` commits (kLimit).
Result<bool> IsAncestor(const Repository& repository, const Oid& ancestor, const Oid& tip, std::size_t max);

// What is odd about one part of a path (".git" in any disguise of NTFS or HFS,
// control characters, not UTF-8, "\", trailing dot or space, over 255 bytes), as
// the rest of a sentence that begins with the name; empty: nothing.
std::string OddName(std::string_view name);

}  // namespace sluice::git
