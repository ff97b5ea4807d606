// `sluice-cluster`: the program that talks to API servers. `sluice` and the hook
// start it, as git starts its own programs; it is not for people to call.
#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cluster_commands.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace sluice::cli {
namespace {

struct ClusterCommand {
  std::string_view name;
  int (*run)(const std::vector<std::string>& words);
};

constexpr std::array<ClusterCommand, 3> kClusterCommands = {{
    {"doctor", RunClusterDoctor},
    {"dry-run", RunClusterDryRun},
    {"import-schemas", RunClusterImport},
}};

int RunCluster(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.size() == 1 && words[0] == "--version")
    return Print("sluice-cluster " + std::string(kVersion) + "\n") ? kAccepted : kUnjudged;
  for (const ClusterCommand& command : kClusterCommands) {
    if (words.empty() || words[0] != command.name) continue;
    words.erase(words.begin());
    return command.run(words);
  }
  PrintError("sluice-cluster is started by sluice, not by hand");
  return kWrongUsage;
}

}  // namespace
}  // namespace sluice::cli

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return sluice::cli::RunCluster(argc, argv);
  } catch (const std::exception& error) {
    sluice::cli::PrintError(std::string("sluice-cluster failed: ") + error.what());
  }
  return sluice::cli::kUnjudged;
}
