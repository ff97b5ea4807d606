// The requests of an environment that wait: those that count still, whatever the move that
// they ask for lacks (docs/approvals.md, "A request").
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "promotion/chain_head.h"
#include "promotion/verified_approval.h"

namespace sluice::promotion {

struct PendingQuestion {
  RepositoryPointer repository;
  std::string environment;
  std::string branch;                    // full name
  std::span<const git::ListedRef> refs;  // below refs/sluice/approvals/ENVIRONMENT/, others are passed over
  const People& people;
  const std::set<std::string>& revokers;
  const crypto::AllowedSigners& signers;
  Moment now{};
};

struct PendingRequest {
  git::ListedRef ref;
  VerifiedApproval given;
};

struct PendingRequests {
  std::optional<Oid> recorded;           // source of the newest record
  std::vector<PendingRequest> requests;  // those that were made last come first
};

// Without any where there is no ledger or no such branch. The cost is that of all envelopes of
// the environment, and of each signature of a request that has not expired.
Result<PendingRequests> FindPending(const PendingQuestion& question);

}  // namespace sluice::promotion
