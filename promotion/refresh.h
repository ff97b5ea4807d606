// What a timer has the recorder sign: that the newest record of each environment
// is the newest still (docs/ledger.md, section 6), behind
// `refs/sluice/freshness/ENV`. Under the lock and by the rules of recorder.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "promotion/recorder.h"

namespace sluice::promotion {

inline constexpr std::chrono::seconds kFreshFor = std::chrono::days(7);

struct Refreshed {
  std::string environment;
  std::uint64_t sequence = 0;  // of the newest record; 0: there is none
  std::int64_t expires = 0;    // in seconds since 1970
  std::string trouble;         // why nothing was signed; empty: it was
};

// A chain that does not end with what was written here last is not called fresh, nor
// one that is behind what was called so before.
Result<std::vector<Refreshed>> RefreshLedgers(const RecorderPlace& place,
                                              const std::vector<std::string>& environments,
                                              std::chrono::seconds valid = kFreshFor);

}  // namespace sluice::promotion
