#include "git/entries.h"

#include <string>

#include "git/printable.h"
#include "git/rules.h"

namespace sluice::git {
namespace {

bool IsGone(const FileChange& change) { return change.new_id.IsZero(); }
bool IsNew(const FileChange& change) { return change.old_id.IsZero(); }

void Add(const Rule& rule, const FileChange& change, std::string message, Findings* findings) {
  findings->push_back(MakeFinding(rule, change.path, {}, std::move(message)));
}

void CheckKind(const FileChange& change, Findings* findings) {
  if (change.new_kind == FileKind::kSymlink && change.new_id != change.old_id) {
    Add(kSymlinkRule, change, "the path is a symbolic link, which is not followed", findings);
  }
  if (change.new_kind == FileKind::kSubmodule && change.new_id != change.old_id) {
    Add(kSubmoduleRule, change, "the path is a submodule, whose files are not in this repository", findings);
  }
  if (change.odd_mode && !change.was_odd_mode) {
    Add(kOddModeRule, change, "the entry has a mode that git does not write", findings);
  }
}

// Length of the directories that two paths have in common, the last '/' included.
std::size_t CommonDirectories(std::string_view a, std::string_view b) {
  std::size_t common = 0;
  for (std::size_t i = 0; i < a.size() && i < b.size() && a[i] == b[i]; ++i) {
    if (a[i] == '/') common = i + 1;
  }
  return common;
}

// Looks at the parts of the path from byte `begin` on.
void CheckParts(const FileChange& change, std::size_t begin, Findings* findings) {
  std::string_view rest = std::string_view(change.path).substr(begin);
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view name = rest.substr(0, slash);
    if (const std::string odd = OddName(name); !odd.empty()) {
      Add(kOddPathRule, change, "the name \"" + Printable(name) + "\" " + odd, findings);
      return;
    }
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
}

}  // namespace

Findings CheckEntries(std::span<const FileChange> changes) {
  Findings findings;
  std::string_view before;  // path of the last addition: its directories were looked at
  for (const FileChange& change : changes) {
    if (IsGone(change)) continue;
    CheckKind(change, &findings);
    if (!IsNew(change)) continue;
    CheckParts(change, CommonDirectories(before, change.path), &findings);
    before = change.path;
  }
  return findings;
}

}  // namespace sluice::git
