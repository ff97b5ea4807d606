#include "promotion/verified_approval.h"

#include <algorithm>
#include <iterator>

#include "crypto/digest.h"

namespace sluice::promotion {
namespace {

constexpr ApprovalKind kOfAChange[] = {ApprovalKind::kApproval, ApprovalKind::kBreakGlass,
                                       ApprovalKind::kConsent,  ApprovalKind::kRecovery,
                                       ApprovalKind::kRequest,  ApprovalKind::kRollback};
constexpr ApprovalKind kExpiring[] = {ApprovalKind::kApproval, ApprovalKind::kBreakGlass,
                                      ApprovalKind::kConsent,  ApprovalKind::kFreeze,
                                      ApprovalKind::kRequest,  ApprovalKind::kRollback};

template <std::size_t N>
bool IsOneOf(const ApprovalKind (&kinds)[N], ApprovalKind kind) {
  return std::find(std::begin(kinds), std::end(kinds), kind) != std::end(kinds);
}

// By the same person, or by one who may approve policy; a revocation is not revoked.
const VerifiedApproval* RevocationOf(const VerifiedApproval& approval, const Asking& asking) {
  const Principal signer = SignerOf(approval, asking.people);
  for (const VerifiedApproval& given : asking.given) {
    if (given.kind != ApprovalKind::kRevocation || given.revokes != approval.digest) continue;
    if (given.repository != asking.repository || given.environment != asking.environment) continue;
    const Principal by = SignerOf(given, asking.people);
    if (!by.IsPerson() || given.received > asking.now) continue;
    if (by == signer || asking.revokers.count(by.name) != 0) return &given;
  }
  return nullptr;
}

}  // namespace

VerifiedApproval VerifiedOf(const SignedApproval& opened, Moment received) {
  const Approval& approval = opened.approval;
  VerifiedApproval verified;
  verified.kind = approval.kind;
  verified.digest = opened.digest;
  verified.person = approval.person;
  verified.key = crypto::Hex(crypto::DigestSha256(opened.key.plain));
  verified.repository = approval.repository;
  verified.environment = approval.environment;
  verified.received = received;
  verified.made = Moment(std::chrono::seconds(approval.made));
  verified.change = approval.change;
  verified.reason = approval.reason;
  verified.revokes = approval.revokes;
  if (approval.expires != 0) verified.expires = Moment(std::chrono::seconds(approval.expires));
  verified.removes = approval.removes;
  verified.commit = approval.commit;
  verified.from = approval.from;
  verified.seen = approval.seen;
  verified.restores = approval.restores;
  return verified;
}

Principal SignerOf(const VerifiedApproval& approval, const People& people) {
  if (approval.evidence == VerifiedApproval::Evidence::kSignature)
    return BySignature(people, approval.person);
  const bool known = std::any_of(people.people.begin(), people.people.end(),
                                 [&](const Person& person) { return person.name == approval.person; });
  return known ? Principal{Principal::Kind::kPerson, approval.person} : Principal{};
}

std::string WhyVoid(const VerifiedApproval& approval, const Asking& asking) {
  if (approval.repository != asking.repository) return "it is for another repository";
  if (approval.environment != asking.environment) return "it is for " + approval.environment;
  if (IsOneOf(kOfAChange, approval.kind)) {
    if (approval.change != asking.change) return "it is for another change";
    if (approval.spent) return "a record rests on it already";
  }
  if (!SignerOf(approval, asking.people).IsPerson())
    return "nobody in `people` has the key or name " + approval.person;
  if (approval.received > asking.now) return "it was received after this was judged";
  if (IsOneOf(kExpiring, approval.kind)) {
    if (!approval.expires) return "it has no expiry";
    if (*approval.expires <= asking.now) return "it expired " + Text(*approval.expires);
  }
  const VerifiedApproval* revocation = RevocationOf(approval, asking);
  if (revocation == nullptr) return "";
  return SignerOf(*revocation, asking.people).name + " revoked it" +
         (revocation->reason.empty() ? "" : ": " + revocation->reason);
}

}  // namespace sluice::promotion
