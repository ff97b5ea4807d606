// A finding that refuses refuses also where the rest could not be judged: what
// was found is not undone by what was not looked at. What Sluice itself reads later, the
// ledger and what people signed, is nobody's to write in any mode.
#include "gate/weigh.h"

#include <algorithm>

#include "gate/rules.h"

namespace sluice::gate {
namespace {

bool IsError(const Finding& finding) { return finding.severity == Severity::kError; }
bool HoldsEverywhere(const Finding& finding) { return IsError(finding) && ReachOf(finding.rule).everywhere; }

bool Refused(RefKind kind, const Found& found) {
  switch (kind) {
    case RefKind::kProtected:
    case RefKind::kApproval:
    case RefKind::kOutcome:
      return found.errors || found.unjudged || found.unsearched;
    case RefKind::kOther:
      return found.everywhere || found.unsearched;
    case RefKind::kReserved:
      break;
  }
  return true;
}

}  // namespace

Found FoundIn(const Verdict& verdict, bool unsearched) {
  const Findings& findings = verdict.findings;
  return {.errors = std::any_of(findings.begin(), findings.end(), IsError),
          .everywhere = std::any_of(findings.begin(), findings.end(), HoldsEverywhere),
          .unjudged = verdict.outcome == Outcome::kUnjudged,
          .unsearched = unsearched};
}

Weight Weigh(RefKind kind, Mode mode, const Found& found) {
  const bool refused = Refused(kind, found);
  const bool ours = kind != RefKind::kProtected && kind != RefKind::kOther;
  return {.refused = refused, .rejects = refused && (ours || mode == Mode::kEnforce)};
}

void Advise(Verdict& verdict) {
  std::size_t softened = 0;
  for (Finding& finding : verdict.findings) {
    if (!IsError(finding) || HoldsEverywhere(finding)) continue;
    finding.severity = Severity::kWarning;
    ++softened;
  }
  if (softened == 0) return;
  verdict.notes.push_back(std::to_string(softened) + (softened == 1 ? " finding" : " findings") +
                          " would reject on a protected branch; this branch is advised only");
}

}  // namespace sluice::gate
