// `sluice agent`: sluice-agent does all of it.
#include "cli/agent.h"

#include <memory>
#include <string>

#include "cli/own_program.h"

namespace sluice::cli {

void AddAgent(const Command& app) {
  const Command agent = app.AddCommand("agent", "keep a cluster at what the ledger proves");
  const auto config = std::make_shared<std::string>();
  const auto once = std::make_shared<bool>(false);
  agent.AddOption("--config", *config, "what to follow, and where").Type("FILE").Required();
  agent.AddFlag("--once", *once, "one cycle; exit 0 where the newest record is applied");
  agent.Runs([config, once] {
    std::vector<std::string> words = {"--config", *config};
    if (*once) words.push_back("--once");
    return BecomeAgentProgram(words);
  });
}

}  // namespace sluice::cli
