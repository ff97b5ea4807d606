// What of a branch is recorded, what can be now, and what never is by itself
// (D10): tips, intents and the newest record compared. Data in, data out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/oid.h"
#include "base/result.h"
#include "promotion/intent.h"

namespace sluice::promotion {

enum class Standing : std::uint8_t {
  kInStep,    // the newest record is of the tip, or there is neither
  kBehind,    // `moves` lead to the tip
  kNoIntent,  // a tip that no accepted push leads to: never recorded by itself
  kNoTip,     // a record of a branch that is gone
};

struct RecordPlan {
  Standing standing = Standing::kInStep;
  std::vector<IntentHead> moves;  // in the order in which the ref moved
};

// Where the newest record left a branch.
struct RecordedTip {
  Oid commit;               // its source
  std::int64_t judged = 0;  // in seconds: what was placed before led there or nowhere
};

// "No commit", as a repository whose ids are like this one writes it.
Oid ZeroLike(const Oid& id);

// `tip` is where the branch stands, `intents` are those of its ref. Each intent says
// that the ref was at its `before` when it was placed, so of several ways from the
// record to the tip the longest in the order of placing is the one that the ref
// took, round in a circle too. Where a clock was set back there is none: then the
// longest that enters no commit twice.
RecordPlan PlanRecords(const std::optional<RecordedTip>& recorded, const std::optional<Oid>& tip,
                       std::span<const IntentHead> intents);

// Of a folder of a branch. Most pushes do not move it and leave no intent, so there is
// no way to follow; but each intent holds the folder whole. So the last one counts that
// was placed since the record, led to a commit that the branch holds now, and left the
// folder as it stands there. That alone is not enough: a push that was accepted and
// never moved the branch is an ancestor too, once somebody merged and undid it.
struct FolderHistory {
  // Asked of commits; an Error: it could not say.
  using Question = std::function<Result<bool>(const Oid& commit, const Oid& tip)>;
  Question is_ancestor;
  Question stands;  // whether nothing that the folder may be built of differs between the two
};
Result<RecordPlan> PlanFolder(const std::optional<RecordedTip>& recorded, const std::optional<Oid>& tip,
                              std::span<const IntentHead> intents, const FolderHistory& history);

}  // namespace sluice::promotion
