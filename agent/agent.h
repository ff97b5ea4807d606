// The agent: cycle after cycle until it is stopped, and whoever wants to know is told.
#pragma once

#include <string>

#include "agent/configuration.h"
#include "net/cancellation.h"

namespace sluice::agent {

// Exit codes, as of all programs of Sluice (docs/output.md).
enum Exit : int {
  kAllApplied = 0,  // the newest record is what the cluster is kept at, whole
  kNotApplied = 1,  // it is held or refused, or an object of it was not taken
  kWrongUsage = 2,
  kCouldNot = 3,  // the repository or the cluster could not be asked
};

// One cycle; says on standard output what it did.
int RunOnce(const Configuration& configuration, const net::Cancellation& cancel);
// Until it is cancelled.
int RunAlways(const Configuration& configuration, const net::Cancellation& cancel);

}  // namespace sluice::agent
