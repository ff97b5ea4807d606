// What a ref's verdict is worth: refused or not, by the kind of ref, the mode
// and what was found. Pure; its table is tests/gate/weigh_test.cc.
#pragma once

#include "base/verdict.h"
#include "gate/operator.h"

namespace sluice::gate {

enum class RefKind : std::uint8_t {
  kProtected,
  kOther,     // advised, but for what would stay in the history for ever
  kReserved,  // refs/sluice/, whatever the mode
  kApproval,  // what people may put there: new below refs/sluice/approvals/
  kOutcome,   // what clusters may: below refs/sluice/outcomes/
};

// What came out of a ref's judgement, as far as it matters here.
struct Found {
  bool errors = false;      // findings of severity error
  bool everywhere = false;  // one among them that holds on every branch
  bool unjudged = false;    // the verdict could not be finished
  bool unsearched = false;  // nor the search for what holds on every branch
};
Found FoundIn(const Verdict& verdict, bool unsearched);

struct Weight {
  bool refused = false;  // by right
  bool rejects = false;  // in this mode
};
Weight Weigh(RefKind kind, Mode mode, const Found& found);

// On a branch that is not protected an error that does not hold everywhere is a
// warning; a note says how many.
void Advise(Verdict& verdict);

}  // namespace sluice::gate
