// Tested by tests/git/merge_tree_test.cc.
#include "git/merge_tree.h"

#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "git/cat_file.h"
#include "process/child.h"

namespace sluice::git {
namespace {

constexpr std::size_t kOutput = 4u << 20;

// What a user's configuration could change of a merge.
constexpr const char* kSettings[] = {"merge.renames=true", "merge.directoryRenames=false",
                                     "merge.renameLimit=1000", "merge.renormalize=false",
                                     "diff.algorithm=histogram"};

std::vector<std::string> Command(const Oid& ours, const Oid& theirs) {
  std::vector<std::string> argv = {kGitProgram};
  for (const char* setting : kSettings) {
    argv.emplace_back("-c");
    argv.emplace_back(setting);
  }
  for (const char* word : {"merge-tree", "--write-tree", "-z", "--name-only", "--no-messages"})
    argv.emplace_back(word);
  argv.push_back(ours.Hex());
  argv.push_back(theirs.Hex());
  return argv;
}

std::vector<std::string> EnvironmentAt(const MergePlace& place) {
  std::string read = place.objects;
  if (!place.quarantine.empty()) read += ":" + place.quarantine;
  return GitEnvironment(place.git_dir, place.scratch, read);
}

// "TREE\0" and, after a conflict, "PATH\0" for each.
Result<MergedTree> Read(std::string_view output, bool conflict) {
  MergedTree merged;
  for (bool first = true; !output.empty(); first = false) {
    const std::size_t end = std::min(output.find('\0'), output.size());
    const std::string_view part = output.substr(0, end);
    output.remove_prefix(std::min(end + 1, output.size()));
    if (!first) {
      if (!part.empty()) merged.conflicts.emplace_back(part);
      continue;
    }
    const Result<Oid> tree = Oid::FromHex(part);
    if (!tree) return Failed("git merge-tree said no tree");
    if (!conflict) merged.tree = *tree;
  }
  std::sort(merged.conflicts.begin(), merged.conflicts.end());
  merged.conflicts.erase(std::unique(merged.conflicts.begin(), merged.conflicts.end()),
                         merged.conflicts.end());
  if (merged.conflicts.size() > kMostConflicts) merged.conflicts.resize(kMostConflicts);
  return merged;
}

}  // namespace

Result<MergedTree> MergeTree(const MergePlace& place, const Oid& ours, const Oid& theirs) {
  process::ChildOptions options;
  options.argv = Command(ours, theirs);
  options.environment = EnvironmentAt(place);
  options.output_limit = kOutput;
  options.deadline = place.within;
  Result<process::ChildResult> child = process::Run(options);
  if (!child) return child.error();
  if (child->output_cut) return LimitPassed("git merge-tree found more conflicts than can be read");
  // It ends with 1 too where a commit is not there, and says no tree then.
  const bool merged = child->exit_code == 0 || (child->exit_code == 1 && !child->output.empty());
  if (merged) return Read(child->output, child->exit_code == 1);
  const std::string& said = child->error_output;
  const std::string why = child->timed_out ? "it did not end in time" : said.substr(0, said.find('\n'));
  return Failed("git merge-tree: " + why);
}

Result<std::string> MakeScratch(const std::string& objects) {
  std::string path = objects + "/tmp_objdir-sluice-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) return SystemError("cannot make a directory in " + objects, errno);
  return path;
}

void RemoveScratch(const std::string& scratch) {
  std::error_code ignored;
  if (!scratch.empty()) std::filesystem::remove_all(scratch, ignored);
}

}  // namespace sluice::git
