// The programs that `sluice` becomes for what it does not link itself.
#pragma once

#include <string>
#include <vector>

namespace sluice::cli {

// Runs sluice-cluster in our place, as git runs its own programs: returns an exit
// code only where it could not be started, which is said.
int BecomeClusterProgram(const std::vector<std::string>& words);
int BecomeAgentProgram(const std::vector<std::string>& words);  // sluice-agent, likewise

}  // namespace sluice::cli
