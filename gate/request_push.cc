// In the order of what it costs: the envelope, whoever asks, the commit, and what the folder
// builds there. Tested by tests/push/requests-misused.sh and requests-back-misused.sh.
#include "gate/request_push.h"

#include <algorithm>

#include "gate/moved_by.h"
#include "gate/requested_move.h"
#include "gate/rules.h"
#include "gate/signers.h"
#include "promotion/given_approvals.h"
#include "promotion/reconcile.h"
#include "promotion/request.h"

namespace sluice::gate {
namespace {

using promotion::Environment;

Findings One(std::string message, std::string remedy) {
  Findings findings = {MakeFinding(kReservedRefRule, {}, {}, std::move(message))};
  findings.front().remedy = std::move(remedy);
  return findings;
}

// Whether somebody whom a record can name asks for what may come here; `theirs` becomes
// their push.
Findings CheckAsker(const Judges& judges, const Environment& environment,
                    const promotion::VerifiedApproval& request, Push& theirs) {
  const promotion::People& people = judges.own.loaded.configuration.promotion.people;
  const promotion::Principal signer = promotion::SignerOf(request, people);
  if (!signer.IsPerson())
    return One("`people` knows nobody who signs as " + request.person, "name them in `people`");
  if (Status as = MoveAs(people, signer.name, theirs); !as)
    return One(as.error().message, "name a login of theirs in `people`");
  const bool follows = !request.from || std::any_of(environment.after.begin(), environment.after.end(),
                                                    [&](const promotion::Named& before) {
                                                      return before.name == *request.from;
                                                    });
  if (follows) return {};
  return One(environment.name + " does not follow " + *request.from, "name one of its `after`, or null");
}

// Whether its commit is ahead on the branch, and it was asked for since the newest record.
Result<Findings> CheckCommit(const Environment& environment, const promotion::VerifiedApproval& request,
                             const promotion::PolicyHead& policy, Push& theirs) {
  const std::string promote = "sluice promote " + environment.name;
  const std::string push_it = "push it to " + environment.branch + " first";
  const Result<Oid> commit = Oid::FromHex(request.commit);
  if (!commit || commit->kind() != policy.commit.kind())
    return One(request.commit + " is no commit of this repository", promote);
  if (!git::ReadCommit(*theirs.repository, *commit))
    return One(request.commit.substr(0, 12) + " is no commit that is here", push_it);
  const Result<Oid> tip = theirs.repository->ResolveRef(environment.Ref());
  if (!tip) return tip.error();
  const auto ahead = promotion::LookAhead(theirs.repository, policy, environment.name, *commit, *tip);
  if (!ahead) return ahead.error();
  if (ahead->place == promotion::CommitPlace::kNotOnBranch)
    return One(promotion::PlaceWords(*ahead, environment, *commit), push_it);
  if (!promotion::MayBeRecorded(ahead->place, request.kind == promotion::ApprovalKind::kRollback))
    return One(promotion::PlaceWords(*ahead, environment, *commit), promote + " asks for a later one");
  if (ahead->head && request.made.time_since_epoch().count() < ahead->head->record.head.recorded)
    return One("it was made before record " + std::to_string(ahead->head->record.head.sequence) + " of " +
                   environment.name + " was written",
               "ask anew, with a clock that is right: " + promote);
  theirs.updates = {{ahead->recorded.value_or(promotion::ZeroLike(*commit)), *commit, environment.Ref()}};
  return Findings();
}

// Whether what it asks for is this change, and fit to be recorded as far as content goes.
Findings CheckChange(const promotion::VerifiedApproval& request, const RefVerdict& judged) {
  const std::string& name = request.environment;
  const std::string commit = request.commit.substr(0, 12);
  const std::string explain = "sluice promote " + name + " --from " + commit + " --explain";
  if (judged.verdict.outcome == Outcome::kUnjudged)
    return One("what " + name + " would become cannot be told: " + judged.verdict.reason, explain);
  if (judged.turns.front().change != request.change)
    return One(commit + " makes another change of " + name + ": " + judged.turns.front().change, explain);
  const Findings& findings = judged.verdict.findings;
  const auto wrong = std::find_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::kError && !finding.rule.starts_with("promotion/");
  });
  if (wrong == findings.end()) return {};
  return One("what it asks for is not accepted: " + wrong->message + " [" + wrong->rule + "]", explain);
}

}  // namespace

Result<Findings> CheckRequestPush(const Judges& judges, const PushedRequest& pushed,
                                  const promotion::PolicyHead& policy) {
  const Result<crypto::AllowedSigners> signers = SignersOf(judges, judges.own);
  if (!signers) return signers.error();
  const promotion::Moment now = promotion::Now();
  const Result<promotion::VerifiedApproval> opened =
      promotion::OpenGiven(pushed.ref, pushed.envelope, {*signers, nullptr}, now);
  if (!opened) return One(opened.error().message, "sluice promote writes one");
  const Result<const Environment*> environment = FindMovedByRequest(judges, opened->environment);
  if (!environment)
    return One(environment.error().message, "push what it is to run, or change the configuration");
  if (opened->made > now + promotion::kAskersClock)
    return One("it was made in the future, at " + promotion::Text(opened->made),
               "set the clock right, and ask anew");
  Push theirs = judges.push;
  if (Findings wrong = CheckAsker(judges, **environment, *opened, theirs); !wrong.empty()) return wrong;
  Result<Findings> wrong = CheckCommit(**environment, *opened, policy, theirs);
  if (!wrong || !wrong->empty()) return wrong;
  theirs.requested = {opened->environment, {}, opened->restores, opened->reason};
  return CheckChange(*opened, JudgeRequested({theirs, judges.own, judges.floor}));
}

}  // namespace sluice::gate
