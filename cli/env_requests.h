// What people asked for and is not recorded yet, of an environment that moves by request:
// each judged here as the server would try it.
#pragma once

#include <string>
#include <vector>

#include "cli/promotion_place.h"
#include "promotion/pending_requests.h"

namespace sluice::cli {

inline constexpr std::size_t kMostJudgedRequests = 8;  // of one environment

struct WaitingRequest {
  promotion::VerifiedApproval given;
  promotion::Conditions unmet;
  std::string trouble;  // why it could not be judged, or is not accepted; empty: neither
};

// Those that were made last come first; what is more than kMostJudgedRequests is not judged.
Result<std::vector<WaitingRequest>> WaitingRequests(PromotionPlace& place,
                                                    const promotion::Environment& environment);

}  // namespace sluice::cli
