// How many threads a command works with.
#pragma once

#include "cli/command_line.h"

namespace sluice::cli {

// Declares -j; `jobs` stays 0 where it is not written, and must live as long as `command`.
void AddJobs(const Command& command, unsigned& jobs);

// What was asked for, else one a processor.
unsigned JobsOf(unsigned jobs);

}  // namespace sluice::cli
