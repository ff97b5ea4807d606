// What the ledgers of a repository say of an environment: what it runs, since when,
// and what waits to come to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/allowed_signers.h"
#include "promotion/chain_head.h"
#include "promotion/condition.h"
#include "promotion/promotion_keys.h"
#include "promotion/turn.h"

namespace sluice::cli {

// A commit that a predecessor runs and this environment does not.
struct WaitingCommit {
  std::string from, commit;
  promotion::Conditions unmet;  // but for who must agree: sluice promote ENV --explain asks them
  std::optional<promotion::Moment> earliest;
};

struct RunningRecord {
  std::uint64_t sequence = 0;
  std::string commit, kind, actor;
  promotion::Moment since{};
};

struct EnvironmentState {
  std::optional<RunningRecord> runs;
  std::vector<WaitingCommit> waits;
  std::vector<promotion::OutcomeFact> outcomes;  // what its clusters say of its records
  promotion::Conditions stopped;                 // freezes and holds by people, and the hold of a rollback
  std::string trouble;  // why its ledger is not believed; empty: it is, or there is none
};

// A configuration, and what belongs to it.
struct EnvironmentsAsked {
  promotion::RepositoryPointer repository;
  const promotion::PromotionSettings& settings;
  const crypto::AllowedSigners& signers;  // whose freezes count
  promotion::Moment now{};
};
EnvironmentState StateOf(const EnvironmentsAsked& asked, const promotion::Environment& environment);

}  // namespace sluice::cli
