// Why something does not move, as data: `--explain`, the hook's message and JSON
// are made of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "promotion/moment.h"

namespace sluice::promotion {

enum class ConditionKind : std::uint8_t {
  kRequest,      // who asked for it cannot be told, or asked for something else
  kPusher,       // somebody whom `people` and `bots` do not know
  kBot,          // a bot changes what it may not
  kApprovals,    // somebody must agree
  kPredecessor,  // an environment before it does not run this
  kOutcome,      // or its clusters do not say so
  kSoak,         // or not long enough
  kWindow,
  kFreeze,
  kHold,
  kConsent,  // it removes much
  kLedger,   // what is recorded is not what the branch holds
};

std::string_view NameOf(ConditionKind kind);  // "approvals", "soak", …

struct Condition {
  ConditionKind kind = ConditionKind::kApprovals;
  std::string message;           // what is not met: one sentence, no full stop
  std::string remedy;            // what would meet it; empty: time alone
  std::vector<std::string> who;  // people who could, sorted; empty: nobody in particular
  std::optional<Moment> when;    // it is met then by itself, if nothing else happens
};
using Conditions = std::vector<Condition>;

}  // namespace sluice::promotion
