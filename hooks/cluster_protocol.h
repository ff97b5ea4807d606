// A question to the clusters and its answer on their way between processes: one
// JSON document each, written and read by us alone. `sluice` and the hook write
// questions, `sluice-cluster` answers. Neither trusts the other's bytes.
#pragma once

#include <cstddef>
#include <string>

#include "base/dry_run.h"

namespace sluice::hooks {

// Most bytes of a question: the changed objects of a push, escaped, and room.
constexpr std::size_t kMaxQuestionBytes = 160u << 20;
// Most bytes of an answer; with DryRunRequest::compare objects come back too.
constexpr std::size_t kMaxAnswerBytes = 32u << 20;
constexpr std::size_t kMaxComparisonBytes = 256u << 20;

std::string Encode(const DryRunRequest& request);
Result<DryRunRequest> DecodeRequest(std::string bytes);

// The reply, or why there is none.
std::string Encode(const Result<DryRunReply>& reply);
// kFailed for what Encode never writes, or what has not `objects` answers; an
// Error that was encoded comes back as it was.
Result<DryRunReply> DecodeReply(std::string bytes, std::size_t objects);

}  // namespace sluice::hooks
