// What an environment asks of a push to its branch, beyond content: its turn and its
// people. For push.cc.
#pragma once

#include "gate/approvals.h"
#include "gate/ref_content.h"
#include "gate/turn.h"

namespace sluice::gate {

// What would be recorded of an accepted push (gate/intent.h); empty: nothing would.
struct WouldRecord {
  std::string_view name, intent;
};

// What the record of the move says besides its objects and who agreed.
struct RecordGround {
  promotion::RecordKind kind = promotion::RecordKind::kDirect;
  std::string reason;          // of a rollback and of break-glass; else empty
  std::uint64_t restores = 0;  // of a rollback, by break-glass too
};

// Of an environment at a ref, by one configuration.
struct EnvironmentAnswer {
  std::string environment;
  EnvironmentMove move;
  promotion::Turn turn;  // points to nothing that is gone: envelopes are in `people`
  PeopleAnswer people;
  RecordGround ground;
  Findings findings;
};

// One for each branch environment at the ref, by the repository's configuration and by the
// floor's. An Error: it could not be told.
Result<std::vector<EnvironmentAnswer>> AskEnvironments(const Judges& judges, const RefMove& move,
                                                       const WouldRecord& record);

// Of the environments, by both, in this folder of the branch that moves.
Result<std::vector<EnvironmentAnswer>> AskFolder(const Judges& judges, const RefMove& move,
                                                 const WouldRecord& record, const std::string& folder);

}  // namespace sluice::gate
