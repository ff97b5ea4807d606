// The next record of policy (docs/trust.md): .sluice/ and CODEOWNERS as the policy
// branch has them now, and who agrees to the one after. The first one draws the
// repository's id; its digest is what every verifier is given. People agree to a
// draft before the recorder writes it.
#pragma once

#include <string>
#include <vector>

#include "promotion/recorder.h"
#include "promotion/trust_change.h"

namespace sluice::promotion {

struct PolicyChange {
  std::string ref;    // the policy branch
  TrustChange trust;  // who agrees from now on, and which keys record
  std::string actor;
  std::string reason;     // a line of text, or empty
  bool first = false;     // there is no chain yet
  bool recovery = false;  // the operator's key stands in for those who should agree
};

struct PolicyDraft {
  std::uint64_t sequence = 1;
  std::string repository;          // its id
  std::string change;              // what people sign
  std::string trust;               // trust.json
  std::vector<std::string> files;  // paths that differ from the record before
};

// kUsage where there is a chain and should be none, or the other way round, where
// nothing differs, or .sluice/allowed_signers does not mean the same everywhere.
Result<PolicyDraft> DraftPolicy(const RecorderPlace& place, const PolicyChange& change);

// Writes the draft, resting on these envelopes of people and on those that were pushed for
// exactly this change, and gives its digest.
// kUsage where too few of those whom the record before names (the first: it
// itself) agreed and the operator did not recover it, or the branch moved since.
Result<std::string> RecordPolicy(const RecorderPlace& place, const PolicyChange& change,
                                 const PolicyDraft& draft, const std::vector<std::string>& envelopes);

}  // namespace sluice::promotion
