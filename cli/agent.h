// `sluice agent` and `sluice drift`, see cli/commands.h: what sluice-agent does.
#pragma once

#include "cli/command_line.h"

namespace sluice::cli {

void AddAgent(const Command& app);
void AddDrift(const Command& app);

}  // namespace sluice::cli
