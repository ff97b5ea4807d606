// The objects of the next record: those of the one before, and what an intent
// says of them. Data in, data out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "promotion/chain_head.h"
#include "promotion/intent.h"

namespace sluice::promotion {

struct NextObjects {
  DigestList objects;                                        // paths with "objects/" in front
  std::vector<const IntentObject*> put;                      // new and changed; point into the intent
  std::vector<std::string> gone;                             // paths with "objects/" in front
  std::vector<std::string> not_applied;                      // sorted object paths
  std::vector<NotHeld> not_held;                             // sorted
  std::string change;                                        // the change digest
  std::uint64_t by_cluster = 0, offline = 0, by_nobody = 0;  // of `put`
};

// `before` may be null: the first record. kFailed where the intent speaks of
// another content than the record before holds; kLimit past the sizes of
// docs/ledger.md, section 10.
Result<NextObjects> ApplyIntent(const RecordHeadOf* before, const Intent& intent);

}  // namespace sluice::promotion
