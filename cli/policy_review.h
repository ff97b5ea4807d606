// A change of the policy as people agree to it, alone or as a pair with what comes with
// it (docs/approvals.md, section 4).
#pragma once

#include <string>
#include <vector>

#include "cli/promotion_place.h"
#include "promotion/review.h"

namespace sluice::cli {

struct PolicyReview {
  std::string change;  // the digest that is signed
  std::string text;    // the whole change, and who must agree, for people
  std::vector<promotion::Excluded> excluded;
  bool missing = false;  // somebody has to agree still
};

// Of the policy branch, as it would be at the commit; where it stands there already, what
// the newest record of policy does not hold yet. kUsage where nothing of the policy differs,
// and where there is no such pair.
Result<PolicyReview> ReviewPolicy(PromotionPlace& place, const Oid& commit, bool pair);

}  // namespace sluice::cli
