// Programs that give credentials (client.authentication.k8s.io): aws, gke,
// azure, oidc. They run with the environment of the user and a time limit, and
// are never asked anything at a terminal.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cluster/access.h"

namespace sluice::cluster {

struct ExecCredential {
  std::string token;
  std::string certificate_pem, key_pem;  // both or neither
  std::optional<std::chrono::system_clock::time_point> expires{};
};

struct ExecOptions {
  std::vector<std::string> environment{};  // "NAME=value", of the process: PATH, HOME, AWS_…
  std::chrono::milliseconds deadline{30'000};
};

// Runs access.exec. An Error names the program and says what went wrong: the
// first line of its standard error, never its output.
Result<ExecCredential> RunExecPlugin(const Access& access, const ExecOptions& options);

// What a plugin printed. `api_version` is the one that it was asked for.
Result<ExecCredential> ParseExecCredential(const std::string& json, const std::string& api_version);

// KUBERNETES_EXEC_INFO for a plugin.
std::string ExecInfo(const Access& access);

}  // namespace sluice::cluster
