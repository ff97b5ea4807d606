// What the answers of environments come to: the intent that a record is made of, and
// the turns as data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gate/ask_environment.h"

namespace sluice::gate {

using Approvals = std::vector<promotion::ReceivedApproval>;

// What a record of the push would rest on: of one kind one envelope a person, since a
// record with two is none (promotion::CheckDistinct). Sorted by digest.
void AddApprovals(const EnvironmentAnswer& answer, Approvals& approvals);

// Of two configurations the first says what kind of move it was, the repository's own;
// but a glass that either had broken is. `answers` is not empty.
const RecordGround& GroundOf(const std::vector<EnvironmentAnswer>& answers);

EnvironmentTurn TurnOf(EnvironmentAnswer& answer);

struct IntentAsked {
  const RefUpdate& update;
  std::string_view target;         // that moves: symbolic refs followed
  const std::string& environment;  // as the operator records it
  const Content& content;
  Oid base;  // tree that `content` was held against; zero: it is whole
  const Approvals& approvals;
  const RecordGround& ground;
};

// gate/intent.h
std::string IntentOf(const Judges& judges, const IntentAsked& asked);

// Nobody could be asked; what is wrong with its content was said, and says more.
void CannotAsk(const Error& error, Content& content);

}  // namespace sluice::gate
