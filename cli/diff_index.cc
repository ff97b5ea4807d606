#include "cli/diff_index.h"

#include "cli/git_program.h"

namespace sluice::cli {
namespace {

// ":OLDMODE SP NEWMODE SP OLDID SP NEWID SP STATUS" NUL "PATH" of `git diff-index --raw -z`.
Result<std::vector<git::FileChange>> ParseRawDiff(std::string_view output) {
  std::vector<git::FileChange> changes;
  const std::vector<std::string_view> parts = SplitZero(output);
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    const std::string_view head = parts[i];
    const std::size_t status = head.rfind(' ');
    const std::size_t middle = head.find(' ', 15);
    if (head.size() < 15 || middle == head.npos || status == middle)
      return Failed("git diff-index printed an odd line");
    const Result<Oid> old_id = Oid::FromHex(head.substr(15, middle - 15));
    const Result<Oid> new_id = Oid::FromHex(head.substr(middle + 1, status - middle - 1));
    if (!old_id) return old_id.error();
    if (!new_id) return new_id.error();
    git::FileChange change;
    change.path = parts[i + 1];
    change.old_kind = KindOfMode(head.substr(1, 6));
    change.new_kind = KindOfMode(head.substr(8, 6));
    change.old_id = *old_id;
    change.new_id = *new_id;
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace

FileKind KindOfMode(std::string_view mode) {
  if (mode == "100644" || mode == "100755") return FileKind::kFile;
  if (mode == "120000") return FileKind::kSymlink;
  return mode == "160000" ? FileKind::kSubmodule : FileKind::kOdd;
}

Result<std::vector<git::FileChange>> DiffIndex(const std::vector<std::string>& what, const std::string& top) {
  std::vector<std::string> arguments = {"diff-index", "--raw", "-z", "--no-abbrev", "--no-renames"};
  arguments.insert(arguments.end(), what.begin(), what.end());
  arguments.emplace_back("--");
  const Result<std::string> output = RunGit(std::move(arguments), top);
  if (!output) return output.error();
  return ParseRawDiff(*output);
}

}  // namespace sluice::cli
