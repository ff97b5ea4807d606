// A request to record a commit of the branch for an environment that moves by request
// (docs/approvals.md, "A request"): what the gate, the recorder and every verifier alike
// ask of it. Whether the environment may move is not asked here.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "base/file_tree.h"
#include "git/repository.h"
#include "promotion/approval.h"
#include "promotion/chain_head.h"
#include "promotion/promotion_keys.h"
#include "promotion/record.h"
#include "promotion/verified_approval.h"

namespace sluice::promotion {

// By so much the clock of whoever asks may be ahead: nothing that was asked for outlives the
// next record by more.
inline constexpr std::chrono::minutes kAskersClock{5};

// Where a commit lies on the branch, seen from what is recorded.
enum class CommitPlace : std::uint8_t {
  kAhead,
  kRecorded,  // the newest record is of it
  kBehind,    // or of what comes after it, or of another way to the tip
  kNotOnBranch,
};

// `recorded`: the source of the newest record; nothing: there is none. Where the branch does
// not hold that any more, it was rewritten, and all of it is ahead. kLimit past 200,000 commits.
Result<CommitPlace> PlaceOfCommit(const git::Repository& repository, const std::optional<Oid>& recorded,
                                  const Oid& commit, const Oid& tip);

// Whether a request for a commit there counts; one to go back is for what was recorded once.
bool MayBeRecorded(CommitPlace place, bool back);

struct CommitAhead {
  std::optional<RecordHeadOf> head;
  std::optional<Oid> recorded;  // its source
  CommitPlace place = CommitPlace::kNotOnBranch;
};
// Of an environment whose branch stands at `tip`.
Result<CommitAhead> LookAhead(const RepositoryPointer& repository, const PolicyHead& policy,
                              const std::string& environment, const Oid& commit, const Oid& tip);
// Why the commit is not ahead; empty: it is.
std::string PlaceWords(const CommitAhead& ahead, const Environment& environment, const Oid& commit);

// Why a request of that environment does not count for a record of `commit`, half a sentence;
// empty: it does. `since`: when the newest record was written; nothing: there is none.
std::string WhyNotAsked(const VerifiedApproval& request, const Asking& asking, const std::string& commit,
                        const std::optional<Moment>& since);

// Whether a record says who asked for it, where `environment` (of `settings`) wants that: one
// request and no second; of a rollback one to go back, to that record and for that reason. `before` may be
// null; `approvals` are record.head.approvals one for one.
Status CheckRequested(const PromotionSettings& settings, const Environment& environment, const Record& record,
                      const Record* before, std::span<const SignedApproval> approvals);

}  // namespace sluice::promotion
