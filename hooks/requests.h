// Requests that wait, tried: each is judged as a push of whoever signed it, shut in, and
// recorded where it is accepted (docs/approvals.md, "A request"). No ref but the ledger's
// moves.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "gate/operator.h"
#include "git/repository.h"
#include "hooks/places.h"
#include "promotion/recorder.h"

namespace sluice::hooks {

// Of one person in one environment: nobody's requests keep those of others from being tried.
inline constexpr std::size_t kMostOfAPerson = 2;
// Of one environment while a push waits.
inline constexpr std::size_t kMostWithAPush = 8;
// For what waits in one environment where no push does.
inline constexpr std::chrono::seconds kSearchOfReconcile{60};

struct RequestsToTry {
  const Places& places;
  const gate::HookSettings& settings;
  std::set<std::string> environments;  // names
  std::set<std::string> followed{};    // got a record or an outcome just now: what follows them is tried too
  std::vector<git::ListedRef> came{};  // envelopes that came just now
  std::set<std::string> first{};       // the directories of refs in which they lie
  bool patient = false;                // no push waits: all of them, each with the hook's deadline for itself
};

struct TriedRequests {
  std::string words{};  // for whoever waits: what became of each that was tried
  // That got records, as they stand with these.
  std::map<std::string, promotion::Recording> recorded{};
  bool failed = false;  // of one it could not be told whether it may be recorded, or it could not be
};
TriedRequests TryRequests(const RequestsToTry& asked);

}  // namespace sluice::hooks
