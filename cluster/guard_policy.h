// What the two objects of the guard must be: the admission policy of deploy/gate
// and its binding, which let Sluice's identity do nothing but dry-run. Whatever
// is not exactly as it must be is said; nothing is guessed harmless, since a
// field that a later Kubernetes adds may weaken what is here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manifests/document.h"

namespace sluice::cluster {

// The name of both objects.
inline constexpr std::string_view kGuardName = "sluice-dry-run-only";
// What the policy says when it refuses.
inline constexpr std::string_view kGuardMessage = "this identity may only dry-run";

// What is wrong with a ValidatingAdmissionPolicy, as an API server returned it
// (defaults filled in), for an identity of that user name; one sentence a fault,
// without a full stop. Empty: it is as it must be.
std::vector<std::string> PolicyFaults(const manifests::Node& policy, std::string_view user);

// The same of the ValidatingAdmissionPolicyBinding.
std::vector<std::string> BindingFaults(const manifests::Node& binding);

}  // namespace sluice::cluster
