// `sluice agent`, see cli/commands.h.
#pragma once

namespace CLI {
class App;
}

namespace sluice::cli {

void AddAgent(CLI::App& app, int& exit_code);

}  // namespace sluice::cli
