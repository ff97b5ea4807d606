// The judge takes nothing from whoever starts it but the name of an envelope: who asks, for
// which commit and which change, it reads there. Tested by tests/push/requests.sh.
#include "gate/requested_move.h"

#include <algorithm>

#include "gate/ask_folders.h"
#include "gate/moved_by.h"
#include "gate/settle.h"
#include "promotion/words.h"

namespace sluice::gate {
namespace {

using promotion::Environment;

bool IsBroken(const PolicySide& side) {
  return std::any_of(side.loaded.findings.begin(), side.loaded.findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::kError; });
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
  const Result<const Environment*> environment = FindMovedByRequest(judges, push.requested.environment);
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
