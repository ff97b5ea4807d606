// Who must agree to what a push does to an environment, and who has: the envelopes in
// the repository, who wrote the commits, who pushes, whose the files are. What that
// comes to is promotion/review.h's to say.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/rule.h"
#include "gate/environment_move.h"
#include "gate/ref_content.h"
#include "promotion/given_approvals.h"
#include "promotion/record.h"
#include "promotion/review.h"

namespace sluice::gate {

extern const Rule kApprovalsRule;  // promotion/approvals

struct PeopleAsked {
  const Judges& judges;
  const PolicySide& side;  // of `judges`, whose configuration asks
  const promotion::Environment& environment;
  const EnvironmentMove& move;
  const RefMove& ref;
  promotion::Moment now{};
  promotion::Moment since{};  // envelopes that were made before do not count
  // What the record names already, since the other side counts it. A record names one envelope of
  // a kind and person: of those people no other one counts here.
  std::span<const promotion::ReceivedApproval> named{};
};

struct PeopleAnswer {
  std::vector<promotion::VerifiedApproval> given;        // all of the environment
  std::vector<promotion::NotOpened> not_opened;          // and what looked like one
  promotion::Review review;                              // points into `given`
  std::set<std::string> excluded;                        // people who may agree to nothing here
  bool by_bot = false;                                   // whoever pushes is one of `bots`
  const promotion::VerifiedApproval* request = nullptr;  // that is tried, in `given`: it counts
  std::optional<promotion::Seen> seen;                   // what approvals say, where the rules ask that
  std::string why_unseen;                                // and why none can; empty: they can

  PeopleAnswer() = default;
  PeopleAnswer(PeopleAnswer&&) = default;
  PeopleAnswer& operator=(PeopleAnswer&&) = default;
};

// An Error: it could not be told. Where nobody is asked for, the review has no conditions.
Result<PeopleAnswer> AskPeople(const PeopleAsked& asked);

// One for each condition; the last one tells what does not count and why. `commit` is the
// one that is pushed.
Findings ApprovalFindings(const std::string& environment, const Oid& commit, const PeopleAnswer& answer);

}  // namespace sluice::gate
