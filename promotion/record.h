// One promotion, and one change of policy, as they are written down: in-toto
// statements (docs/ledger.md, sections 4 and 5). Open this first in promotion/:
//
//   words.h, canonical_text.h        what signed texts are made of
//   envelope.h                       a text and its signature
//   approval.h                       what people sign
//   record.h, trust.h, freshness.h   what the recorder signs
//   outcome.h                        what a cluster signs
//   ledger.h                         a repository's chains of records, verified
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "promotion/approval.h"

namespace sluice::promotion {

// An envelope of a person that a record rests on.
struct ReceivedApproval {
  ApprovalKind kind = ApprovalKind::kApproval;
  std::string person;
  std::int64_t received = 0;  // by the server's clock
  std::string digest;         // of the envelope

  friend bool operator==(const ReceivedApproval&, const ReceivedApproval&) = default;
};

struct Source {
  std::string commit;
  std::optional<std::string> folder;
  std::string ref;
  std::string tree;
};

// What records of environments and of policy share.
struct RecordHead {
  std::string actor;
  std::vector<ReceivedApproval> approvals;  // sorted by digest, none twice
  std::string change;
  std::optional<std::string> previous;  // digest of the envelope before; none in the first
  std::optional<std::string> reason;
  std::int64_t recorded = 0;
  std::string repository;
  std::uint64_t sequence = 0;
};

// Ordered as their names are.
enum class RecordKind : std::uint8_t { kBreakGlass, kDirect, kPromotion, kRollback };
// "break-glass", "direct", "promotion", "rollback": as records and intents have them.
std::span<const std::string_view> RecordKindNames();
std::string_view NameOf(RecordKind kind);

enum class NotHeldReason : std::uint8_t { kNotJudged, kPlainSecret, kUnknownValue };

struct NotHeld {
  std::string object;  // its path
  NotHeldReason reason = NotHeldReason::kNotJudged;
};

struct Record {
  RecordHead head;
  std::string bundle;
  std::vector<std::string> clusters;
  std::string engine;
  std::string environment;
  std::uint64_t vouched_by_cluster = 0, vouched_offline = 0, unverified = 0;  // objects
  std::int64_t judged = 0;
  RecordKind kind = RecordKind::kDirect;
  std::vector<std::string> not_applied;  // paths of objects
  std::vector<NotHeld> not_held;
  std::string policy;  // digest of policy.sha256
  std::optional<std::uint64_t> restores;
  Source source;
  std::uint64_t trust_sequence = 0;
  std::string trust_digest;
  std::string set;  // digest of objects.sha256
};

struct PolicyRecord {
  RecordHead head;
  std::optional<Source> source;
  std::string policy;  // digest of policy.sha256
};

// The payload of an envelope; an Error names `what` and the byte.
Result<Record> ReadRecord(const std::string& what, std::string payload);
Result<PolicyRecord> ReadPolicyRecord(const std::string& what, std::string payload);

// The one text of it; an Error where some value is not as it should be.
Result<std::string> RecordText(const Record& record);
Result<std::string> PolicyRecordText(const PolicyRecord& record);

// The bytes of the commit whose tree is `tree`; `parent` is empty in the first.
// `environment` is "policy" for a record of policy.
std::string CommitText(const RecordHead& head, const std::string& environment, const std::string& tree,
                       const std::string& parent);

}  // namespace sluice::promotion
