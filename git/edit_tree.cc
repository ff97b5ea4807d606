// `git fast-import`, which reads of a commit's tree only what differs, is asked for the tree of
// the commit that it makes; that commit is taken away again.
// Tested by tests/git/edit_tree_test.cc.
#include "git/edit_tree.h"

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <sstream>

#include "base/repo_path.h"
#include "git/cat_file.h"
#include "process/child.h"

namespace sluice::git {
namespace {

constexpr std::string_view kNoRef = "refs/sluice-writes-no-ref";
constexpr const char* kLoose = "fastimport.unpackLimit=1000000";  // files, which are moved one by one

bool IsWritable(const TreeEdit& edit) {
  const Result<RepoPath> path = RepoPath::Parse(edit.path);
  const bool plain =
      std::none_of(edit.path.begin(), edit.path.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  return path && !path->IsRoot() && plain && (edit.mode == kFileMode || edit.mode == kProgramMode);
}

// As git quotes a path in C.
std::string Quoted(const std::string& path) {
  std::ostringstream out;
  out << std::quoted(path);
  return out.str();
}

std::string Octal(std::uint32_t mode) { return mode == kProgramMode ? "100755" : "100644"; }

std::string Stream(const Oid& commit, std::span<const TreeEdit> edits) {
  std::string out = "feature done\ncommit " + std::string(kNoRef) + "\nmark :1\n";
  out += "committer Sluice <sluice> 1 +0000\ndata 0\nfrom " + commit.Hex() + "\n";
  for (const TreeEdit& edit : edits)
    if (!edit.bytes && !edit.blob) out += "D " + Quoted(edit.path) + "\n";
  for (const TreeEdit& edit : edits) {
    if (!edit.bytes && !edit.blob) continue;
    out += "M " + Octal(edit.mode) + " " + (edit.blob ? edit.blob->Hex() : "inline") + " " +
           Quoted(edit.path) + "\n";
    if (edit.blob) continue;
    out += "data " + std::to_string(edit.bytes->size()) + "\n" + *edit.bytes + "\n";
  }
  out += "\nls :1 \"\"\nreset " + std::string(kNoRef) + "\nfrom ";
  return out + std::string(commit.Hex().size(), '0') + "\nget-mark :1\ndone\n";
}

// "040000 tree ID\t" and "ID".
Result<Oid> TreeIn(std::string_view output, const std::string& scratch) {
  constexpr std::string_view kBefore = "040000 tree ";
  const std::size_t tab = output.find('\t'), line = output.find('\n');
  const Error none = Failed("git fast-import said no tree");
  if (!output.starts_with(kBefore) || tab == output.npos || line == output.npos) return none;
  const Result<Oid> tree = Oid::FromHex(output.substr(kBefore.size(), tab - kBefore.size()));
  std::string_view commit = output.substr(line + 1);
  while (commit.ends_with('\n')) commit.remove_suffix(1);
  if (!tree || !Oid::FromHex(commit)) return none;
  std::error_code ignored;
  std::filesystem::remove(
      scratch + "/" + std::string(commit.substr(0, 2)) + "/" + std::string(commit.substr(2)), ignored);
  return tree;
}

}  // namespace

Result<Oid> EditTree(const MergePlace& place, const Oid& commit, std::span<const TreeEdit> edits) {
  for (const TreeEdit& edit : edits)
    if (!IsWritable(edit)) return Usage("\"" + edit.path + "\" is not a file that can be written");
  process::ChildOptions options;
  options.argv = {kGitProgram, "-c", kLoose, "fast-import", "--quiet"};
  options.environment = GitEnvironment(place.git_dir, place.scratch, place.objects);
  options.input = Stream(commit, edits);
  options.deadline = place.within;
  const Result<process::ChildResult> child = process::Run(options);
  if (!child) return child.error();
  if (child->exit_code == 0) return TreeIn(child->output, place.scratch);
  const std::string& said = child->error_output;
  return Failed("git fast-import: " +
                (child->timed_out ? "it did not end in time" : said.substr(0, said.find('\n'))));
}

}  // namespace sluice::git
