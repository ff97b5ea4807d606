// What of a mirror is believed: the ledger from the pin on, and not behind what was
// believed before (docs/ledger.md, section 8). promotion/ledger.h verifies; here is
// what an agent asks besides: for me, not older than I know, and fresh.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/configuration.h"
#include "git/repository.h"
#include "promotion/freshness.h"
#include "promotion/ledger.h"

namespace sluice::agent {

// The highest that was ever believed; survives the agent (agent/state.h).
struct Believed {
  std::string repository{};  // its id; empty: nothing was believed yet
  std::optional<promotion::RememberedRecord> record{}, policy{};
  std::optional<promotion::Freshness> freshness{};
};

// Why nothing new is applied.
enum class HoldCause : std::uint8_t {
  kNone,
  kUnreachable,  // nothing could be fetched: only what is known can be kept
  kRefused,      // what was fetched does not verify
  kCluster,      // the record is for other clusters
  kStale,        // nobody says that this is the newest record, or no longer
  kClock,        // our clock and the recorder's disagree
  kRemovals,     // it removes much, and nobody consented
};
std::string_view NameOf(HoldCause cause);  // "unreachable", …

struct Hold {
  HoldCause cause = HoldCause::kNone;
  std::string why;  // half a sentence
  explicit operator bool() const { return cause != HoldCause::kNone; }
};

// Why a newer record than what is believed may be withheld from us; empty: it is said to be the newest, or
// nobody has to say so.
std::string StaleWords(const Configuration& configuration, const Believed& believed, std::int64_t now);

// What this process proved last, by one configuration: where the chains go on from there, only what is new is
// verified. It is kept in memory alone, since a file could be another's by then.
struct Verified {
  std::shared_ptr<const promotion::PolicyChain> policy{};  // null: nothing was proved yet
  std::shared_ptr<const promotion::Ledger> ledger{};       // by that policy
};

struct Proof {
  std::shared_ptr<const git::Repository> repository;
  std::shared_ptr<const promotion::Ledger> ledger;  // records 0: there is none yet; null without a repository
  Believed believed;                                // now
  Hold hold;                                        // kCluster, kStale or kClock
};

// An Error: what lies there is not to be believed. `now` in seconds since 1970. The answer is the one without
// `verified`, which is what was proved here where it succeeds, and else as before.
Result<Proof> Prove(std::shared_ptr<const git::Repository> repository, const Configuration& configuration,
                    const Believed& before, std::int64_t now, Verified& verified);

// One object of a record, its bytes as they are applied.
struct RecordedObject {
  std::string path;  // promotion/object_path.h
  std::string json;  // canonical
  bool apply = true;
};

// The objects of a record of the proven chain, that of `sequence`, whose digest is
// `digest`: each is held against the list that was signed.
Result<std::vector<RecordedObject>> ReadObjects(const Proof& proof, std::uint64_t sequence,
                                                const std::string& digest);

// The paths of its objects alone.
Result<std::vector<std::string>> ReadPaths(const Proof& proof, std::uint64_t sequence,
                                           const std::string& digest);

// How many objects the consents of the records after `from` up to the newest allow
// to be removed.
Result<std::uint64_t> ConsentedRemovals(const Proof& proof, std::uint64_t from);

}  // namespace sluice::agent
