// Moving an environment: which commit its branch gets, planned before anything is
// written. Whether it may move is the verdict of the push that this would be (push.h):
// the command, and the hook behind it, ask the same.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gate/carry.h"
#include "gate/move_kind.h"
#include "promotion/promotion_keys.h"

namespace sluice::gate {

struct PromotionAsked {
  std::shared_ptr<const git::Repository> repository;  // where refs/heads/* are the branches that move
  const Configuration& configuration;                 // has to live as long as the plan
  std::string environment;
  std::string from;                       // an environment that it follows; empty: the only one
  std::optional<Oid> commit{};            // in place of `from`
  std::optional<std::uint64_t> record{};  // of its own: a rollback to that, with a reason
  std::string reason{};
  const MergeCommits& merge;
  BuildSettings build{};  // of folders
  unsigned jobs = 1;
};

// What the branch gets. `parents` is empty where it goes forward to `source` itself.
struct PromotionPlan {
  std::string environment, ref;
  Oid before;                          // zero: there is no such branch yet
  Oid source;                          // the commit that moves; of a rollback that of the record
  std::string from;                    // the environment that recorded it; empty: none was named
  Oid tree;                            // of the commit that is to be made; zero: conflicts
  std::vector<Oid> parents;            // of that commit
  std::string message;                 // likewise
  std::vector<std::string> conflicts;  // paths; then nothing can move
  bool nothing = false;                // the branch holds it already
  std::uint64_t restores = 0;          // of a rollback: the record
  std::string reason{};                // likewise: why
  std::optional<CarryPlan> carry{};    // into a folder; `tree` is the caller's to make, of its edits
};

// kUsage where what was asked for does not go together, with what to do; any other
// Error: it could not be told.
Result<PromotionPlan> PlanPromotion(const PromotionAsked& asked);

// Of a plan with a `carry` that has edits: `tree` is the branch's with them, and
// `asked.repository` holds it. Fills `plan.tree`, unless something cannot be carried.
Status FinishCarry(const PromotionAsked& asked, const Oid& tree, PromotionPlan& plan);

}  // namespace sluice::gate
