// A repository's ledger, verified from a pinned beginning (docs/ledger.md, section 8;
// docs/trust.md, section 3). Nothing here writes.
//
//   Result<PolicyChain> policy = VerifyPolicy(*repository, {.first = pin});
//   Result<Ledger> production = VerifyLedger(*repository, "production", *policy);
//
// An Error of either means that the ledger is not to be believed; it names ref
// and commit. Whether the approvals of a record satisfy the rules of its policy, is
// asked of who can read those (promotion/record_rules.h); whether a chain's end was
// cut off, of who remembers it (`newest`).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "git/repository.h"
#include "promotion/approval.h"
#include "promotion/chain.h"
#include "promotion/digest_list.h"
#include "promotion/record.h"
#include "promotion/restored.h"
#include "promotion/trust.h"

namespace sluice::promotion {

// A record as somebody remembers it: it must be in the chain.
struct RememberedRecord {
  std::uint64_t sequence = 0;
  std::string digest;  // of its envelope
};

struct Pin {
  std::string first;  // digest of the envelope of the first record of policy
  std::optional<RememberedRecord> newest{};
};

// One record of policy and what it brought.
struct PolicyVersion {
  Oid commit;
  std::string digest;  // of the envelope
  PolicyRecord record;
  Trust trust;
  crypto::AllowedSigners signers;
  Oid policy_tree;        // of policy/
  bool recovery = false;  // the operator stood in for the quorum
};

// versions[i] has the sequence number i + 1; never empty.
struct PolicyChain {
  std::vector<PolicyVersion> versions;
  const PolicyVersion& newest() const { return versions.back(); }
};

Result<PolicyChain> VerifyPolicy(const git::Repository& repository, const Pin& pin);

// A record that holds by itself, and what its approvals are weighed by. Valid while
// the function that gets it runs.
struct WeighedRecord {
  const Record& record;
  const Record* before;                        // null: it is the first
  std::span<const SignedApproval> approvals;   // record.head.approvals one for one
  Oid policy_tree, floor_tree;                 // policy/ and floor/; floor_tree is zero where there is none
  const std::optional<Source>& policy_source;  // of the record of policy that judged
  std::uint64_t removed, objects;              // that it holds no more, of those in the record before
};
using WeighApprovals = std::function<Status(const WeighedRecord&)>;

struct Ledger {
  std::uint64_t records = 0;
  Oid commit;          // of the newest
  std::string digest;  // of its envelope
  Record newest;
  DigestList objects;  // of the newest, paths begin "objects/"
  UsedApprovals used;  // by all of them
  Restorables restorables;
};

// kNotFound where the environment has no ledger. Without `weigh` nobody asks whether
// the approvals are enough.
Result<Ledger> VerifyLedger(const git::Repository& repository, const std::string& environment,
                            const PolicyChain& policy, const std::optional<RememberedRecord>& newest = {},
                            const WeighApprovals& weigh = {});

// Goes on from what was verified before, by this chain of policy or an earlier state
// of it: the cost is that of the new records. An Error where the ledger does not go on
// from there.
Result<Ledger> VerifyMore(const git::Repository& repository, const std::string& environment,
                          const PolicyChain& policy, Ledger verified, const WeighApprovals& weigh = {});

}  // namespace sluice::promotion
