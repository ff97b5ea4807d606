// What the ledger of an environment says to those that follow it: its newest records
// and what its clusters reported, read from the end on. The end is signed by a
// recorder; what stands before it is what each record names by digest, so that the
// work is that of the records that are looked at. Whole chains are ledger.h's.
#pragma once

#include <functional>
#include <span>

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

}  // namespace sluice::promotion
