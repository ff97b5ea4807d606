// The policy side of a push: whose configuration judges it, read as it stood
// before the push (D5). A repository's own, and the floor that its operator set.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gate/configuration.h"
#include "gate/push.h"

namespace sluice::gate {

struct PolicySide {
  std::string ref;          // full name of the policy ref
  Oid commit;               // zero: there is none yet (first push)
  bool first_push = false;  // judged by the configuration that the push brings
  LoadedConfiguration loaded;
};

// The configuration at a commit of a repository, named "BRANCH@3fa2c1b".
Result<LoadedConfiguration> ConfigurationAt(const std::shared_ptr<const git::Repository>& repository,
                                            const Oid& commit, const std::string& name);

Result<PolicySide> OwnPolicy(const Push& push);
Result<PolicySide> FloorPolicy(const Push& push);  // push.floor must be there

// "main" for "refs/heads/main", full names for the rest.
std::string ShortName(const std::string& ref);

// The protection of a ref, or null: the last pattern that matches wins. Without
// patterns the policy ref itself is protected.
const Protection* FindProtection(const PolicySide& policy, const std::string& ref);

}  // namespace sluice::gate
