// An envelope of a person after its signature was found to hold, and whether it
// counts for one change of one environment now (docs/approvals.md, section 3).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "promotion/approval.h"
#include "promotion/moment.h"
#include "promotion/people.h"

namespace sluice::promotion {

struct VerifiedApproval {
  enum class Evidence : std::uint8_t { kSignature, kForge } evidence = Evidence::kSignature;
  ApprovalKind kind = ApprovalKind::kApproval;
  std::string digest;  // of the envelope
  std::string person;  // who signed: the principal in allowed_signers; of a forge's review the person's name
  std::string key;     // what tells keys apart, such as a digest; empty for a forge's review
  std::string repository, environment;
  Moment received{};   // by the server's clock
  Moment made{};       // by the signer's: a claim
  bool spent = false;  // a record names it already

  // As the kind has it.
  std::string change, reason, revokes;
  std::optional<Moment> expires;
  std::uint64_t removes = 0;
  std::string commit{};               // of a request, to go back or not
  std::optional<std::string> from{};  // likewise: the environment that it comes from
  std::optional<Seen> seen{};         // of an approval of version 2
  std::uint64_t restores = 0;         // of a request to go back: the record
};

// What all envelopes are held against.
struct Asking {
  std::string repository, environment, change;
  std::span<const VerifiedApproval> given;  // all there are for this environment, revocations too
  Moment now{};                             // when the verdict is taken
  const People& people;
  const std::set<std::string>& revokers;  // people who may approve policy: they revoke anything
};

// An opened envelope as facts; `received` is when the server held it.
VerifiedApproval VerifiedOf(const SignedApproval& opened, Moment received);

// Who signed, or nobody.
Principal SignerOf(const VerifiedApproval& approval, const People& people);

// Why it does not count, half a sentence; empty: it stands. Of kinds without a
// change or an expiry these are not asked.
std::string WhyVoid(const VerifiedApproval& approval, const Asking& asking);

}  // namespace sluice::promotion
