// Whether a record may remove what it does. The gate asked for a consent by what it knew:
// where the ledger was behind, or another move was recorded first, more goes away than that,
// and a record without a consent to exactly so many is one that no verifier believes.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/file_tree.h"
#include "base/result.h"
#include "promotion/approval.h"

namespace sluice::promotion {

struct RecordedRemoval {
  std::string environment;
  std::uint64_t removed = 0, objects = 0;     // of those in the record before
  std::span<const SignedApproval> approvals;  // that the record rests on
};

// By the rules in `policy`, a policy/ or floor/ as a record holds it. kFailed says what to do.
Status CheckRecordedRemoval(const FileTree& policy, const RecordedRemoval& removal);

}  // namespace sluice::promotion
