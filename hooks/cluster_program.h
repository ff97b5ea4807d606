// `sluice-cluster`, the program that talks to API servers, run for one question
// at a time. We link no client and hold no credential: those are its own to find.
#pragma once

#include <string>
#include <vector>

#include "base/dry_run.h"
#include "gate/operator.h"
#include "process/broker.h"

namespace sluice::hooks {

struct ClusterProgram {
  std::string path;                        // absolute
  std::string clusters_file;               // the operator's; it may be absent
  bool kubeconfig = false;                 // contexts of the user's kubeconfig may be named too
  std::vector<std::string> environment{};  // "NAME=value"; nothing is inherited
};

// Beside our own program (a build) or in ../libexec/sluice (installed).
// kNotFound with one plain sentence.
Result<std::string> FindClusterProgram();

// As a hook asks: the operator's clusters, with nothing of the environment of whoever pushes.
// Without a path where the settings ask none.
ClusterProgram ClusterProgramOf(const gate::HookSettings& settings);

// Asks by running the program. Where it fails, hangs or says too much, that is
// the trouble of the reply and nothing is verified; an Error is the program's
// own: the configuration of the cluster is broken, or there is no such cluster.
AskCluster AskThrough(ClusterProgram program);

// The same for a process that may start nothing (process/broker.h): its parent
// runs the program, and reads neither question nor answer.
process::Service ClusterService(ClusterProgram program);
AskCluster AskThrough(const process::Broker& broker);  // which must outlive it

}  // namespace sluice::hooks
