// The envelopes of people that a repository holds for one environment: found by
// the names of their refs, each opened by the signers of one policy, and held
// against the ledger, which names those that were used up. What people gave is
// many things (approval.h); whoever asks picks the kinds.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "git/repository.h"
#include "promotion/verified_approval.h"

namespace sluice::promotion {

// Of one person behind one refs/sluice/approvals/ENV/WHAT/, until DropExpired takes them. No push
// makes more, nor more revocations of one envelope.
inline constexpr std::size_t kMostGiven = 256, kMostRevocations = 4;
// Of everybody, whatever they are worth by now. What expired goes with DropExpired.
inline constexpr std::size_t kMostListed = 4'096;
// That are read: pushes at once may bring more than is there to be counted.
inline constexpr std::size_t kMostRead = 2 * kMostListed;
// By so much the clock of a signer may be ahead.
inline constexpr std::chrono::hours kSignersClock{24};
// Nothing older is taken from a push: whether a record names it is asked of all since.
inline constexpr std::chrono::days kOldestGiven{30};

// What may stand for WHAT in the name of a ref besides a change digest and, of a
// revocation, the digest of what it revokes.
inline constexpr ApprovalKind kKindsWithoutChange[] = {ApprovalKind::kFreeze, ApprovalKind::kHold};

// The directory of refs, with a slash at its end.
std::string GivenDirectory(std::string_view environment, std::string_view what);

struct GivenQuestion {
  const git::Repository& repository;
  std::string environment;  // or "policy"
  std::string change;       // empty: only kinds that name none
  Trusted trusted;          // by the policy that judges
  Moment now{};             // when the server holds them: `received`
  Moment since{};           // what was made before it does not count
};

// A ref whose blob is no envelope that counts now, and why, half a sentence.
struct NotOpened {
  std::string ref, why;
};

struct Given {
  std::vector<VerifiedApproval> approvals;  // by the digests of their envelopes; with what revokes them
                                            // or the newest record
  std::vector<NotOpened> not_opened;
};

// An Error: the repository could not be read, or holds more than kMostRead of a kind. The
// cost is that of the envelopes, and of the records since the oldest of them was made.
Result<Given> ReadGiven(const GivenQuestion& question);

// How many envelopes of a person lie in a directory, whatever they are worth by now. As they
// say themselves: a push was held against that. kLimit where there are kMostListed of everybody's.
Result<std::size_t> CountGiven(const git::Repository& repository, const std::string& directory,
                               const std::string& person);

// The digests of the envelopes that records of the environment name which were written at
// `since`, in seconds, or later. kLimit past 100,000 such records. Their cost.
Result<std::set<std::string>> NamedSince(const git::Repository& repository, const std::string& environment,
                                         std::int64_t since);

// One envelope as a push brings it behind a ref of that name. An Error says why it is
// none, or not that one, or does not count at `now`.
Result<VerifiedApproval> OpenGiven(std::string_view ref, std::string_view envelope, const Trusted& trusted,
                                   Moment now);

}  // namespace sluice::promotion
