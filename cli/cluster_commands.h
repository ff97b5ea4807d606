// The subcommands of sluice-cluster, one file each. They get the words behind
// their name and return the exit code.
#pragma once

#include <string>
#include <vector>

namespace sluice::cli {

// CONTEXT SECONDS OUTPUT [FILE|DIR...]: what that context of the user's kubeconfig knows
// of its own kinds, and what the files hold, as one bundle.
int RunClusterImport(const std::vector<std::string>& words);

// NAME NAMESPACE FILE: what the identity of that cluster of the operator's file, or
// of that context of the user's kubeconfig, may do, and whether the guard holds,
// tried in that namespace.
int RunClusterDoctor(const std::vector<std::string>& words);

// [--clusters FILE] [--kubeconfig]: one question on standard input, its answer on
// standard output (hooks/cluster_protocol.h). Clusters are those of the operator's
// FILE; with --kubeconfig contexts of the user's own may be meant too.
int RunClusterDryRun(const std::vector<std::string>& words);

}  // namespace sluice::cli
