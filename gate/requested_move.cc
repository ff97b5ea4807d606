// The judge takes nothing from whoever starts it but the name of an envelope: who asks, for
// which commit and which change, it reads there. Tested by tests/push/requests.sh.
#include "gate/requested_move.h"

#include <algorithm>
#include <chrono>

#include "gate/ask_folders.h"
#include "gate/moved_by.h"
#include "gate/rules.h"
#include "gate/settle.h"
#include "gate/signers.h"
#include "gate/turn.h"
#include "promotion/given_approvals.h"
#include "promotion/moment.h"
#include "promotion/reconcile.h"
#include "promotion/request.h"
#include "promotion/words.h"

namespace sluice::gate {
namespace {

using promotion::Environment;

Findings One(std::string message, std::string remedy) {
  Findings findings = {MakeFinding(kReservedRefRule, {}, {}, std::move(message))};
  findings.front().remedy = std::move(remedy);
  return findings;
}

bool IsBroken(const PolicySide& side) {
  return std::any_of(side.loaded.findings.begin(), side.loaded.findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::kError; });
}

// Of the repository's own configuration, and recorded by the operator under this name. kUsage
// else.
Result<const Environment*> FindMoved(const Judges& judges, const std::string& name) {
  const Environment* const own =
      promotion::FindEnvironment(judges.own.loaded.configuration.promotion.environments, name);
  if (own == nullptr)
    return Usage("there is no environment " + name + " in the configuration of the repository");
  if (std::string why = WhyAtOdds(judges, own->Ref(), own->folder); !why.empty())
    return Usage(std::move(why));
  if (!own->ByRequest()) return Usage(name + " moves by pushes to " + own->branch + ", and not by request");
  const EnvironmentBranch* const recorded = EnvironmentAt(judges.push.settings, own->Ref(), own->folder);
  if (recorded == nullptr || recorded->name != name)
    return Usage("no recorder is told of " + name + " (sluice hook set REPO environments=…)");
  return own;
}

// What an envelope says of itself; the review of the move asks whether it counts.
Result<promotion::Approval> ReadRequest(const Push& push) {
  const std::string& ref = push.requested.envelope;
  const Result<Oid> id = push.repository->ResolveRef(ref);
  if (!id) return id.error();
  const Result<git::RawObject> blob =
      push.repository->Read(*id, promotion::LimitOf(promotion::PayloadType::kApproval));
  if (!blob) return blob.error();
  Result<promotion::Approval> said = promotion::ReadUnproven(ref, blob->bytes);
  if (!said) return said;
  if (!promotion::IsRequest(said->kind) ||
      promotion::ApprovalRef(*said, promotion::DigestOf(blob->bytes)) != ref)
    return Failed(ref + " is no request");
  return said;
}

// Who moves it, and where from; an Error says why nobody can.
Status Prepare(const Judges& judges, Push& push) {
  if (IsBroken(judges.own) || (judges.floor != nullptr && IsBroken(*judges.floor)))
    return Failed("the configuration is broken");
  if (judges.own.first_push) return Usage("there is no policy branch");
  const Result<const Environment*> environment = FindMoved(judges, push.requested.environment);
  if (!environment) return environment.error();
  const RefUpdate& update = push.updates.front();
  if (update.ref != (*environment)->Ref())
    return Failed(push.requested.environment + " is not of " + update.ref);
  push.standing = true;
  push.folder = (*environment)->folder;
  push.settings.mode = Mode::kEnforce;
  if (push.requested.envelope.empty()) return Ok{};
  const Result<promotion::Approval> said = ReadRequest(push);
  if (!said) return said.error();
  if (said->environment != (*environment)->name || said->commit != update.new_id.Hex())
    return Failed("the request is for something else");
  push.requested.restores = said->restores;
  push.requested.reason = said->reason;
  const promotion::People& people = judges.own.loaded.configuration.promotion.people;
  return MoveAs(people, promotion::BySignature(people, said->person).name, push);
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

Status MoveAs(const promotion::People& people, const std::string& person, Push& push) {
  const auto found = std::find_if(people.people.begin(), people.people.end(),
                                  [&](const promotion::Person& one) { return one.name == person; });
  if (found == people.people.end()) return Usage("`people` knows nobody called " + person);
  const std::string identity(IdentityOf(push.settings));
  const std::vector<promotion::Login>& logins = found->logins;
  if (logins.empty()) return Usage("`people` gives " + person + " no login, which a record names");
  const auto login = std::find_if(logins.begin(), logins.end(),
                                  [&](const promotion::Login& one) { return one.provider == identity; });
  const promotion::Login& as = login == logins.end() ? logins.front() : *login;
  if (!promotion::IsTextLine(as.name))
    return Usage("the login of " + person + " is no line of text, which a record needs");
  push.settings.identity = as.provider;
  push.pusher = as.name;
  return Ok{};
}

std::string StaysWords(const Judges& judges, const std::string& environment) {
  const std::string by_request = environment + " moves by request alone, and this push leaves it where it is";
  const auto policy = promotion::ReadPolicyHead(judges.push.repository);
  if (!policy || !*policy) return by_request;
  const auto head = promotion::ReadRecordHead(judges.push.repository, environment, **policy);
  if (!head) return by_request;
  if (!*head)
    return environment + " has no record yet; sluice promote " + environment +
           " --from COMMIT asks for the first";
  return environment + " stays at record " + std::to_string((*head)->record.head.sequence) +
         "; sluice promote " + environment + " moves it";
}

Result<Findings> CheckRequestPush(const Judges& judges, const PushedRequest& pushed,
                                  const promotion::PolicyHead& policy) {
  const Result<crypto::AllowedSigners> signers = SignersOf(judges, judges.own);
  if (!signers) return signers.error();
  const promotion::Moment now = promotion::Now();
  const Result<promotion::VerifiedApproval> opened =
      promotion::OpenGiven(pushed.ref, pushed.envelope, {*signers, nullptr}, now);
  if (!opened) return One(opened.error().message, "sluice promote writes one");
  const Result<const Environment*> environment = FindMoved(judges, opened->environment);
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

namespace {

RefVerdict JudgeNow(const Judges& judges) {
  Push push = judges.push;
  RefVerdict out;
  out.update = push.updates.front();
  out.is_protected = true;
  Content content;
  Verdict& verdict = content.verdict;
  verdict.subject = push.requested.environment;
  verdict.summary.policy = judges.own.loaded.configuration.source;
  const Status prepared = Prepare(judges, push);
  const Judges judging{push, judges.own, judges.floor};
  const RefMove move = MoveOf(push, judges.own, judges.floor, out.update);
  if (!prepared) {
    CannotJudge(verdict, prepared.error());
  } else if (move.kind != RefKind::kProtected || move.ref != out.update.ref || move.Deletes()) {
    CannotJudge(verdict, Failed(out.update.ref + " is no protected branch"));
  } else {
    AskFolders(judging, move, content, out);
  }
  std::erase_if(out.turns,
                [&](const EnvironmentTurn& turn) { return turn.environment != push.requested.environment; });
  if (out.turns.empty() && verdict.outcome != Outcome::kUnjudged)
    CannotJudge(verdict, Usage(out.update.new_id.Hex().substr(0, 12) + " changes nothing of " +
                               push.requested.environment));
  Settle(verdict);
  out.rejects = verdict.outcome != Outcome::kAccepted;
  if (out.rejects) out.folders.clear();
  out.verdict = std::move(verdict);
  return out;
}

}  // namespace

// What waits is tried again and again: clusters are asked once all else holds. Whoever asks
// hears at once what they say.
RefVerdict JudgeRequested(const Judges& judges) {
  if (!judges.push.ask || judges.push.requested.envelope.empty()) return JudgeNow(judges);
  Push offline = judges.push;
  offline.ask = {};
  RefVerdict verdict = JudgeNow({offline, judges.own, judges.floor});
  return verdict.rejects ? verdict : JudgeNow(judges);
}

}  // namespace sluice::gate
