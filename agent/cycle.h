// One turn of the agent: fetch, believe, choose the record that the cluster is kept at, apply it, prune,
// remember. Open this first in agent/:
//
//   configuration.h       what the operator said
//   mirror.h, proof.h     what the Git server gave, and what of it is believed
//   state.h, state_store.h   what must not be forgotten, in the cluster
//   apply_order.h, apply_record.h, prune.h   the objects
//   keeper.h              the objects between two cycles
//   external_artifact.h, hand_over.h   where Flux applies in our place
//   agent.h               cycle after cycle, and who is told
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/apply_record.h"
#include "agent/external_artifact.h"
#include "agent/identities.h"
#include "agent/keeper.h"
#include "agent/mirror.h"
#include "agent/proof.h"
#include "agent/prune.h"
#include "agent/state.h"

namespace sluice::agent {

struct FailedObject {
  std::string path;
  std::string words;
  bool refused = false;  // else it is tried again
};

// What a cycle did and found.
struct CycleReport {
  std::optional<promotion::RememberedRecord> newest{};   // believed
  std::optional<promotion::RememberedRecord> applied{};  // what the cluster is kept at
  std::string repository{};                              // its id
  std::optional<promotion::Record> record{};             // the newest
  std::int64_t expires = 0;                              // of the freshness; 0: there is none
  Hold hold{};                            // why nothing new is applied, or why nothing could be fetched
  std::string stale{};                    // see StaleWords; whatever else is held
  std::string outcome{};                  // of `applied`: see StateWords; empty: not done yet
  std::int64_t since = 0;                 // when that began
  bool moved = false;                     // `applied` is another record than before
  std::string published{};                // for Flux, as this ExternalArtifact; empty: it was applied
  Publication publication{};              // what was written there
  std::size_t objects = 0;                // of the record
  std::size_t sent = 0;                   // of these applied in this cycle
  std::vector<std::string> left_alone{};  // recorded as `apply: false`
  std::vector<FailedObject> failed{};
  RecordStanding standing{};  // how the objects of `applied` fare
  std::vector<PrunedObject> pruned{};
};

struct CycleWork {
  const Configuration& configuration;
  Mirror& mirror;
  Verified& verified;  // of the cycles before
  Identities& identities;
  Keeper& keeper;
  const net::Cancellation& cancel;
  // Renews the lease; false: another holds it. Asked before anything is applied and before anything is
  // removed.
  std::function<Result<bool>()> holds;
  ExternalArtifact* flux = nullptr;  // null: the agent applies
};

// An Error: nothing was done, or not to its end (no state, no kinds); it is tried again. Whatever happens,
// nothing is applied that is not proven.
Result<CycleReport> RunCycle(const CycleWork& work, std::int64_t now);

}  // namespace sluice::agent
