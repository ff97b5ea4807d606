// The policy side of a push: whose configuration judges it, read as it stood
// before the push (D5). A repository's own, and the floor that its operator set.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gate/configuration.h"
#include "gate/push.h"

namespace sluice::gate {

struct PolicySide {
  std::string ref;          // full name of the policy ref
  Oid commit;               // zero: there is none yet (first push)
  bool first_push = false;  // there is no policy branch: judged by the configuration that the push brings
  bool brought = false;     // and the push does bring that branch
  bool agreed = false;      // the one that the push brings: people agreed to exactly that pair
  LoadedConfiguration loaded;
};

// The configuration at a commit of a repository, named "BRANCH@3fa2c1b".
Result<LoadedConfiguration> ConfigurationAt(const std::shared_ptr<const git::Repository>& repository,
                                            const Oid& commit, const std::string& name);

// Takes the operator's limits, but for those that the repository itself has tightened.
void Bound(Configuration& configuration, const Limits& most);

// Their limits are bounded by the operator's.
Result<PolicySide> OwnPolicy(const Push& push);
Result<PolicySide> FloorPolicy(const Push& push);  // push.floor must be there
// The one that the push brings to the policy branch, where that may judge.
Result<PolicySide> AgreedPolicy(const Push& push, const PolicySide& own, const Oid& commit);

// "main" for "refs/heads/main", full names for the rest.
std::string ShortName(const std::string& ref);

// What may be done to a ref (`ref` as it is kept, symbolic refs followed), or
// nothing where it is not protected. The last pattern that matches wins; the
// policy ref is protected whatever the patterns say. What the floor forbids, no
// pattern of the repository allows.
std::optional<Protection> FindProtection(const PolicySide& own, const PolicySide* floor,
                                         const std::string& ref);

}  // namespace sluice::gate
