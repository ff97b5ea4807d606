// What became of a record in a cluster: what its agent signs (docs/ledger.md,
// section 7).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::promotion {

enum class OutcomeKind : std::uint8_t { kApplied, kFailed, kHealthy };

struct Outcome {
  std::string cluster;
  std::string environment;
  std::int64_t made = 0;   // by the cluster's clock
  std::int64_t since = 0;  // when the outcome began; not after `made`
  OutcomeKind kind = OutcomeKind::kApplied;
  std::string record;  // digest of the record's envelope
  std::uint64_t sequence = 0;
  std::string repository;
};

std::string_view NameOf(OutcomeKind kind);

Result<Outcome> ReadOutcome(const std::string& what, std::string payload);
Result<std::string> OutcomeText(const Outcome& outcome);

}  // namespace sluice::promotion
