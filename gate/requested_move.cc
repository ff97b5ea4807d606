// Tested by tests/push/requests.sh.
#include "gate/requested_move.h"

#include <algorithm>

#include "gate/rules.h"
#include "gate/signers.h"
#include "gate/turn.h"
#include "git/changes.h"
#include "promotion/chain_head.h"
#include "promotion/folder_paths.h"
#include "promotion/given_approvals.h"

namespace sluice::gate {
namespace {

using promotion::Environment;
using promotion::VerifiedApproval;

// Elsewhere a branch has rules of its platform, which a move of ours would pass by.
constexpr std::string_view kOurs[] = {"git", "gitolite"};

Findings One(std::string message, std::string remedy) {
  Findings findings = {MakeFinding(kReservedRefRule, {}, {}, std::move(message))};
  findings.front().remedy = std::move(remedy);
  return findings;
}

const Environment* EnvironmentOf(const Judges& judges, const std::string& name) {
  return promotion::FindEnvironment(judges.own.loaded.configuration.promotion.environments, name);
}

promotion::Moment Now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

bool Follows(const Environment& environment, const std::string& name) {
  return std::any_of(environment.after.begin(), environment.after.end(),
                     [&](const promotion::Named& before) { return before.name == name; });
}

// The commit itself, or the merge of it into the branch as it stands.
Result<bool> Brings(const git::Repository& repository, const RefUpdate& update, const std::string& commit) {
  if (update.new_id.Hex() == commit) return true;
  const Result<git::Commit> made = git::ReadCommit(repository, update.new_id);
  if (!made) return made.error();
  return made->parents.size() == 2 && made->parents[0] == update.old_id && made->parents[1].Hex() == commit;
}

// A path that the move changes outside of the environment's folder; empty: there is none.
Result<std::string> Outside(const Judges& judges, const Environment& environment, const RefUpdate& update) {
  if (environment.folder.empty()) return std::string();
  const git::Repository& repository = *judges.push.repository;
  const Result<Oid> before = git::TreeOf(repository, update.old_id);
  if (!before) return before.error();
  const Result<Oid> after = git::TreeOf(repository, update.new_id);
  if (!after) return after.error();
  const auto changes = git::Changes(repository, *before, *after, judges.push.settings.limits);
  if (!changes) return changes.error();
  for (const git::FileChange& file : *changes)
    if (!promotion::IsInFolder(environment.folder, file.path)) return file.path;
  return std::string();
}

// Half a sentence; empty: it is the move that was asked for.
Result<std::string> WhyNot(const Judges& judges, const VerifiedApproval& request, const RefVerdict& ref) {
  const Environment* const environment = EnvironmentOf(judges, request.environment);
  if (environment == nullptr) return "there is no environment " + request.environment + " any more";
  const RefUpdate& update = ref.update;
  if (update.ref != environment->Ref() || update.old_id.IsZero()) return "it moves " + update.ref;
  const Result<bool> brings = Brings(*judges.push.repository, update, request.commit);
  if (!brings) return brings.error();
  if (!*brings) return "it does not bring " + request.commit.substr(0, 12);
  const bool same = std::any_of(ref.turns.begin(), ref.turns.end(), [&](const EnvironmentTurn& turn) {
    return turn.environment == request.environment && turn.change == request.change;
  });
  if (!same) return request.commit.substr(0, 12) + " makes another change of it by now";
  const Result<std::string> outside = Outside(judges, *environment, update);
  if (!outside) return outside.error();
  return outside->empty() ? *outside : *outside + " is outside of " + environment->folder;
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
  push.settings.identity = as.provider;
  push.pusher = as.name;
  return Ok{};
}

Result<Findings> CheckRequestPush(const Judges& judges, const VerifiedApproval& request) {
  const std::string push_it = "push the commit: sluice promote " + request.environment;
  const std::string& platform = judges.push.settings.platform;
  if (std::find(std::begin(kOurs), std::end(kOurs), platform) == std::end(kOurs))
    return One("branches of " + platform + " are moved by pushes alone", push_it);
  const Environment* const environment = EnvironmentOf(judges, request.environment);
  if (environment == nullptr)
    return One(request.environment + " is no environment that moves by itself", push_it);
  const promotion::People& people = judges.own.loaded.configuration.promotion.people;
  Push as_theirs;
  as_theirs.settings = judges.push.settings;
  if (Status as = MoveAs(people, promotion::SignerOf(request, people).name, as_theirs); !as)
    return One(as.error().message, push_it);
  if (!AsksForPeople(judges.own.loaded.configuration.promotion, *environment))
    return One(request.environment + " asks nobody to agree, and moves by pushes alone", push_it);
  if (request.from && !Follows(*environment, *request.from))
    return One(request.environment + " does not follow " + *request.from, "name one of its `after`, or null");
  const Result<Oid> commit = Oid::FromHex(request.commit);
  if (!commit) return commit.error();
  const Result<git::Commit> read = git::ReadCommit(*judges.push.repository, *commit);
  if (!read)
    return One(request.commit.substr(0, 12) + " is no commit that is here", "push it to a branch, with this");
  return Findings();
}

Result<VerifiedApproval> FindRequest(const Judges& judges) {
  const std::string& ref = judges.push.request;
  const std::shared_ptr<const git::Repository>& repository = judges.push.repository;
  const Result<Oid> id = repository->ResolveRef(ref);
  if (!id) return id.error();
  const Result<git::RawObject> blob =
      repository->Read(*id, promotion::LimitOf(promotion::PayloadType::kApproval));
  if (!blob) return blob.error();
  const Result<promotion::Approval> said = promotion::ReadUnproven(ref, blob->bytes);
  if (!said) return said.error();
  const auto policy = promotion::ReadPolicyHead(repository);
  if (!policy) return policy.error();
  if (!*policy) return Usage("there is no ledger here");
  const Result<crypto::AllowedSigners> signers = SignersOf(judges, judges.own);
  if (!signers) return signers.error();
  const promotion::PromotionSettings& settings = judges.own.loaded.configuration.promotion;
  const Result<promotion::Given> given =
      promotion::ReadGiven({*repository, said->environment, said->change, {*signers}, Now()});
  if (!given) return given.error();
  const std::set<std::string> revokers = RevokersOf(settings);
  const promotion::Asking asking{(*policy)->trust.repository,
                                 said->environment,
                                 said->change,
                                 given->approvals,
                                 Now(),
                                 settings.people,
                                 revokers};
  for (const VerifiedApproval& one : given->approvals) {
    if (one.kind != promotion::ApprovalKind::kRequest || !ref.ends_with("/" + one.digest)) continue;
    const std::string why = promotion::WhyVoid(one, asking);
    return why.empty() ? Result<VerifiedApproval>(one) : Usage("the request does not count: " + why);
  }
  return Usage("the request does not count: its signature does not hold now");
}

void HoldToRequest(const Judges& judges, const VerifiedApproval& request, RefVerdict& ref) {
  const Result<std::string> why = WhyNot(judges, request, ref);
  if (why && why->empty()) return;
  const std::string words = why ? *why : why.error().message;
  ref.verdict.findings.push_back(
      MakeFinding(kTurnRule, {}, {},
                  request.environment + ": it is not what " + request.person + " asked for: " + words));
  ref.verdict.findings.back().remedy = "sluice promote " + request.environment + " --request";
  ref.verdict.outcome = Outcome::kRejected;
  ++ref.verdict.summary.errors;
  ref.rejects = true;
  ref.intent_name.clear();
  ref.intent.clear();
  ref.folders.clear();
}

}  // namespace sluice::gate
