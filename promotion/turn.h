// Whether it is an environment's turn: its predecessors run the content, long
// enough, well enough; the time is one at which it may move; nobody stopped it; and
// what it removes was agreed to. Facts of ledgers come in as values. What is not
// met comes back as conditions, each with what would meet it and when.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "promotion/condition.h"
#include "promotion/environment.h"
#include "promotion/outcome.h"
#include "promotion/verified_approval.h"

namespace sluice::promotion {

// A record of a ledger, as far as turns go by it.
struct RecordFact {
  std::uint64_t sequence = 0;
  std::string commit;                     // its source
  std::string set;                        // digest of its objects
  std::optional<std::uint64_t> restores;  // of a rollback: whose objects these are
  Moment recorded{};
  std::string tree{};  // of its source
};

// The newest that a cluster reported.
struct OutcomeFact {
  OutcomeKind outcome = OutcomeKind::kApplied;
  std::string cluster;
  std::uint64_t sequence = 0;
  Moment since{};  // by the cluster's clock
};

// A verified ledger from some record up to its newest, or from its first where it is short.
struct LedgerFacts {
  std::string environment;
  std::vector<RecordFact> records;  // ascending, without gaps
  std::vector<OutcomeFact> outcomes;
};

enum class Move : std::uint8_t { kPromotion, kDirect, kRollback };

// The newest record went back behind others: what moves by itself waits from then on,
// until a revocation names the record or a record of another kind follows.
struct StandingRollback {
  std::string digest;  // of the record's envelope
  std::uint64_t sequence = 0;
  std::string actor, reason;
};

struct TurnQuestion {
  const Environment& environment;
  std::span<const Environment> environments;  // all, for the clusters of its predecessors
  std::span<const LedgerFacts>
      ledgers;         // of its predecessors, in any order; one without is one that ran nothing
  std::string commit;  // what moves: the source
  Move move = Move::kPromotion;
  bool automatic = false;  // a bot moves it: a hold stops it, as it stops every promotion
  std::optional<StandingRollback> rollback{};
  std::uint64_t removed = 0, objects = 0;  // that go away, of those in the newest record
  const std::set<std::string>&
      excluded;        // people who may not consent: they pushed it, asked for it or wrote it
  const Zones& zones;  // those that windows and freezes name; a missing one shuts
  Asking asking;
};

struct Turn {
  Conditions unmet;                               // empty: it is its turn
  Conditions waived;                              // what break-glass or a rollback passed over
  const VerifiedApproval* break_glass = nullptr;  // what a record rests on: of asking.given
  const VerifiedApproval* consent = nullptr;
  // If nothing but time is missing: when all is met. Soak, freezes and windows together.
  std::optional<Moment> earliest;

  bool Met() const { return unmet.empty(); }
};

// Break-glass stands in for predecessors, soak, windows, configured freezes, holds and
// (for the caller, by `break_glass`) approvals; not for a freeze that a person declared,
// nor for a consent. A rollback needs no predecessor, and no hold stops it.
Turn AskTurn(const TurnQuestion& question);

// Whether somebody who may said that it holds no more: one who may agree to a change of
// the environment, or to one of policy. Where `people` names nobody it never held.
bool IsReleased(const StandingRollback& rollback, const Environment& environment, const Asking& asking);
// Those people, by name.
std::set<std::string> MayRelease(const Environment& environment, const Asking& asking);

// Whether more than its share of the objects goes away, and somebody has to consent.
bool AsksForConsent(const Environment& environment, std::uint64_t removed, std::uint64_t objects);
// The first valid consent to exactly so many; null where nobody who may gave one. Into
// `asking.given`.
const VerifiedApproval* FindConsent(const Environment& environment, std::uint64_t removed,
                                    const std::set<std::string>& excluded, const Asking& asking);
std::string RemovalWords(const Environment& environment, std::uint64_t removed, std::uint64_t objects);

// The zones that an environment names, as far as this machine has them.
Zones ZonesOf(const Environment& environment);

}  // namespace sluice::promotion
