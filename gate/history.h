// Every new commit of a push, looked at for what must never be in a history,
// whatever its tip says: credentials and hidden characters.
#pragma once

#include <chrono>
#include <unordered_set>

#include "base/finding.h"
#include "gate/configuration.h"
#include "git/changes.h"

namespace sluice::gate {

struct HistoryInput {
  const git::Repository* repository = nullptr;
  Oid tip;
  std::vector<Oid> known;                 // tips that were there before
  const std::unordered_set<Oid>* judged;  // blobs that were looked at already
  const Limits* limits = nullptr;
  std::chrono::steady_clock::time_point deadline;
};

// Findings of secret/ and text/ rules, each naming its commit.
Result<Findings> CheckHistory(const HistoryInput& input);

}  // namespace sluice::gate
