// Which admission policies a change touches: by changing one, a binding of it, or
// an object that it takes as its parameter. What a cluster says now of an object
// that such a policy judges need not hold once the change is there.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/dry_run.h"
#include "manifests/document.h"

namespace sluice::cluster {

// Groups and resources; "*": any.
using Matches = std::vector<std::pair<std::string, std::string>>;

// `mutates`: of a MutatingAdmissionPolicy, which has names of its own.
struct PolicyFact {
  bool mutates = false;
  std::string name;
  std::string param_group, param_kind;  // kind empty: it takes none
  Matches matches;
};

struct BindingFact {
  bool mutates = false;
  std::string name, policy;
  bool has_params = false;
  std::string param_ns, param_name;  // empty: any
};

// All webhooks of one configuration.
struct WebhookFact {
  bool mutates = false;
  std::string name;
  Matches matches;
};

struct AdmissionFacts {
  std::vector<PolicyFact> policies{};
  std::vector<BindingFact> bindings{};
  std::vector<WebhookFact> webhooks{};
  std::string trouble{};  // why these are not the cluster's; empty: they are
};

// The kinds that say who else is asked at admission. (The items of a list do not say
// their kind.)
struct AdmissionKind {
  enum class Is : std::uint8_t { kPolicy, kBinding, kWebhooks };
  std::string_view kind;
  Is is;
  bool mutates;
};
std::span<const AdmissionKind> AdmissionKinds();
// Null: it is none of them.
const AdmissionKind* AdmissionKindOf(const ObjectName& name);

// Adds `object`, of that kind.
void LearnAdmission(const manifests::Node& object, const AdmissionKind& kind, AdmissionFacts& facts);

// Whether an object of this name might be a policy, a binding or a parameter of
// one, where the cluster does not say: every kind but Kubernetes' own ones that are
// made for other ends than to hold settings. (An API server takes any kind.)
bool MaySteerPolicies(const ObjectName& name);

struct PolicyName {
  bool mutates = false;
  std::string name;
  auto operator<=>(const PolicyName&) const = default;
};

// The policies that the change touches. Adds what it brings to `facts`, which are
// those of the cluster before.
std::set<PolicyName> TouchedPolicies(const DryRunRequest& request, AdmissionFacts& facts);

// What any policy of that name may judge; everything where there is none to say so.
Matches MatchesOf(const AdmissionFacts& facts, const PolicyName& policy);
bool Matched(const Matches& matches, std::string_view group, std::string_view resource);

}  // namespace sluice::cluster
