// Whether the branch that policy and protection come from is there. While it is
// not, every push is advised only, and nobody would notice.
#pragma once

#include <string>

#include "hooks/places.h"

namespace sluice::hooks {

struct PolicyBranch {
  std::string ref;  // full name: settings' policyRef, else what HEAD names
  bool by_setting = false;
  bool exists = false;
  std::string other;  // full name of a branch that does exist, where that one does not
};

// kNotFound where HEAD is detached and no setting names a branch.
Result<PolicyBranch> LookAtPolicyBranch(const Places& places, const std::string& policy_ref);

// What is wrong, with the commands that mend it; empty where it exists, and in
// a repository without any branch: the first push may still make it.
std::string TroubleOf(const PolicyBranch& branch, const Places& places);

}  // namespace sluice::hooks
