#include "cli/jobs.h"

#include <algorithm>
#include <thread>

namespace sluice::cli {

void AddJobs(const Command& command, unsigned& jobs) {
  command.AddOption("-j,--jobs", jobs, "threads; default: one a processor").Type("N").Within(1, 1024);
}

unsigned JobsOf(unsigned jobs) {
  return jobs != 0 ? jobs : std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace sluice::cli
