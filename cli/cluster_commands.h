// The subcommands of sluice-cluster, one file each. They get the words behind
// their name and return the exit code.
#pragma once

#include <string>
#include <vector>

namespace sluice::cli {

// CONTEXT SECONDS OUTPUT [FILE|DIR...]: what that context of the user's kubeconfig knows
// of its own kinds, and what the files hold, as one bundle.
int RunClusterImport(const std::vector<std::string>& words);

// CONTEXT NAMESPACE: what the identity of that context may do, and whether the
// guard holds, tried in that namespace.
int RunClusterDoctor(const std::vector<std::string>& words);

}  // namespace sluice::cli
