// What a check judges: two trees, what differs, and the side that the policy
// comes from. One function for each way to say it on the command line.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_tree.h"
#include "base/result.h"
#include "git/changes.h"
#include "git/repository.h"

namespace sluice::cli {

struct Subject {
  std::string words;                 // for people: "apps", "origin/main...HEAD"
  std::unique_ptr<FileTree> before;  // null: nothing was there
  std::unique_ptr<FileTree> after;
  std::vector<git::FileChange> changes;
  std::function<Result<std::string>(const Oid&, std::size_t)> read_blob;  // may be empty
  std::unique_ptr<FileTree> elsewhere;  // holds `policy` where no other tree does; else null
  const FileTree* policy = nullptr;     // one of the trees; null: the defaults hold
  std::string policy_side;              // "origin/main@3fa2c1", "work tree", "not in Git"
  std::string root;                     // of the tree on disk, absolute; empty: none
  // Of a range: the commits in between are looked at too, as in a push.
  std::shared_ptr<const git::Repository> repository;  // null: no commits
  Oid tip, known;
  bool local_files = false;  // the user's own files: a push's limits do not apply
  bool everything = false;   // every file of `after` is among the changes
  bool everywhere = false;   // `roots` do not apply: a text without a path
  std::string hint;          // for standard error; empty: none
};

// "A..B" or "A...B"; not what a path could be ("../x", "a/..").
struct CommitRange {
  std::string left, right;
  bool from_merge_base = false;
};
bool ParseRange(std::string_view text, CommitRange& range);

Result<Subject> SubjectOfRange(const CommitRange& range, const std::string& text);
// Files, directories and globs as the user wrote them; empty: the current directory.
Result<Subject> SubjectOfPaths(const std::vector<std::string>& paths);
// The files on disk that git does not ignore, against a commit.
Result<Subject> SubjectOfWorkTree(const std::string& revision);
// Git's index against HEAD, only below `paths` where there are any.
Result<Subject> SubjectOfIndex(const std::vector<std::string>& paths);
// Standard input, as one file.
Result<Subject> SubjectOfInput(std::size_t limit);

// "3fa2c1d…" shortened for people.
std::string ShortId(const Oid& id);

}  // namespace sluice::cli
