// `sluice agent` and `sluice drift`, see cli/commands.h: what sluice-agent does.
#pragma once

namespace CLI {
class App;
}

namespace sluice::cli {

void AddAgent(CLI::App& app, int& exit_code);
void AddDrift(CLI::App& app, int& exit_code);

}  // namespace sluice::cli
