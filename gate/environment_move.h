// What a push does to the environment whose branch it moves: how its objects differ
// from the newest record, what its predecessors ran, what kind of move it is. Facts
// alone; turn.h and the review rules ask what they are worth.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/move_kind.h"
#include "promotion/chain_head.h"
#include "promotion/environment.h"
#include "promotion/next_record.h"
#include "promotion/turn.h"

namespace sluice::gate {

struct EnvironmentPush {
  std::shared_ptr<const git::Repository> repository;
  const promotion::Environment& environment;
  std::span<const promotion::Environment> environments;  // all of the configuration
  Oid before, after;                                     // of its branch; `before` may be zero
  std::string_view intent_name, intent;                  // what the recorder would get: gate/intent.h
  const MergeCommits& merge;
  promotion::Moment now{};
  std::uint64_t restores = 0;  // of a folder: the record that it is asked to go back to; 0: none
  std::string_view reason{};   // likewise: why
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

struct EnvironmentMove {
  std::optional<promotion::PolicyHead> policy;          // nothing: the repository has no ledger
  std::optional<promotion::RecordHeadOf> head;          // the newest record; nothing: none yet
  std::optional<promotion::StandingRollback> rollback;  // what the newest record is, if that
  std::vector<promotion::LedgerFacts> predecessors;
  MoveKind kind;
  std::string change;                      // the change digest; empty: see `behind`
  std::uint64_t removed = 0, objects = 0;  // that go away, of those in the newest record; see `behind`
  std::shared_ptr<const promotion::Intent> intent;     // null: see `behind`
  std::shared_ptr<const promotion::NextObjects> next;  // likewise; points into `intent`
  // Why the change cannot be told: the ledger is not where the branch is. `removed` is then
  // what the push takes away, and `objects` is not known.
  std::string behind;
};

// An Error: a ledger that is not as it should be, or git could not say.
Result<EnvironmentMove> LookAtMove(const EnvironmentPush& push);

}  // namespace sluice::gate
