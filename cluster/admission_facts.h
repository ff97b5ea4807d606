// Which admission policies a change touches: by changing one, a binding of it, or
// an object that it takes as its parameter. What a cluster says now of an object
// that such a policy judges need not hold once the change is there.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/dry_run.h"
#include "manifests/document.h"

namespace sluice::cluster {

struct PolicyFact {
  std::string name;
  std::string param_group, param_kind;                       // kind empty: it takes none
  std::vector<std::pair<std::string, std::string>> matches;  // group and resource; "*": any
};

struct BindingFact {
  std::string name, policy;
  bool has_params = false;
  std::string param_ns, param_name;  // empty: any
};

struct AdmissionFacts {
  std::vector<PolicyFact> policies;
  std::vector<BindingFact> bindings;
  std::string trouble{};  // why these are not the cluster's; empty: they are
};

// Adds `object`, of one of these two kinds: ValidatingAdmissionPolicy, and its …Binding.
// (The items of a list do not say their kind.)
void LearnAdmission(const manifests::Node& object, std::string_view kind, AdmissionFacts& facts);

// Whether an object of this name might be a policy, a binding or a parameter of
// one, where the cluster does not say: every kind but Kubernetes' own ones that are
// made for other ends than to hold settings. (An API server takes any kind.)
bool MaySteerPolicies(const ObjectName& name);

// Names of the policies that the change touches. Adds what it brings to `facts`,
// which are those of the cluster before.
std::set<std::string> TouchedPolicies(const DryRunRequest& request, AdmissionFacts& facts);

// Whether any policy of that name may judge the resource; true where there is none
// of that name to say so.
bool MayJudge(const AdmissionFacts& facts, std::string_view policy, std::string_view group,
              std::string_view resource);

}  // namespace sluice::cluster
