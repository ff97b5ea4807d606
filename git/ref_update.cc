// Tested by tests/git/ref_update_test.cc with git as the judge.
#include "git/ref_update.h"

#include <algorithm>
#include <set>

#include "git/refs.h"
#include "git/repository.h"
#include "git/write_environment.h"

namespace sluice::git {
namespace {

std::string Line(const RefChange& change) {
  const std::string before = change.before.Hex();
  if (change.after == change.before) return "verify " + change.name + " " + before + "\n";
  if (change.before.IsZero()) return "create " + change.name + " " + change.after.Hex() + "\n";
  if (change.after.IsZero()) return "delete " + change.name + " " + before + "\n";
  return "update " + change.name + " " + change.after.Hex() + " " + before + "\n";
}

Status CheckNames(std::span<const RefChange> changes) {
  if (changes.empty()) return Usage("no ref to move was named");
  std::set<std::string_view> names;
  for (const RefChange& change : changes) {
    if (!change.name.starts_with("refs/") || !IsRefName(change.name))
      return Usage("\"" + change.name + "\" is not a full ref name");
    if (!names.insert(change.name).second) return Usage(change.name + " is named twice");
    if (change.before.IsZero() && change.after.IsZero())
      return Usage(change.name + " would go from nothing to nothing");
  }
  return Ok{};
}

// Git's words differ from version to version; where the refs stand does not.
Result<bool> AllWereThere(const std::string& git_dir, std::span<const RefChange> changes) {
  const auto repository = Open({.git_dir = git_dir});
  if (!repository) return repository.error();
  for (const RefChange& change : changes) {
    const Result<Oid> now = (*repository)->ResolveRef(change.name);
    if (!now && now.error().kind != ErrorKind::kNotFound) return now.error();
    if (change.before.IsZero() ? bool(now) : !now || *now != change.before) return false;
  }
  return true;
}

}  // namespace

Result<RefOutcome> UpdateRefs(const std::string& git_dir, std::span<const RefChange> changes) {
  if (const Status named = CheckNames(changes); !named) return named.error();
  std::string input = "start\n";
  for (const RefChange& change : changes) input += Line(change);
  input += "prepare\ncommit\n";
  const Result<std::string> moved = RunWritingGit(git_dir, {"update-ref", "--no-deref", "--stdin"}, input);
  if (moved) return RefOutcome::kMoved;
  if (moved.error().kind == ErrorKind::kUsage) return moved.error();
  const Result<bool> there = AllWereThere(git_dir, changes);
  if (!there) return there.error();
  return *there ? Result<RefOutcome>(moved.error()) : Result<RefOutcome>(RefOutcome::kOvertaken);
}

}  // namespace sluice::git
