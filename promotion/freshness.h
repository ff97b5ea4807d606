// That nobody hides the newest record, for a while: what the recorder signs by a
// timer (docs/ledger.md, section 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "promotion/record.h"

namespace sluice::promotion {

struct Freshness {
  std::string environment;
  std::int64_t made = 0, expires = 0;  // by the recorder's clock
  std::optional<std::string> head;    // digest of the newest record's envelope; none where there is no record
  std::uint64_t sequence = 0;         // its number; 0 where there is none
  std::uint64_t policy_sequence = 0;  // of the newest record of policy
  std::string policy_digest;
  std::string repository;
};

// Where that of an environment is kept.
inline std::string FreshnessRef(const std::string& environment) {
  return "refs/sluice/freshness/" + environment;
}

// The payload of an envelope; an Error names `what` and the byte.
Result<Freshness> ReadFreshness(const std::string& what, std::string payload);
// The one text of it; an Error where some value is not as it should be.
Result<std::string> FreshnessText(const Freshness& freshness);

// Whether `next` may stand in for `seen`: it goes back in nothing, and of the same
// number there is one record.
Status MayReplace(const Freshness& seen, const Freshness& next);

// Whoever signed a freshness saw the newest record and the newest policy under the
// recorder's lock, so what was written behind that record was judged by that policy or a
// later one. Whoever has a recorder's key does not choose the rules of long ago with it.
Status MayFollow(const Freshness& seen, const Record& record);

}  // namespace sluice::promotion
