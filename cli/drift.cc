// `sluice drift`: sluice-agent does all of it.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/agent.h"
#include "cli/own_program.h"

namespace sluice::cli {
namespace {

struct DriftWords {
  std::string config, output, reason;
  bool patch = false;
};

}  // namespace

void AddDrift(CLI::App& app, int& exit_code) {
  CLI::App* drift = app.add_subcommand("drift", "what differs in a cluster from its record");
  const auto given = std::make_shared<DriftWords>();
  drift->add_option("--config", given->config, "the configuration of its agent")
      ->type_name("FILE")
      ->required();
  drift->add_option("--output", given->output, "text or json")->type_name("FORMAT");
  drift->add_flag("--patch", given->patch, "print rules that ignore it, as a patch to FILE");
  drift->add_option("--reason", given->reason, "why, for these rules")->type_name("TEXT");
  drift->callback([given, &exit_code] {
    std::vector<std::string> words = {"drift", "--config", given->config};
    if (!given->output.empty()) words.insert(words.end(), {"--output", given->output});
    if (given->patch) words.push_back("--patch");
    if (!given->reason.empty()) words.insert(words.end(), {"--reason", given->reason});
    exit_code = BecomeAgentProgram(words);
  });
}

}  // namespace sluice::cli
