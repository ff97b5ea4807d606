// `sluice drift`: what differs in the cluster from the record that it is kept at, looked
// up once, without an agent that runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/configuration.h"
#include "agent/drift.h"
#include "net/cancellation.h"

namespace sluice::agent {

struct LookedAt {
  ObjectName name{};
  bool gone = false;
  std::string trouble{};  // why nobody knows; half a sentence
  Drift drift{};
};

struct DriftReport {
  std::uint64_t record = 0;         // its sequence number
  std::vector<LookedAt> objects{};  // all that are applied, in the order of the record
};

// Of the record that the agent's state names, read from the ledger and proven as the
// agent proves it. Nothing is written, but for what is fetched.
Result<DriftReport> LookForDrift(const Configuration& configuration, const net::Cancellation& cancel);

std::string ReportText(const std::string& environment, const DriftReport& report);
std::string ReportJson(const std::string& environment, const DriftReport& report);

// The words behind `sluice-agent drift`: --config FILE [--output text|json] [--patch
// [--reason TEXT]]. 0: nothing differs, 1: something does, 2: wrong words or
// configuration, 3: it could not be known.
int RunDrift(const std::vector<std::string>& words, const net::Cancellation& cancel);

}  // namespace sluice::agent
