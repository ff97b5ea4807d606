// Tested by tests/agent/ignore_patch_test.cc.
#include "agent/ignore_patch.h"

#include <algorithm>

#include "base/limits.h"

namespace sluice::agent {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kContext = 3;

struct Lines {
  std::vector<std::string_view> lines;
  bool ended = true;  // the last one has its line end
};

Lines Split(std::string_view text) {
  Lines split;
  split.ended = text.empty() || text.ends_with('\n');
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    split.lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return split;
}

// New lines, before the line of this index.
struct Insertion {
  std::size_t before = 0;
  std::vector<std::string> lines;
};

std::size_t IndentOf(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

void AddRules(std::span<const DriftRule> rules, std::size_t indent, std::vector<std::string>& lines) {
  for (const DriftRule& rule : rules) lines.push_back(std::string(indent, ' ') + "- " + RuleText(rule));
}

Error InBrackets(const std::string& path, const Node& node) {
  return {ErrorKind::kConfiguration,
          "write \"" + std::string(node.key) +
              "\" with a line for each of its parts, so that a rule can be added",
          path, node.key_range.begin};
}

std::size_t LineIndex(const Range& range) { return range.begin.line - 1; }

// Whether what is in `node` begins on a line below its key, alone there.
bool IsBlock(const Node& node) {
  return node.style == manifests::NodeStyle::kBlock && !node.children.empty() && !node.aliased;
}

Result<Insertion> Where(const std::string& path, const Node& root, const Lines& text,
                        std::span<const DriftRule> rules) {
  const Node* const drift = root.Find("drift");
  if (drift == nullptr) {
    Insertion end{text.lines.size(), {"drift:", "  rules:"}};
    AddRules(rules, 2, end.lines);
    return end;
  }
  if (drift->kind == NodeKind::kNull || !IsBlock(*drift)) return InBrackets(path, *drift);
  const Node* const listed = drift->Find("rules");
  if (listed != nullptr) {
    if (listed->kind != NodeKind::kSequence || !IsBlock(*listed)) return InBrackets(path, *listed);
    Insertion first{LineIndex(listed->children[0].range), {}};
    AddRules(rules, IndentOf(text.lines[first.before]), first.lines);
    return first;
  }
  Insertion member{LineIndex(drift->children[0].key_range), {}};
  const std::size_t indent = IndentOf(text.lines[member.before]);
  member.lines.push_back(std::string(indent, ' ') + "rules:");
  AddRules(rules, indent, member.lines);
  return member;
}

std::string Count(std::size_t begin, std::size_t count) {
  return std::to_string(count == 0 ? begin : begin + 1) + "," + std::to_string(count);
}

std::string Hunk(const std::string& path, const Lines& text, const Insertion& insertion) {
  constexpr std::string_view kNoEnd = "\n\\ No newline at end of file\n";
  const std::size_t all = text.lines.size(), before = insertion.before;
  const std::size_t begin = before - std::min(before, kContext), end = std::min(all, before + kContext);
  std::string hunk = "--- " + path + "\n+++ " + path + "\n@@ -" + Count(begin, end - begin) + " +" +
                     Count(begin, end - begin + insertion.lines.size()) + " @@\n";
  const auto added = [&] {
    for (const std::string& line : insertion.lines) hunk += "+" + line + "\n";
  };
  for (std::size_t i = begin; i < end; ++i) {
    if (i == before) added();
    const std::string line(text.lines[i]);
    const bool unended = i + 1 == all && !text.ended;
    if (unended && before == all) {  // it gets its line end
      hunk += "-" + line + std::string(kNoEnd) + "+" + line + "\n";
    } else {
      hunk += " " + line + (unended ? std::string(kNoEnd) : "\n");
    }
  }
  if (before == end) added();
  return hunk;
}

}  // namespace

std::vector<DriftRule> IgnoreRules(const ObjectName& object, const Drift& drift, std::string_view environment,
                                   std::string_view reason) {
  std::vector<DriftRule> rules;
  const std::string group = object.api_version.substr(0, object.api_version.find('/'));
  for (const DriftedField& field : drift.fields) {
    if (field.field.starts_with('(')) continue;
    rules.push_back({.environment = std::string(environment),
                     .group = group == object.api_version ? "" : group,
                     .kind = object.kind,
                     .ns = object.ns,
                     .name = object.name,
                     .field = field.field,
                     .action = DriftAction::kIgnore,
                     .reason = std::string(reason)});
  }
  return rules;
}

Result<std::string> IgnorePatch(const std::string& path, std::string_view text,
                                std::span<const DriftRule> rules) {
  const manifests::ParsedFile file = manifests::Parse(path, std::string(text), Limits());
  if (!file.Readable() || file.documents.size() != 1)
    return Error{ErrorKind::kConfiguration, "it is not one document of YAML", path, {}};
  const Node* const apply = file.documents[0].root->Find("apply");
  if (apply != nullptr && apply->String() == "flux")
    return Error{
        ErrorKind::kConfiguration,
        "with apply: flux no rule of drift counts, since Flux puts back what differs: leave the field "
        "out of the repository, and Flux leaves it to others",
        path, apply->range.begin};
  if (rules.empty()) return std::string();
  const Lines lines = Split(text);
  Result<Insertion> insertion = Where(path, *file.documents[0].root, lines, rules);
  if (!insertion) return insertion.error();
  return Hunk(path, lines, *insertion);
}

}  // namespace sluice::agent
