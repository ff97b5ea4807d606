// Reading `.sops.yaml` (getsops/sops, config/config.go: parseCreationRuleForFile).
// Its keys are SOPS's own business; we read path_regex and what chooses values.
#include "policies/rules/sops_rules.h"

#include <utility>

#include "policies/rules/rules.h"
#include "policies/rules/sops_file.h"
#include "policies/rules/words.h"

namespace sluice::policies {

constexpr Rule kSopsRulesRule{
    .id = "secret/sops-rules",
    .title = "a .sops.yaml that cannot be read",
    .why =
        "It says which files must be encrypted. Where it cannot be read, nobody knows, and a plain file "
        "would pass for one that may be.",
    .remedy = "correct the regular expression (Go syntax), then run sops once to see that it is taken",
    .fails = R"(-- .sops.yaml --
creation_rules:
  - path_regex: secrets/(.*\.yaml$
    age: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
)",
    .passes = R"(-- .sops.yaml --
creation_rules:
  - path_regex: secrets/.*\.yaml$
    age: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
)",
};

namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kMaxRules = 500;

std::string DirectoryOf(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash + 1));
}

void Report(const std::string& file, const Node& node, std::string message, Findings& findings) {
  findings.push_back(MakeFinding(kSopsRulesRule, file, node.range, std::move(message)));
}

void AddRule(const std::string& file, const Node& node, LoadedSopsRules& loaded, SopsRules& rules) {
  if (node.kind != NodeKind::kMapping) {
    return Report(file, node, "an entry of creation_rules is not a mapping", loaded.findings);
  }
  CreationRule rule{.path = std::nullopt, .selector = SelectorOf(node)};
  if (!rule.selector.problem.empty()) Report(file, node, rule.selector.problem, loaded.findings);
  const Node* pattern = node.Find("path_regex");
  if (pattern != nullptr && !pattern->String().empty()) {
    Result<manifests::Pattern> compiled = manifests::Pattern::Compile(pattern->text, kPatternBytes);
    if (!compiled) {
      return Report(file, *pattern, "path_regex is not a regular expression that can be used",
                    loaded.findings);
    }
    rule.path = std::move(*compiled);
  }
  rules.rules.push_back(std::move(rule));
}

}  // namespace

const CreationRule* SopsRules::Find(std::string_view path) const {
  if (!path.starts_with(directory)) return nullptr;
  const std::string_view relative = path.substr(directory.size());
  for (const CreationRule& rule : rules) {
    if (!rule.path || rule.path->Search(relative)) return &rule;
  }
  return nullptr;
}

bool HasCreationRule(const SopsRules& rules, std::string_view path) { return rules.Find(path) != nullptr; }

LoadedSopsRules ParseSopsRules(const manifests::ParsedFile& file) {
  LoadedSopsRules loaded;
  auto rules = std::make_shared<SopsRules>();
  rules->directory = DirectoryOf(file.path);
  loaded.rules = rules;
  if (file.documents.empty()) return loaded;
  const Node* list = file.documents.front().root->Find("creation_rules");
  if (list == nullptr || list->kind == NodeKind::kNull)
    return loaded;  // keys and stores only: SOPS asks for nothing
  if (list->kind != NodeKind::kSequence) {
    Report(file.path, *list, "creation_rules is not a list", loaded.findings);
    return loaded;
  }
  for (const Node& node : list->children) {
    if (rules->rules.size() == kMaxRules) {
      Report(file.path, node, "more than " + std::to_string(kMaxRules) + " creation rules", loaded.findings);
      break;
    }
    if (!IsFull(loaded.findings)) AddRule(file.path, node, loaded, *rules);
  }
  return loaded;
}

}  // namespace sluice::policies
