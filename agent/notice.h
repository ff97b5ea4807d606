// What of a cycle people are told, in words: as events, in the log, on the terminal.
#pragma once

#include <string>
#include <vector>

#include "agent/cycle.h"

namespace sluice::agent {

struct Notice {
  std::string reason;   // as of an event: "RecordApplied"
  std::string message;  // one sentence without a full stop
  bool warning = false;
};

// In the order in which they matter; at most 50 of single objects.
std::vector<Notice> NoticesOf(const CycleReport& report);

// "production: record 3 is healthy: 12 objects, 2 applied, 1 removed"
std::string Summary(const std::string& environment, const CycleReport& report);

}  // namespace sluice::agent
