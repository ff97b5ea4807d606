// `sluice schemas import`: files, and what a cluster gave, to one bundle.
#pragma once

#include <string>
#include <vector>

#include "schemas/import.h"

namespace sluice::cli {

// Reads `words` (files and directories) besides `sources`, writes the bundle to
// `output` and says so. Returns the exit code.
int ImportSchemas(const std::string& output, const std::vector<std::string>& words,
                  std::vector<schemas::ImportSource> sources);

}  // namespace sluice::cli
