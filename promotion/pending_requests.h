// The requests of an environment that wait: those that count still, whatever the move that
// they ask for lacks (docs/approvals.md, "A request").
#pragma once

#include <chrono>
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
  std::set<std::string>
      first{};  // directories of refs, with a slash at their ends: what lies there comes first
  std::optional<std::chrono::steady_clock::time_point> deadline{};
};

// Of one person, by what the envelopes say themselves: whether they count takes walks through
// history, which nobody makes anybody else wait for.
inline constexpr std::size_t kMostLookedAt = 4;

struct PendingRequest {
  git::ListedRef ref;
  VerifiedApproval given;
};

struct PendingRequests {
  std::optional<Oid> recorded;           // source of the newest record
  std::vector<PendingRequest> requests;  // those of `first`, then those that were made last
  std::vector<std::string> untold;       // of which it could not be told whether they wait, and why: lines
};

// How many of these lines name one; the last one counts the others.
inline constexpr std::size_t kMostUntold = 4;

// Whether the envelope says that it is a request, and has not expired.
bool IsRequestInForce(const git::Repository& repository, const git::ListedRef& ref, Moment now);

// Without any where there is no ledger or no such branch. The cost is that of all envelopes of
// the environment, and of kMostLookedAt requests of each person: of the way from each commit to
// the record and to the tip, and of the signatures beside it. Past the deadline the rest is untold.
Result<PendingRequests> FindPending(const PendingQuestion& question);

}  // namespace sluice::promotion
