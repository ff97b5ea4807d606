// The branches that a push moved, written into the ledger before git's client is
// let go.
#pragma once

#include <set>
#include <span>
#include <string>

#include "gate/push.h"
#include "hooks/places.h"
#include "promotion/recorder.h"

namespace sluice::hooks {

// kNotFound where the repository of the operator's policies is not there.
Result<promotion::RecorderPlace> RecorderOf(const Places& places, const gate::HookSettings& settings);

// The environments of the settings, as the recorder takes them.
std::vector<promotion::RecordedBranch> BranchesOf(const gate::HookSettings& settings);

struct RecordedPush {
  std::set<std::string> environments{};  // that got a record
  // What people who pushed have to know: a line for each environment that moved and is not
  // recorded as it stands. Empty: all is well, or nothing was to be recorded.
  std::string words{};
};
RecordedPush RecordPush(const Places& places, const gate::HookSettings& settings,
                        std::span<const gate::RefUpdate> updates);

}  // namespace sluice::hooks
