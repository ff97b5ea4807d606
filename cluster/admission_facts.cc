// Selectors and match conditions are left out: a policy that might judge counts.
// Tested by tests/cluster/plan_test.cc.
#include "cluster/admission_facts.h"

#include <algorithm>

#include "cluster/members.h"
#include "cluster/served_kind.h"

namespace sluice::cluster {
namespace {

using manifests::Node;
using Is = AdmissionKind::Is;

constexpr std::string_view kAdmission = "admissionregistration.k8s.io";
constexpr AdmissionKind kKinds[] = {
    {"ValidatingAdmissionPolicy", Is::kPolicy, false},
    {"ValidatingAdmissionPolicyBinding", Is::kBinding, false},
    {"MutatingAdmissionPolicy", Is::kPolicy, true},
    {"MutatingAdmissionPolicyBinding", Is::kBinding, true},
    {"ValidatingWebhookConfiguration", Is::kWebhooks, false},
    {"MutatingWebhookConfiguration", Is::kWebhooks, true},
};

// Of one rule: each of its groups with each of its resources, without subresources.
void AddRule(const Node& rule, Matches& matches) {
  for (const Node& group : ElementsAt(&rule, {"apiGroups"})) {
    for (const Node& resource : ElementsAt(&rule, {"resources"})) {
      const std::string_view name = resource.String();
      matches.emplace_back(group.String(), name.substr(0, name.find('/')));
    }
  }
}

PolicyFact PolicyOf(const Node& object, bool mutates) {
  PolicyFact policy;
  policy.mutates = mutates;
  policy.name = StringAt(&object, {"metadata", "name"});
  const Node* const param = MemberAt(&object, {"spec", "paramKind"});
  policy.param_group = GroupOf(StringAt(param, {"apiVersion"}));
  policy.param_kind = StringAt(param, {"kind"});
  for (const Node& rule : ElementsAt(&object, {"spec", "matchConstraints", "resourceRules"}))
    AddRule(rule, policy.matches);
  return policy;
}

BindingFact BindingOf(const Node& object, bool mutates) {
  BindingFact binding;
  const Node* const param = MemberAt(&object, {"spec", "paramRef"});
  binding.mutates = mutates;
  binding.name = StringAt(&object, {"metadata", "name"});
  binding.policy = StringAt(&object, {"spec", "policyName"});
  binding.has_params = param != nullptr;
  binding.param_ns = StringAt(param, {"namespace"});
  binding.param_name = StringAt(param, {"name"});
  return binding;
}

WebhookFact WebhooksOf(const Node& object, bool mutates) {
  WebhookFact webhooks{mutates, std::string(StringAt(&object, {"metadata", "name"})), {}};
  for (const Node& webhook : ElementsAt(&object, {"webhooks"})) {
    for (const Node& rule : ElementsAt(&webhook, {"rules"})) AddRule(rule, webhooks.matches);
  }
  return webhooks;
}

// A policy or a binding in the change, whose removal has no text.
void LearnChanged(const DryRunObject& object, const AdmissionKind& kind, AdmissionFacts& facts,
                  std::set<PolicyName>& touched) {
  const auto touch_bound = [&] {
    for (const BindingFact& binding : facts.bindings) {
      const bool is_it = binding.mutates == kind.mutates && binding.name == object.name.name;
      if (is_it && !binding.policy.empty()) touched.insert({kind.mutates, binding.policy});
    }
  };
  if (kind.is == Is::kPolicy) touched.insert({kind.mutates, object.name.name});
  if (kind.is == Is::kBinding) touch_bound();
  if (object.removal) return;
  const JsonObject json = ReadJsonObject(object.json);
  if (json.root != nullptr) LearnAdmission(*json.root, kind, facts);
  if (kind.is == Is::kBinding) touch_bound();
}

bool IsParamOf(const BindingFact& binding, const ObjectName& name) {
  return binding.has_params && (binding.param_name.empty() || binding.param_name == name.name) &&
         (binding.param_ns.empty() || binding.param_ns == name.ns);
}

}  // namespace

std::span<const AdmissionKind> AdmissionKinds() { return kKinds; }

const AdmissionKind* AdmissionKindOf(const ObjectName& name) {
  if (GroupOf(name.api_version) != kAdmission) return nullptr;
  const auto* const found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                         [&](const AdmissionKind& each) { return each.kind == name.kind; });
  return found == std::end(kKinds) ? nullptr : found;
}

void LearnAdmission(const Node& object, const AdmissionKind& kind, AdmissionFacts& facts) {
  switch (kind.is) {
    case Is::kPolicy:
      facts.policies.push_back(PolicyOf(object, kind.mutates));
      break;
    case Is::kBinding:
      facts.bindings.push_back(BindingOf(object, kind.mutates));
      break;
    case Is::kWebhooks:
      facts.webhooks.push_back(WebhooksOf(object, kind.mutates));
      break;
  }
}

bool MaySteerPolicies(const ObjectName& name) {
  const std::string_view group = GroupOf(name.api_version);
  const bool holds_settings = group.empty() && (name.kind == "ConfigMap" || name.kind == "Secret");
  const AdmissionKind* const admission = AdmissionKindOf(name);
  return holds_settings || (admission != nullptr && admission->is != Is::kWebhooks) || !IsOwnGroup(group);
}

std::set<PolicyName> TouchedPolicies(const DryRunRequest& request, AdmissionFacts& facts) {
  std::set<PolicyName> touched;
  for (const DryRunObject& object : request.objects) {
    const AdmissionKind* const kind = AdmissionKindOf(object.name);
    if (kind != nullptr) LearnChanged(object, *kind, facts, touched);
  }
  for (const PolicyFact& policy : facts.policies) {
    if (policy.param_kind.empty()) continue;
    for (const DryRunObject& object : request.objects) {
      if (policy.param_kind != object.name.kind || policy.param_group != GroupOf(object.name.api_version))
        continue;
      const bool is_param =
          std::any_of(facts.bindings.begin(), facts.bindings.end(), [&](const BindingFact& each) {
            return each.mutates == policy.mutates && each.policy == policy.name &&
                   IsParamOf(each, object.name);
          });
      if (is_param) touched.insert({policy.mutates, policy.name});
    }
  }
  return touched;
}

Matches MatchesOf(const AdmissionFacts& facts, const PolicyName& policy) {
  Matches matches;
  bool known = false;
  for (const PolicyFact& fact : facts.policies) {
    if (fact.mutates != policy.mutates || fact.name != policy.name) continue;
    known = true;
    matches.insert(matches.end(), fact.matches.begin(), fact.matches.end());
  }
  if (!known) matches.emplace_back("*", "*");
  return matches;
}

bool Matched(const Matches& matches, std::string_view group, std::string_view resource) {
  return std::any_of(matches.begin(), matches.end(), [&](const auto& each) {
    return (each.first == "*" || each.first == group) && (each.second == "*" || each.second == resource);
  });
}

}  // namespace sluice::cluster
