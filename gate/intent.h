// What an accepted push leaves behind for the recorder (D10): which ref would
// move from where to where, and the canonical objects that were judged. It is
// an intent, no record: the ref has not moved yet, and may never.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/verdict.h"
#include "gate/push.h"
#include "promotion/record.h"

namespace sluice::gate {

// Hex SHA-256 of "REF LF OLD LF NEW LF": the file's name below
// $GIT_DIR/sluice/intents/.
std::string IntentName(const RefUpdate& update);

struct IntentInput {
  const RefUpdate& update;
  std::string_view ref;  // that moves: symbolic refs followed
  Oid tree;
  Oid base;                           // tree that it was held against; zero: nothing
  Oid policy;                         // commit whose configuration judged
  Oid floor;                          // and of the operator's; zero: there is none
  std::vector<std::string> clusters;  // that may apply it, sorted
  std::string bundle;                 // digest of the schemas; empty where nothing is recorded
  std::string_view actor;
  std::string_view reason;                                   // of what was judged after it moved; else empty
  std::span<const promotion::ReceivedApproval> approvals{};  // that the verdict rests on, by digest
  std::int64_t judged = 0;                                   // seconds since 1970
  promotion::RecordKind kind = promotion::RecordKind::kDirect;
  std::uint64_t restores = 0;  // of a rollback, by break-glass too; else 0
  const Verdict& verdict;
  std::span<const std::string> canonical;  // canonical JSON of verdict.objects, one for one
  std::span<const std::string> removed;    // IdentityKeys; those that are objects too are left out
};

// One JSON document, a line: {"schemaVersion":1,"ref","old","new","tree","policy",
// "engine","target","base","policyCommit","floorCommit","clusters","bundle","actor","reason","kind","restores",
// "approvals":[{"kind","person","sha256","received"}],"judged","removed":[{"group",
// "kind","namespace","name"}],"objects":[{"file","line","digest","secret",
// "evidence","unknown","object":{…}}]}. `objects` is what differs from `base`, which is empty
// where there was nothing; "unknown" where a value is filled in elsewhere.
std::string IntentText(const IntentInput& input);

}  // namespace sluice::gate
