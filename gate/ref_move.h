// Whether a ref may move this way at all, before anything of its content is
// looked at.
#pragma once

#include <string>

#include "gate/policy_side.h"
#include "gate/weigh.h"

namespace sluice::gate {

// What others take for signed: in no mode is it written unjudged.
inline constexpr std::string_view kReservedRefs = "refs/sluice/";
// By these git shows one object in the place of another, to whoever reads the repository.
inline constexpr std::string_view kReplacingRefs = "refs/replace/";

struct RefMove {
  RefUpdate update;
  std::string ref;  // the one that moves: symbolic refs followed
  RefKind kind = RefKind::kOther;
  Protection protection;       // of kProtected
  bool brings_policy = false;  // makes the policy branch, where there was none
  bool Deletes() const { return update.new_id.IsZero(); }
};

RefMove MoveOf(const Push& push, const PolicySide& own, const PolicySide* floor, const RefUpdate& update);

// An error: it could not be told whether the ref would lose commits.
Result<Findings> CheckMove(const git::Repository& repository, const RefMove& move);

}  // namespace sluice::gate
