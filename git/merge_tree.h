// What git would make of two commits, without a work tree and without a trace: the
// tree lies in a directory of its own and goes with it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/oid.h"
#include "base/result.h"

namespace sluice::git {

// Where the commits are, and where what is made of them is put.
struct MergePlace {
  std::string git_dir;
  std::string objects;       // the repository's object directory
  std::string quarantine{};  // of a push that is under way; else empty
  std::string scratch;       // as an object directory; there already, and the caller's to remove
  std::chrono::milliseconds within{20'000};
};

struct MergedTree {
  Oid tree;                            // zero where they conflict
  std::vector<std::string> conflicts;  // paths as git says them, sorted; at most kMostConflicts
};
inline constexpr std::size_t kMostConflicts = 100;

// `git merge-tree --write-tree OURS THEIRS`, with settings of ours alone, so that two
// machines make the same of the same commits (drivers that a repository's own
// configuration defines run). kFailed where git cannot, as before its version 2.38. One process.
Result<MergedTree> MergeTree(const MergePlace& place, const Oid& ours, const Oid& theirs);

// A new directory in `objects` that git takes away by itself some day (`git prune`).
Result<std::string> MakeScratch(const std::string& objects);
void RemoveScratch(const std::string& scratch);

}  // namespace sluice::git
