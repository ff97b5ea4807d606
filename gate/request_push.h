// A push that brings a request (docs/approvals.md, "A request"): what is asked before it is
// taken, so that nothing lies there that could never be recorded. Whether the environment may
// move is asked when it is tried.
#pragma once

#include <string>
#include <string_view>

#include "gate/ref_content.h"
#include "promotion/chain_head.h"

namespace sluice::gate {

struct PushedRequest {
  const std::string& ref;
  std::string_view envelope;
};

// What is wrong with a request that somebody pushes; its shape and its signature were seen
// to. An Error: it could not be told.
Result<Findings> CheckRequestPush(const Judges& judges, const PushedRequest& pushed,
                                  const promotion::PolicyHead& policy);

}  // namespace sluice::gate
