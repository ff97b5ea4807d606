// How many threads a command works with.
#pragma once

namespace CLI {
class App;
}

namespace sluice::cli {

// Declares -j; `jobs` stays 0 where it is not written, and must live as long as `command`.
void AddJobs(CLI::App& command, unsigned& jobs);

// What was asked for, else one a processor.
unsigned JobsOf(unsigned jobs);

}  // namespace sluice::cli
