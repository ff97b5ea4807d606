#include "cli/jobs.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

namespace sluice::cli {

void AddJobs(CLI::App& command, unsigned& jobs) {
  command.add_option("-j,--jobs", jobs, "threads; default: one a processor")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
}

unsigned JobsOf(unsigned jobs) {
  return jobs != 0 ? jobs : std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace sluice::cli
