// What of an environment that is a folder is recorded next. Most pushes to its branch do
// not reach it, so there is no way from record to record to follow as branches have.
#pragma once

#include <optional>
#include <span>

#include "promotion/chain_head.h"
#include "promotion/reconcile.h"
#include "promotion/recorder.h"

namespace sluice::promotion {

struct FolderStanding {
  const RepositoryPointer& repository;
  Oid policy_tree;  // of the newest record of policy; zero: it has none
  const RecordedBranch& branch;
  std::span<const RecordedBranch> branches;  // all that are recorded: whose folders are not this one's
  std::optional<RecordedTip> recorded;
  std::optional<Oid> tip;
  std::span<const IntentHead> intents;
};

// See PlanFolder. Before its first record a folder that is not there yet is nothing to record.
Result<RecordPlan> PlanNextOfFolder(const FolderStanding& standing);

}  // namespace sluice::promotion
