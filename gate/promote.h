// Moving an environment: which commit its branch gets, planned before anything is
// written. Whether it may move is the verdict of the push that this would be (push.h):
// the command, and the hook behind it, ask the same.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gate/move_kind.h"
#include "promotion/promotion_keys.h"

namespace sluice::gate {

struct PromotionAsked {
  std::shared_ptr<const git::Repository> repository;  // where refs/heads/* are the branches that move
  const promotion::PromotionSettings& settings;
  std::string environment;
  std::string from;                       // an environment that it follows; empty: the only one
  std::optional<Oid> commit{};            // in place of `from`
  std::optional<std::uint64_t> record{};  // of its own: a rollback to that, with a reason
  std::string reason{};
  const MergeCommits& merge;
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
};

// kUsage where what was asked for does not go together, with what to do; any other
// Error: it could not be told.
Result<PromotionPlan> PlanPromotion(const PromotionAsked& asked);

}  // namespace sluice::gate
