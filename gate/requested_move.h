// A move that nobody pushes: one of the people asked for it by a signed `request`
// (docs/approvals.md), and the server makes it once its conditions hold. It is judged as
// a push of that person, and held to what they signed besides.
#pragma once

#include "gate/ref_content.h"
#include "promotion/verified_approval.h"

namespace sluice::gate {

// Whose move it is, under a login by which a record is known as theirs. kUsage where
// `people` knows nobody of the name, or gives them no login.
Status MoveAs(const promotion::People& people, const std::string& person, Push& push);

// What is wrong with a request that is pushed: it names a commit that is here, of an
// environment that asks somebody to agree, on a server whose branches are its owner's. An
// Error: it could not be told.
Result<Findings> CheckRequestPush(const Judges& judges, const promotion::VerifiedApproval& request);

// The envelope behind `judges.push.request`. kUsage, in words, where it does not count now: it
// expired, was revoked, or a record rests on it.
Result<promotion::VerifiedApproval> FindRequest(const Judges& judges);

// Rejects the move where it is not the one that was asked for: another commit, or a merge
// of something else; another change of the environment by now; files outside of its folder.
void HoldToRequest(const Judges& judges, const promotion::VerifiedApproval& request, RefVerdict& ref);

}  // namespace sluice::gate
