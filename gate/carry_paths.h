// Whole paths of `carry`: which files of the predecessor's folder take the place of those of
// the same name. For carry.cc.
#pragma once

#include "gate/carry.h"

namespace sluice::gate {

// `source` is the tree that the predecessor's record was built from, `folder` its folder there;
// `tree` is that of the branch. Fills paths, edits and cannot. Where a file is a link, a
// submodule or has an odd name or mode, on either side, nothing of the plan can be carried.
Status PlanPaths(const CarryAsked& asked, const Oid& source, const std::string& folder, const Oid& tree,
                 CarryPlan& plan);

}  // namespace sluice::gate
