// What runs inside the sandbox: open the repository, judge the push, put the
// verdict into words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gate/push.h"
#include "hooks/answer.h"
#include "hooks/cluster_program.h"
#include "hooks/places.h"
#include "process/broker.h"

namespace sluice::hooks {

struct Task {
  Places places;
  std::optional<Places> floor;  // of settings.floor
  gate::HookSettings settings;
  std::vector<gate::RefUpdate> updates;
  ClusterProgram cluster;  // without a path: no cluster is asked
  std::string pusher;
  std::vector<std::string> options;
  gate::RequestedMove requested{};  // as gate::Push has it
  process::Deadline deadline;       // the parent's; the judge ends a little before
  bool shares_deadline = false;     // with what was judged before it
};

// Judges in a child that is shut in. An Error says, in half a sentence, why
// there is no verdict: "it took longer than 4 s". `child` takes the judge that
// gave an answer: the caller need not wait for its end to use the answer.
Result<Answer> Judge(const Task& task, process::Leaving& child);

// How the judge is shut in.
process::Sandbox JudgeSandbox(const Task& task);
// Why nothing is judged where this kernel cannot shut it in.
Error Unshut(const process::SandboxLevel& level);

}  // namespace sluice::hooks
