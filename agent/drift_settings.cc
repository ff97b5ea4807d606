// Tested by tests/agent/drift_settings_test.cc.
#include "agent/drift_settings.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/glob.h"
#include "cluster/served_kind.h"
#include "schemas/json_text.h"

namespace sluice::agent {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::array<std::string_view, 3> kActions = {"heal", "alert", "ignore"};
constexpr std::size_t kMostRules = 1000;

struct RuleKey {
  std::string_view name;
  std::string DriftRule::*text;
};
constexpr RuleKey kRuleKeys[] = {{"environment", &DriftRule::environment},
                                 {"group", &DriftRule::group},
                                 {"kind", &DriftRule::kind},
                                 {"namespace", &DriftRule::ns},
                                 {"name", &DriftRule::name},
                                 {"field", &DriftRule::field},
                                 {"reason", &DriftRule::reason}};

Error WrongAt(const std::string& path, const Node& node, std::string message) {
  const Position at = node.key.empty() ? node.range.begin : node.key_range.begin;
  return {ErrorKind::kConfiguration, std::move(message), path, at};
}

std::optional<DriftAction> ParseAction(const Node& node) {
  const auto found = std::find(kActions.begin(), kActions.end(), node.String());
  if (found == kActions.end()) return std::nullopt;
  return static_cast<DriftAction>(found - kActions.begin());
}

Status ReadMember(const Node& member, const std::string& path, DriftRule& rule) {
  if (member.key == "action") {
    const std::optional<DriftAction> action = ParseAction(member);
    if (!action) return WrongAt(path, member, "action must be heal, alert or ignore");
    rule.action = *action;
    return Ok{};
  }
  for (const RuleKey& key : kRuleKeys) {
    if (key.name != member.key) continue;
    if (!member.IsString() || member.text.empty())
      return WrongAt(path, member, std::string(key.name) + " must be a text that is not empty");
    rule.*key.text = member.text;
    return Ok{};
  }
  return WrongAt(path, member, "a rule of drift has no key \"" + std::string(member.key) + "\"");
}

Result<DriftRule> ReadRule(const Node& node, const std::string& path) {
  if (node.kind != NodeKind::kMapping) return WrongAt(path, node, "a rule of drift must be a mapping");
  DriftRule rule;
  for (const Node& member : node.children) {
    if (Status read = ReadMember(member, path, rule); !read) return read.error();
  }
  if (node.Find("action") == nullptr) return WrongAt(path, node, "a rule of drift needs an action");
  return rule;
}

Status ReadRules(const Node& node, const std::string& path, DriftSettings& settings) {
  if (node.kind != NodeKind::kSequence || node.children.size() > kMostRules)
    return WrongAt(path, node, "rules must be a list of at most 1000 rules");
  for (const Node& each : node.children) {
    Result<DriftRule> rule = ReadRule(each, path);
    if (!rule) return rule.error();
    settings.rules.push_back(std::move(*rule));
  }
  return Ok{};
}

// Bytes of the next step of a field or pattern: "spec", ".replicas", "[0]".
std::string_view StepOf(std::string_view text) { return text.substr(0, text.find_first_of(".[", 1)); }

bool StepFits(std::string_view pattern, std::string_view step) {
  if (pattern == step || (pattern == "[*]" && step.starts_with('['))) return true;
  return pattern.ends_with('*') && !step.starts_with('[') &&
         (pattern == "*" ? !step.starts_with('.') : pattern == ".*" && step.starts_with('.'));
}

bool TextFits(std::string_view wanted, std::string_view text) { return wanted.empty() || wanted == text; }
bool GlobFits(std::string_view glob, std::string_view text) {
  return glob.empty() || GlobMatches(glob, text);
}

}  // namespace

std::string_view ActionWords(DriftAction action) { return kActions[static_cast<std::size_t>(action)]; }

bool FieldFits(std::string_view pattern, std::string_view field) {
  while (!pattern.empty()) {
    const std::string_view wanted = StepOf(pattern), step = StepOf(field);
    if (step.empty() || !StepFits(wanted, step)) return false;
    pattern.remove_prefix(wanted.size());
    field.remove_prefix(step.size());
  }
  return true;
}

DriftDecision Decide(const DriftSettings& settings, std::string_view environment, const ObjectName& object,
                     std::string_view field) {
  for (const DriftRule& rule : settings.rules) {
    const bool fits = GlobFits(rule.environment, environment) &&
                      TextFits(rule.group, cluster::GroupOf(object.api_version)) &&
                      TextFits(rule.kind, object.kind) && GlobFits(rule.ns, object.ns) &&
                      GlobFits(rule.name, object.name) && FieldFits(rule.field, field);
    if (fits) return {rule.action, rule.reason};
  }
  return {settings.action, {}};
}

Result<DriftSettings> ReadDriftSettings(const Node* drift, const std::string& path) {
  DriftSettings settings;
  if (drift == nullptr) return settings;
  if (drift->kind != NodeKind::kMapping)
    return WrongAt(path, *drift, "drift must be a mapping of action and rules");
  for (const Node& member : drift->children) {
    if (member.key == "action") {
      const std::optional<DriftAction> action = ParseAction(member);
      if (!action) return WrongAt(path, member, "action must be heal, alert or ignore");
      settings.action = *action;
    } else if (member.key == "rules") {
      if (Status read = ReadRules(member, path, settings); !read) return read.error();
    } else {
      return WrongAt(path, member, "drift has no key \"" + std::string(member.key) + "\"");
    }
  }
  return settings;
}

std::string RuleText(const DriftRule& rule) {
  std::string text = "{";
  for (const RuleKey& key : kRuleKeys) {
    if (key.name == "reason" || (rule.*key.text).empty()) continue;
    text += std::string(key.name) + ": " + schemas::QuoteJson(rule.*key.text) + ", ";
  }
  text += "action: " + std::string(ActionWords(rule.action));
  if (!rule.reason.empty()) text += ", reason: " + schemas::QuoteJson(rule.reason);
  return text + "}";
}

}  // namespace sluice::agent
