// The rules that only the whole pipeline can judge, and the list of all rules.
#pragma once

#include <span>
#include <string_view>

#include "base/rule.h"

namespace sluice::gate {

extern const Rule kConfigurationRule;    // policy/configuration
extern const Rule kWaiverEndsRule;       // policy/waiver-ends
extern const Rule kWaiverExpiredRule;    // policy/waiver-expired
extern const Rule kNotJudgedRule;        // policy/not-judged
extern const Rule kTooLargeRule;         // git/too-large
extern const Rule kProtectedDeleteRule;  // git/protected-delete
extern const Rule kProtectedCreateRule;  // git/protected-create
extern const Rule kNonFastForwardRule;   // git/non-fast-forward
extern const Rule kReplacingRefRule;     // git/replacing-ref
extern const Rule kReservedRefRule;      // git/reserved-ref
extern const Rule kLfsPointerRule;       // git/lfs-pointer
extern const Rule kNoPolicyBranchRule;   // policy/no-branch
extern const Rule kUnverifiedRule;       // cluster/unverified
extern const Rule kRefusedRule;          // cluster/refused: what has no rule of its own

// Of group cluster/: what an API server that was asked says (base/dry_run.h).
std::span<const Rule* const> ClusterRules();

// How far a rule reaches, beyond its severity. One table for every stage.
struct Reach {
  bool always = false;      // holds whatever a file is for, judged as objects or not
  bool everywhere = false;  // rejects on branches that are not protected too
  bool firm = false;        // says that something was not judged: neither lowered nor waived
  bool of_push = false;     // speaks of how a ref moves: nothing that `sluice check` could show
};
Reach ReachOf(std::string_view rule);

}  // namespace sluice::gate
