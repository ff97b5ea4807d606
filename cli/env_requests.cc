// Tests: tests/push/requests.sh.
#include "cli/env_requests.h"

#include "cli/git_program.h"
#include "cli/output.h"
#include "gate/turn.h"
#include "promotion/moment.h"

namespace sluice::cli {
namespace {

WaitingRequest Judged(PromotionPlace& place, const promotion::Environment& environment,
                      const promotion::PendingRequest& pending) {
  WaitingRequest waiting{pending.given, {}, {}};
  const Result<Oid> commit = Oid::FromHex(pending.given.commit);
  if (!commit) return waiting;
  const gate::PushVerdict verdict =
      place.JudgeRequested(environment, *commit, PromotionPlace::Pusher::kThisPerson,
                           {.environment = {}, .envelope = pending.ref.name});
  const gate::RefVerdict& ref = verdict.refs.front();
  for (const gate::EnvironmentTurn& turn : ref.turns)
    waiting.unmet.insert(waiting.unmet.end(), turn.unmet.begin(), turn.unmet.end());
  if (ref.verdict.outcome == Outcome::kUnjudged) waiting.trouble = ref.verdict.reason;
  for (const Finding& finding : ref.verdict.findings)
    if (waiting.trouble.empty() && finding.severity == Severity::kError &&
        !finding.rule.starts_with("promotion/"))
      waiting.trouble = finding.message + " [" + finding.rule + "]";
  return waiting;
}

}  // namespace

Result<std::vector<WaitingRequest>> WaitingRequests(PromotionPlace& place,
                                                    const promotion::Environment& environment) {
  std::vector<WaitingRequest> waiting;
  const Result<std::vector<git::ListedRef>> refs =
      ListRefsBelow("refs/sluice/approvals/" + environment.name + "/", place.directory());
  if (!refs) return refs.error();
  if (refs->empty()) return waiting;
  const Result<crypto::AllowedSigners> signers = place.Signers();
  if (!signers) return signers.error();
  const promotion::PromotionSettings& settings = place.configuration().promotion;
  const std::set<std::string> revokers = gate::RevokersOf(settings);
  const promotion::Moment now = promotion::Now();
  const auto pending = promotion::FindPending({place.repository(), environment.name, environment.Ref(), *refs,
                                               settings.people, revokers, *signers, now});
  if (!pending) return pending.error();
  for (const std::string& untold : pending->untold) PrintHint(environment.name + ": " + untold);
  for (const promotion::PendingRequest& one : pending->requests)
    waiting.push_back(waiting.size() < kMostJudgedRequests
                          ? Judged(place, environment, one)
                          : WaitingRequest{one.given, {}, "not judged here"});
  return waiting;
}

}  // namespace sluice::cli
