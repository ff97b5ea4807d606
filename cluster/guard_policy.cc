// The objects are compared with the text of what they must be, field by field,
// both ways: what differs, what is missing, and what should not be there. Why it
// matters is a table over the beginnings of paths.
#include "cluster/guard_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace sluice::cluster {
namespace {

using manifests::Node;
using manifests::NodeKind;

// Stands for the condition that names the identity.
constexpr std::string_view kCondition = "$condition";

// spec of deploy/gate/policy.yaml, with what API servers of 1.30 and later add.
constexpr std::string_view kPolicySpec = R"({
  "failurePolicy": "Fail",
  "matchConstraints": {
    "namespaceSelector": {},
    "objectSelector": {},
    "matchPolicy": "Equivalent",
    "resourceRules": [{
      "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"], "scope": "*",
      "operations": ["CREATE", "UPDATE", "DELETE", "CONNECT"]
    }]
  },
  "matchConditions": [{"name": "gate", "expression": "$condition"}],
  "validations": [
    {
      "expression": "request.dryRun == true",
      "message": "this identity may only dry-run",
      "reason": "Forbidden"
    },
    {
      "expression": "!has(request.subResource) || request.subResource != 'token'",
      "message": "a dry run of a token request gives a real token",
      "reason": "Forbidden"
    }
  ]
})";

constexpr std::string_view kBindingSpec =
    R"({"policyName": "sluice-dry-run-only", "validationActions": ["Deny"]})";

struct Meaning {
  std::string_view path;  // it, or what lies below
  std::string_view words;
};

// The first that matches counts.
constexpr Meaning kPolicyMeanings[] = {
    {"spec.failurePolicy", "a request passes where the policy cannot be evaluated"},
    {"spec.matchConstraints.namespaceSelector", "namespaces can be left out"},
    {"spec.matchConstraints.objectSelector", "objects can be left out by their labels"},
    {"spec.matchConstraints.matchPolicy", "requests by other versions of a resource are left out"},
    {"spec.matchConstraints", "resources or operations are left out"},
    {"spec.matchConditions", "requests of this identity can be left out"},
    {"spec.validations", "more than dry runs can pass"},
    {"spec.paramKind", "what it allows depends on an object that others may edit"},
    {"spec", "what it allows is not known"},
};
constexpr Meaning kBindingMeanings[] = {
    {"spec.validationActions", "what the policy refuses can pass"},
    {"spec.policyName", "the policy is not bound"},
    {"spec.matchResources", "resources or namespaces are left out"},
    {"spec.paramRef", "what it allows depends on an object that others may edit"},
    {"spec", "what it holds back is not known"},
};

bool IsAbsent(const Node* node) { return node == nullptr || node->kind == NodeKind::kNull; }

std::string Shown(const Node& node) {
  constexpr std::size_t kLongest = 200;
  if (node.kind == NodeKind::kMapping) return "an object";
  if (node.kind == NodeKind::kSequence) return "a list";
  const std::string text(node.text.substr(0, kLongest));
  return node.IsString() ? '"' + text + '"' : text;
}

struct Comparison {
  std::string_view what;  // "the policy"
  std::string_view condition;
  const Meaning* begin = nullptr;
  const Meaning* end = nullptr;
  std::vector<std::string> faults;

  void Add(const std::string& path, const std::string& fault) {
    const Meaning* found = std::find_if(begin, end, [&](const Meaning& meaning) {
      return path.starts_with(meaning.path) &&
             (path.size() == meaning.path.size() || path[meaning.path.size()] == '.' ||
              path[meaning.path.size()] == '[');
    });
    const std::string because = found == end ? "" : fmt::format(", so {}", found->words);
    faults.push_back(fmt::format("{} {} was edited: {} {}{}", what, kGuardName, path, fault, because));
  }
};

void Compare(const Node& must, const Node* is, const std::string& path, Comparison& comparison);

void CompareMembers(const Node& must, const Node& is, const std::string& path, Comparison& comparison) {
  for (const Node& member : must.children) {
    Compare(member, is.Find(member.key), fmt::format("{}.{}", path, member.key), comparison);
  }
  for (const Node& member : is.children) {
    if (must.Find(member.key) != nullptr || IsAbsent(&member)) continue;
    comparison.Add(fmt::format("{}.{}", path, member.key), "is there and must not be");
  }
}

void CompareElements(const Node& must, const Node& is, const std::string& path, Comparison& comparison) {
  if (is.children.size() != must.children.size()) {
    comparison.Add(path,
                   fmt::format("has {} elements and must have {}", is.children.size(), must.children.size()));
    return;
  }
  for (std::size_t i = 0; i < must.children.size(); ++i) {
    Compare(must.children[i], &is.children[i], fmt::format("{}[{}]", path, i), comparison);
  }
}

// Recurses no deeper than `must`, which is ours.
void Compare(const Node& must, const Node* is, const std::string& path, Comparison& comparison) {
  if (IsAbsent(is)) return comparison.Add(path, "is missing");
  if (is->kind == must.kind && must.kind == NodeKind::kMapping)
    return CompareMembers(must, *is, path, comparison);
  if (is->kind == must.kind && must.kind == NodeKind::kSequence)
    return CompareElements(must, *is, path, comparison);
  const std::string_view text = must.text == kCondition ? comparison.condition : must.text;
  if (is->kind == must.kind && is->text == text) return;
  comparison.Add(path, fmt::format("is {} and must be {}", Shown(*is),
                                   must.IsString() ? fmt::format("\"{}\"", text) : Shown(must)));
}

void CompareObject(const Node& object, std::string_view spec, Comparison& comparison) {
  const manifests::ParsedFile must = manifests::Parse("", std::string(spec), Limits{});
  const Node* metadata = object.Find("metadata");
  if (metadata == nullptr || metadata->Find("name") == nullptr ||
      metadata->Find("name")->String() != kGuardName) {
    comparison.Add("metadata.name", "is another");
  }
  if (metadata != nullptr && !IsAbsent(metadata->Find("deletionTimestamp"))) {
    comparison.Add("metadata.deletionTimestamp", "is set: it is being deleted");
  }
  Compare(*must.documents[0].root, object.Find("spec"), "spec", comparison);
}

// `user` as a string literal of CEL.
std::string ConditionFor(std::string_view user) {
  std::string literal;
  for (const char c : user) {
    if (c == '\'' || c == '\\') literal += '\\';
    literal += c;
  }
  return fmt::format("request.userInfo.username == '{}'", literal);
}

}  // namespace

std::vector<std::string> PolicyFaults(const Node& policy, std::string_view user) {
  const std::string condition = ConditionFor(user);
  Comparison comparison{"the policy", condition, std::begin(kPolicyMeanings), std::end(kPolicyMeanings), {}};
  CompareObject(policy, kPolicySpec, comparison);
  return comparison.faults;
}

std::vector<std::string> BindingFaults(const Node& binding) {
  Comparison comparison{"the binding", "", std::begin(kBindingMeanings), std::end(kBindingMeanings), {}};
  CompareObject(binding, kBindingSpec, comparison);
  return comparison.faults;
}

}  // namespace sluice::cluster
