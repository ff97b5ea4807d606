// `sluice drift`: sluice-agent does all of it.
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

void AddDrift(const Command& app) {
  const Command drift = app.AddCommand("drift", "what differs in a cluster from its record");
  const auto given = std::make_shared<DriftWords>();
  drift.AddOption("--config", given->config, "the configuration of its agent").Type("FILE").Required();
  drift.AddOption("-o,--output", given->output, "output format").Type("FORMAT").OneOf({"text", "json"});
  drift.AddFlag("--patch", given->patch, "print rules that ignore it, as a patch to FILE");
  drift.AddOption("--reason", given->reason, "why, for these rules").Type("TEXT");
  drift.Runs([given] {
    std::vector<std::string> words = {"drift", "--config", given->config};
    if (!given->output.empty()) words.insert(words.end(), {"--output", given->output});
    if (given->patch) words.push_back("--patch");
    if (!given->reason.empty()) words.insert(words.end(), {"--reason", given->reason});
    return BecomeAgentProgram(words);
  });
}

}  // namespace sluice::cli
