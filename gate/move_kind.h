// What kind of move a push of an environment's branch is: a promotion of what a
// predecessor recorded, a rollback to a record of its own, or a direct change. It
// goes by trees and ledgers alone, so that nobody can call a move what it is not.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "git/merge_tree.h"
#include "git/repository.h"
#include "promotion/chain_head.h"
#include "promotion/turn.h"

namespace sluice::gate {

// git::MergeTree of the repository at hand; may start a process.
using MergeCommits = std::function<Result<git::MergedTree>(const Oid& ours, const Oid& theirs)>;

// The commits that a push brings to a branch, read once asked for.
class BroughtCommits {
 public:
  BroughtCommits(const git::Repository& repository, const Oid& before, const Oid& after)
      : repository_(repository), before_(before), after_(after) {}

  bool Holds(const std::string& commit);            // hexadecimal digits
  const Status& status() const { return status_; }  // an Error: they could not be told, and it holds none

 private:
  const git::Repository& repository_;
  Oid before_, after_;
  bool read_ = false;
  std::unordered_set<std::string> commits_;
  Status status_ = Ok{};
};

struct MoveKind {
  promotion::Move move = promotion::Move::kDirect;
  Oid source;                  // what moves: of a promotion the commit that the predecessor recorded
  std::uint64_t restores = 0;  // of a rollback: the record
  std::string reason;          // likewise
  std::string why_direct;      // half a sentence, where it looks like another kind
  bool own = false;            // of a folder: nothing that its predecessors would have run first
};

struct MoveAsked {
  std::shared_ptr<const git::Repository> repository;
  Oid before, after;  // of the branch; `before` may be zero
  std::span<const promotion::LedgerFacts> predecessors;
  // The environment's own ledger; asked for a rollback alone.
  const std::function<Result<promotion::LedgerFacts>()>& own;
  std::string set;  // digest of the objects that it would have; empty: not known
  const MergeCommits& merge;
};

Result<MoveKind> KindOfMove(const MoveAsked& asked, BroughtCommits& brought);

// A rollback says which record it restores, and why, in the last lines of its
// commit's message: the text of these lines.
std::string RollbackTrailers(std::uint64_t sequence, std::string_view reason);

// Whether the newest record is a rollback, by break-glass or not.
std::optional<promotion::StandingRollback> StandingRollbackOf(
    const std::optional<promotion::RecordHeadOf>& head);

// The tree that a branch at `before` gets by taking in `source`: git's merge, the
// source's own tree where nothing is to be merged.
Result<git::MergedTree> MergedInto(const git::Repository& repository, const Oid& before, const Oid& source,
                                   const MergeCommits& merge);

}  // namespace sluice::gate
