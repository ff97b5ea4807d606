// What the ledger of an environment says to those that follow it: its newest records
// and what its clusters reported, read from the end on. The end is signed by a
// recorder; what stands before it is what each record names by digest, so that the
// work is that of the records that are looked at. Whole chains are ledger.h's.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "promotion/chain_head.h"
#include "promotion/environment.h"
#include "promotion/turn.h"

namespace sluice::promotion {

// Records that are read at most; what ran before them did not run, for a turn.
inline constexpr std::size_t kFactRecords = 256;

// Asked after each record, which is the last of `newest_first`: whether that is all
// that is needed. May be empty: kFactRecords are read.
using EnoughFacts = std::function<bool(std::span<const RecordFact> newest_first)>;

// Without records where there is no ledger. An Error where a record is not the one
// that the record after it names, or the newest is no recorder's: nothing of such a
// ledger is believed. An outcome counts where the key of its cluster in `policy`
// signed it for a record that was read; any other is as if it were not there.
Result<LedgerFacts> ReadLedgerFacts(const RepositoryPointer& repository, const Environment& environment,
                                    const PolicyHead& policy, const EnoughFacts& enough = {});

// One of the newest kFactRecords; nothing where the ledger has no record of this number, or
// not among these. An Error as above.
Result<std::optional<RecordFact>> FindFact(const RepositoryPointer& repository,
                                           const std::string& environment, const PolicyHead& policy,
                                           std::uint64_t sequence);

// A record as those see it that report of it.
struct KnownRecord {
  std::string digest;                 // of its envelope
  std::vector<std::string> clusters;  // that may apply it; empty: every one
};

// As FindFact.
Result<std::optional<KnownRecord>> FindRecord(const RepositoryPointer& repository,
                                              const std::string& environment, const PolicyHead& policy,
                                              std::uint64_t sequence);

}  // namespace sluice::promotion
