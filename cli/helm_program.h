// Helm on the user's own machine: the program that renders charts, and where the
// charts lie that `sluice render fetch` got.
#pragma once

#include <string>

#include "cli/command_line.h"

namespace sluice::cli {

struct HelmPlace {
  std::string program;  // absolute; empty: there is none
  std::string cache;    // absolute; may not be there yet
};

// Declares --helm and --chart-cache; what was written for them goes to `place`,
// which must live as long as `command`.
void AddHelmOptions(const Command& command, HelmPlace& place);

// With what was not written found: helm in PATH, and
// $XDG_CACHE_HOME/sluice/charts (else ~/.cache/sluice/charts).
HelmPlace Found(HelmPlace place);

}  // namespace sluice::cli
