// What became of a record in a cluster: what its agent signs (docs/ledger.md,
// section 7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "promotion/trust.h"

namespace sluice::promotion {

enum class OutcomeKind : std::uint8_t { kApplied, kDegraded, kFailed, kHealthy };

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
std::optional<OutcomeKind> OutcomeNamed(std::string_view name);

Result<Outcome> ReadOutcome(const std::string& what, std::string payload);
Result<std::string> OutcomeText(const Outcome& outcome);

// Where it lies: refs/sluice/outcomes/CLUSTER/ENV.
inline constexpr std::string_view kOutcomes = "refs/sluice/outcomes/";
std::string OutcomeRef(const std::string& cluster, const std::string& environment);

// An envelope that this cluster signed of this environment, with the key that `trust`
// names for it. An Error says why it is none, and nothing of it is to be believed.
Result<Outcome> OpenOutcome(const std::string& bytes, const std::string& cluster,
                            const std::string& environment, const Trust& trust);

// Whether it may stand where `before` stood: made later, and of no older record.
Status MayReplace(const Outcome& before, const Outcome& next);

}  // namespace sluice::promotion
