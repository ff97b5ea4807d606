// Records as they stand in a repository or a clone. They are read here, and verified
// by `sluice ledger verify` alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "promotion/chain_head.h"
#include "promotion/record.h"

namespace sluice::cli {

struct StoredRecord {
  Oid commit, parent;  // parent is zero in the first
  std::string digest;  // of the envelope
  std::string payload;
  promotion::Record record;
};

// The repository of the current directory; kUsage where there is none.
Result<promotion::RepositoryPointer> OpenLedgers();

// The records of an environment, newest first: at most `count`, or the one that has
// the number `sequence` (0: any). kUsage, with what to do, where there is no ledger.
Result<std::vector<StoredRecord>> ReadRecords(const promotion::RepositoryPointer& repository,
                                              const std::string& environment, std::uint64_t sequence,
                                              std::size_t count);
// That one record, the newest for 0; kUsage where there is none of the number.
Result<StoredRecord> ReadOneRecord(const promotion::RepositoryPointer& repository,
                                   const std::string& environment, std::uint64_t sequence);

}  // namespace sluice::cli
