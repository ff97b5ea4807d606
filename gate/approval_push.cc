// Tested by tests/push/refs-of-sluice.sh.
#include "gate/approval_push.h"

#include <algorithm>

#include "gate/request_push.h"
#include "gate/rules.h"
#include "gate/signers.h"
#include "promotion/chain_head.h"
#include "promotion/envelope.h"
#include "promotion/given_approvals.h"
#include "promotion/moment.h"

namespace sluice::gate {
namespace {

constexpr std::string_view kApprovals = "refs/sluice/approvals/";
constexpr std::string_view kPolicy = "policy";

Findings One(std::string message, std::string remedy) {
  Findings findings = {MakeFinding(kReservedRefRule, {}, {}, std::move(message))};
  findings.front().remedy = std::move(remedy);
  return findings;
}

bool HasEnvironment(const PolicySide* side, std::string_view name) {
  return side != nullptr &&
         promotion::FindEnvironment(side->loaded.configuration.promotion.environments, name) != nullptr;
}

// Of either configuration; the operator's own key is nobody's.
bool IsOfAPerson(const Judges& judges, const promotion::VerifiedApproval& approval) {
  if (approval.kind == promotion::ApprovalKind::kRecovery) return true;
  const auto knows = [&](const PolicySide* side) {
    return side != nullptr &&
           promotion::SignerOf(approval, side->loaded.configuration.promotion.people).IsPerson();
  };
  return knows(&judges.own) || knows(judges.floor);
}

// How many of theirs would lie in its directory after the push.
Result<std::size_t> CountWith(const Push& push, const std::string& directory, const std::string& person) {
  const Result<std::size_t> there = promotion::CountGiven(*push.repository, directory, person);
  if (!there) return there.error();
  const auto more = std::count_if(push.updates.begin(), push.updates.end(),
                                  [&](const RefUpdate& update) { return update.ref.starts_with(directory); });
  return *there + static_cast<std::size_t>(more);
}

Findings CheckCount(const Result<std::size_t>& count, const promotion::VerifiedApproval& given) {
  if (!count)
    return One("there are " + std::to_string(promotion::kMostListed) + " of everybody's already",
               "on the server: sluice ledger reconcile drops those that have expired");
  const std::size_t most = given.kind == promotion::ApprovalKind::kRevocation ? promotion::kMostRevocations
                                                                              : promotion::kMostGiven;
  if (*count <= most) return {};
  return One(given.person + " has given " + std::to_string(most) + " already",
             "on the server: sluice ledger reconcile drops those that are over");
}

// By the repository's own signers, or by those of the floor where that asks something of
// the environment: nobody would look at what they gave for another.
Result<promotion::VerifiedApproval> OpenBy(const Judges& judges, const std::string& ref,
                                           const std::string& environment, const std::string& envelope,
                                           const crypto::PublicKey* operator_key) {
  const promotion::Moment now = promotion::Now();
  const Result<crypto::AllowedSigners> own = SignersOf(judges, judges.own);
  if (!own) return own.error();
  Result<promotion::VerifiedApproval> opened = promotion::OpenGiven(ref, envelope, {*own, operator_key}, now);
  if (opened || !HasEnvironment(judges.floor, environment)) return opened;
  const Result<crypto::AllowedSigners> floor = SignersOf(judges, *judges.floor);
  if (!floor) return floor.error();
  Result<promotion::VerifiedApproval> again = promotion::OpenGiven(ref, envelope, {*floor, nullptr}, now);
  return again ? again : opened;
}

// What to do about one that does not open: where all but the key is right, it is about the key.
std::string RemedyOf(const Judges& judges, const std::string& ref, const std::string& envelope) {
  constexpr promotion::PayloadType kType = promotion::PayloadType::kApproval;
  const std::string anew = "sluice approve writes one";
  const Result<promotion::Envelope> read = promotion::ReadEnvelope(ref, kType, envelope);
  const Result<promotion::Approval> approval = promotion::ReadUnproven(ref, envelope);
  const Result<crypto::AllowedSigners> signers = SignersOf(judges, judges.own);
  if (!read || !approval || !signers || approval->kind == promotion::ApprovalKind::kRecovery) return anew;
  const auto line =
      crypto::FindSigner(*signers, {read->signature.key, approval->person, promotion::NamespaceOf(kType),
                                    promotion::Now().time_since_epoch().count()});
  return line ? anew : "`.sluice/allowed_signers` says whose key it is; sign with --key FILE, --as NAME";
}

}  // namespace

bool MakesApproval(const RefMove& move) {
  return move.ref.starts_with(kApprovals) && move.ref == move.update.ref && move.update.old_id.IsZero() &&
         !move.Deletes();
}

Result<Findings> CheckApprovalPush(const Judges& judges, const RefMove& move) {
  const git::Repository& repository = *judges.push.repository;
  const std::string& ref = move.ref;
  const std::string environment =
      ref.substr(kApprovals.size(), ref.find('/', kApprovals.size()) - kApprovals.size());
  if (environment != kPolicy && !HasEnvironment(&judges.own, environment) &&
      !HasEnvironment(judges.floor, environment))
    return One("there is no environment " + environment, "name one of `environments`");
  const Result<std::optional<promotion::PolicyHead>> policy =
      promotion::ReadPolicyHead(judges.push.repository);
  if (!policy) return policy.error();
  if (!*policy)
    return One("an approval names this repository's id, and it has none yet",
               "on the server: sluice ledger init");
  const Result<git::RawObject> blob =
      repository.Read(move.update.new_id, promotion::LimitOf(promotion::PayloadType::kApproval));
  if (!blob && blob.error().kind == ErrorKind::kLimit)
    return One("an approval is at most 64 KiB", "sluice approve writes one");
  if (!blob) return blob.error();
  if (blob->type != git::ObjectType::kBlob)
    return One(ref + " would name no file", "sluice approve writes one");
  const promotion::Trust& trust = (*policy)->trust;
  const Result<promotion::VerifiedApproval> opened =
      OpenBy(judges, ref, environment, blob->bytes, trust.operator_key ? &trust.operator_key->key : nullptr);
  if (!opened) return One(opened.error().message, RemedyOf(judges, ref, blob->bytes));
  if (opened->repository != trust.repository)
    return One("it is for another repository: " + opened->repository, "sluice approve " + environment);
  if (!IsOfAPerson(judges, *opened))
    return One("`people` knows nobody who signs as " + opened->person, "name them in `people`");
  if (promotion::IsRequest(opened->kind)) {
    Result<Findings> wrong = CheckRequestPush(judges, {ref, blob->bytes}, **policy);
    if (!wrong || !wrong->empty()) return wrong;
  }
  const Result<std::size_t> count = CountWith(judges.push, ref.substr(0, ref.rfind('/') + 1), opened->person);
  if (!count && count.error().kind != ErrorKind::kLimit) return count.error();
  return CheckCount(count, *opened);
}

}  // namespace sluice::gate
