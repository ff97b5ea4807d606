// Tested by tests/push/approvals.sh and by every verifier of what it lets through.
#include "promotion/resting_on.h"

#include <algorithm>

#include "promotion/envelope.h"
#include "promotion/given_approvals.h"

namespace sluice::promotion {
namespace {

Result<crypto::AllowedSigners> SignersOf(const RestingOn& record) {
  const Result<std::string> text =
      ReadCommitFile(record.repository, record.policy.commit, "policy/%2Esluice/allowed_signers",
                     crypto::kAllowedSignersBytes);
  if (!text) return text.error();
  return ReadPolicySigners("the allowed signers of the newest record of policy", *text);
}

Status Fits(const RestingOn& record, const ReceivedApproval& listed, const SignedApproval& opened) {
  const Approval& approval = opened.approval;
  const bool fits = approval.kind == listed.kind && approval.person == listed.person &&
                    opened.digest == listed.digest && approval.environment == record.environment &&
                    approval.repository == record.policy.trust.repository && approval.change == record.change;
  const bool in_time =
      listed.received <= record.judged && (approval.expires == 0 || approval.expires > record.judged);
  if (fits && in_time) return Ok{};
  return Failed("the approval " + listed.digest.substr(0, 10) + " of " + listed.person +
                (fits ? " was not good when this was judged" : " is for something else"));
}

// Where the ledger was behind the branch the judge could not know that one is used up.
Status CheckUnspent(const RestingOn& record, std::span<const SignedApproval> approvals) {
  std::int64_t oldest = record.judged;
  for (const SignedApproval& given : approvals) oldest = std::min(oldest, given.approval.made);
  const std::int64_t since = oldest - std::chrono::seconds(kSignersClock).count();
  const Result<std::set<std::string>> named = NamedSince(*record.repository, record.environment, since);
  if (!named) return named.error();
  for (const SignedApproval& given : approvals)
    if (named->contains(given.digest))
      return Failed("what " + given.approval.person + " gave, " + given.digest.substr(0, 10) +
                    ", stands in a record already, and counts once");
  return Ok{};
}

}  // namespace

Result<RestedOn> ReadRestingOn(const RestingOn& record) {
  RestedOn rested;
  if (record.approvals.empty()) return rested;
  const Result<crypto::AllowedSigners> signers = SignersOf(record);
  if (!signers) return signers.error();
  for (const ReceivedApproval& listed : record.approvals) {
    Approval named;
    named.kind = listed.kind;
    named.environment = record.environment;
    named.change = record.change;
    const std::string ref = ApprovalRef(named, listed.digest);
    const Result<Oid> id = record.repository->ResolveRef(ref);
    if (!id) return id.error();
    const Result<git::RawObject> blob = record.repository->Read(*id, LimitOf(PayloadType::kApproval));
    if (!blob) return blob.error();
    const Result<SignedApproval> opened =
        OpenApproval(ref, blob->bytes, {*signers, nullptr}, listed.received);
    if (!opened) return opened.error();
    if (Status fits = Fits(record, listed, *opened); !fits) return fits.error();
    rested.files.push_back({"approvals/" + listed.digest + ".json", blob->bytes});
    rested.approvals.push_back(*opened);
  }
  if (Status distinct = CheckDistinct(rested.approvals); !distinct) return distinct.error();
  if (Status unspent = CheckUnspent(record, rested.approvals); !unspent) return unspent.error();
  return rested;
}

}  // namespace sluice::promotion
