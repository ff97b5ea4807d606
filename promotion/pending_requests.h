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
  std::vector<std::string> untold;       // of which it could not be told whether they wait, and why: lines
};

// How many of these lines name one; the last one counts the others.
inline constexpr std::size_t kMostUntold = 4;

// Whether the envelope says that it is a request, and has not expired.
bool IsRequestInForce(const git::Repository& repository, const git::ListedRef& ref, Moment now);

// Without any where there is no ledger or no such branch. The cost is that of all envelopes of
// the environment, and of each signature of a request that has not expired.
Result<PendingRequests> FindPending(const PendingQuestion& question);

}  // namespace sluice::promotion
