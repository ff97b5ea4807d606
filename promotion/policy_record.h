// The next record of policy (docs/trust.md): .sluice/ and CODEOWNERS as the policy
// branch has them now, and who agrees to the one after. The first one draws the
// repository's id; its digest is what every verifier is given. People agree to a
// draft before the recorder writes it.
#pragma once

#include <string>
#include <vector>

#include "promotion/recorder.h"

namespace sluice::promotion {

struct PolicyChange {
  std::string ref;                // the policy branch
  std::uint64_t count = 0;        // so many of `from`; 0: as before, 1 in the first
  std::vector<std::string> from;  // who agree to the next one; empty: as before
  std::string operator_key;       // "TYPE BASE64"; empty: as before, none in the first
  std::string actor;
  bool first = false;  // there is no chain yet
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

// Writes the draft, resting on the envelopes of people, and gives its digest.
// kUsage where too few of those whom the record before names (the first: it
// itself) agreed, or the branch moved since.
Result<std::string> RecordPolicy(const RecorderPlace& place, const PolicyChange& change,
                                 const PolicyDraft& draft, const std::vector<std::string>& envelopes);

}  // namespace sluice::promotion
