#include "tests/gate/trees.h"

#include <functional>
#include <set>

namespace sluice::gate {
namespace {

Oid IdOf(const std::string& text) {
  std::uint8_t bytes[20] = {1};
  const std::size_t hash = std::hash<std::string>{}(text);
  std::memcpy(bytes + 4, &hash, sizeof hash);
  return Oid::FromBytes(HashKind::kSha1, bytes);
}

}  // namespace

std::vector<git::FileChange> Differences(const Files& before, const Files& after) {
  std::set<std::string> paths;
  for (const auto& [path, text] : before) paths.insert(path);
  for (const auto& [path, text] : after) paths.insert(path);
  std::vector<git::FileChange> changes;
  for (const std::string& path : paths) {
    git::FileChange change;
    change.path = path;
    if (before.contains(path)) change.old_id = IdOf(before.at(path));
    if (after.contains(path)) change.new_id = IdOf(after.at(path));
    if (change.old_id != change.new_id) changes.push_back(change);
  }
  return changes;
}

Verdict CheckChange(const Files& before, const Files& after) {
  const MemoryTree old_tree(before), new_tree(after);
  const LoadedConfiguration loaded = LoadConfiguration(before.empty() ? new_tree : old_tree, "test");
  CheckInput input;
  input.subject = "test";
  input.before = before.empty() ? nullptr : &old_tree;
  input.after = &new_tree;
  input.changes = Differences(before, after);
  input.configuration = &loaded.configuration;
  Verdict verdict = Check(input);
  verdict.findings.insert(verdict.findings.end(), loaded.findings.begin(), loaded.findings.end());
  return verdict;
}

Verdict CheckTree(const Files& files) { return CheckChange({}, files); }

std::vector<std::string> Brief(const Verdict& verdict) {
  std::vector<std::string> lines;
  for (const Finding& finding : verdict.findings) {
    if (finding.severity == Severity::kNote) continue;
    lines.push_back(finding.rule + " " + finding.file + ":" + std::to_string(finding.range.begin.line));
  }
  return lines;
}

Files Unpack(std::string_view text, std::vector<std::string>* symlinks) {
  constexpr std::string_view kLink = " (symlink)";
  if (!text.starts_with("-- ")) return {{"example.yaml", std::string(text)}};
  Files files;
  std::string* current = nullptr;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    if (line.starts_with("-- ") && line.ends_with(" --\n")) {
      std::string path(line.substr(3, line.size() - 7));
      if (path.ends_with(kLink)) {
        path.resize(path.size() - kLink.size());
        if (symlinks != nullptr) symlinks->push_back(path);
      }
      current = &files[path];
    } else if (current != nullptr) {
      *current += line;
    }
  }
  return files;
}

}  // namespace sluice::gate
