// `sluice agent`: sluice-agent does all of it.
#include "cli/agent.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/own_program.h"

namespace sluice::cli {

void AddAgent(CLI::App& app, int& exit_code) {
  CLI::App* agent = app.add_subcommand("agent", "keep a cluster at what the ledger proves");
  const auto config = std::make_shared<std::string>();
  const auto once = std::make_shared<bool>(false);
  agent->add_option("--config", *config, "what to follow, and where")->type_name("FILE")->required();
  agent->add_flag("--once", *once, "one cycle; exit 0 where the newest record is applied");
  agent->callback([config, once, &exit_code] {
    std::vector<std::string> words = {"--config", *config};
    if (*once) words.push_back("--once");
    exit_code = BecomeAgentProgram(words);
  });
}

}  // namespace sluice::cli
