// Every new commit of a push, and every annotated tag, looked at for what must
// never be in a history, whatever its tip says: credentials and hidden
// characters. Tested by tests/gate/push_test.cc.
#pragma once

#include <chrono>
#include <span>

#include "base/finding.h"
#include "gate/gate.h"

namespace sluice::gate {

struct HistoryInput {
  const git::Repository* repository = nullptr;
  Oid tip;
  std::vector<Oid> known;               // tips that were there before
  std::span<const LookedAt> looked_at;  // by Check
  const Limits* limits = nullptr;
  bool ratchet = false;  // what a commit's parent holds in the same file is not told again
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

// Findings of rules that hold always, each naming its commit. An error: not
// every new commit was looked at.
Result<Findings> CheckHistory(const HistoryInput& input);

// What a ref names before any commit: the text of annotated tags, one in
// another, and a blob. `type` is what lies at the end. No findings for what did
// not come with the push under way.
struct Target {
  git::ObjectType type = git::ObjectType::kCommit;
  Findings findings;
};
Result<Target> CheckTarget(const git::Repository& repository, const Oid& id, const Limits& limits);

}  // namespace sluice::gate
