// Selectors and match conditions are left out: a policy that might judge counts.
// Tested by tests/cluster/plan_test.cc.
#include "cluster/admission_facts.h"

#include <algorithm>

#include "cluster/members.h"
#include "cluster/served_kind.h"

namespace sluice::cluster {
namespace {

using manifests::Node;

constexpr std::string_view kPolicy = "ValidatingAdmissionPolicy";
constexpr std::string_view kBinding = "ValidatingAdmissionPolicyBinding";

PolicyFact PolicyOf(const Node& object) {
  PolicyFact policy;
  policy.name = StringAt(&object, {"metadata", "name"});
  const Node* const param = MemberAt(&object, {"spec", "paramKind"});
  policy.param_group = GroupOf(StringAt(param, {"apiVersion"}));
  policy.param_kind = StringAt(param, {"kind"});
  for (const Node& rule : ElementsAt(&object, {"spec", "matchConstraints", "resourceRules"})) {
    for (const Node& group : ElementsAt(&rule, {"apiGroups"})) {
      for (const Node& resource : ElementsAt(&rule, {"resources"})) {
        const std::string_view name = resource.String();
        policy.matches.emplace_back(group.String(), name.substr(0, name.find('/')));
      }
    }
  }
  return policy;
}

BindingFact BindingOf(const Node& object) {
  BindingFact binding;
  const Node* const param = MemberAt(&object, {"spec", "paramRef"});
  binding.name = StringAt(&object, {"metadata", "name"});
  binding.policy = StringAt(&object, {"spec", "policyName"});
  binding.has_params = param != nullptr;
  binding.param_ns = StringAt(param, {"namespace"});
  binding.param_name = StringAt(param, {"name"});
  return binding;
}

bool IsAdmission(const ObjectName& name) {
  return GroupOf(name.api_version) == "admissionregistration.k8s.io" &&
         (name.kind == kPolicy || name.kind == kBinding);
}

// A policy or a binding in the change, whose removal has no text.
void LearnChanged(const DryRunObject& object, AdmissionFacts& facts, std::set<std::string>& touched) {
  const auto touch_bound = [&] {
    for (const BindingFact& binding : facts.bindings) {
      if (binding.name == object.name.name && !binding.policy.empty()) touched.insert(binding.policy);
    }
  };
  if (object.name.kind == kPolicy) touched.insert(object.name.name);
  if (object.name.kind == kBinding) touch_bound();
  if (object.removal) return;
  const JsonObject json = ReadJsonObject(object.json);
  if (json.root != nullptr) LearnAdmission(*json.root, object.name.kind, facts);
  if (object.name.kind == kBinding) touch_bound();
}

bool IsParamOf(const BindingFact& binding, const ObjectName& name) {
  return binding.has_params && (binding.param_name.empty() || binding.param_name == name.name) &&
         (binding.param_ns.empty() || binding.param_ns == name.ns);
}

}  // namespace

void LearnAdmission(const Node& object, std::string_view kind, AdmissionFacts& facts) {
  if (kind == kPolicy) facts.policies.push_back(PolicyOf(object));
  if (kind == kBinding) facts.bindings.push_back(BindingOf(object));
}

bool MaySteerPolicies(const ObjectName& name) {
  const std::string_view group = GroupOf(name.api_version);
  const bool holds_settings = group.empty() && (name.kind == "ConfigMap" || name.kind == "Secret");
  return holds_settings || IsAdmission(name) || !IsOwnGroup(group);
}

std::set<std::string> TouchedPolicies(const DryRunRequest& request, AdmissionFacts& facts) {
  std::set<std::string> touched;
  for (const DryRunObject& object : request.objects) {
    if (IsAdmission(object.name)) LearnChanged(object, facts, touched);
  }
  for (const PolicyFact& policy : facts.policies) {
    if (policy.param_kind.empty()) continue;
    for (const DryRunObject& object : request.objects) {
      if (policy.param_kind != object.name.kind || policy.param_group != GroupOf(object.name.api_version))
        continue;
      const bool is_param =
          std::any_of(facts.bindings.begin(), facts.bindings.end(), [&](const BindingFact& each) {
            return each.policy == policy.name && IsParamOf(each, object.name);
          });
      if (is_param) touched.insert(policy.name);
    }
  }
  return touched;
}

bool MayJudge(const AdmissionFacts& facts, std::string_view policy, std::string_view group,
              std::string_view resource) {
  bool known = false;
  for (const PolicyFact& fact : facts.policies) {
    if (fact.name != policy) continue;
    known = true;
    for (const auto& [its_group, its_resource] : fact.matches) {
      if ((its_group == "*" || its_group == group) && (its_resource == "*" || its_resource == resource))
        return true;
    }
  }
  return !known;
}

}  // namespace sluice::cluster
