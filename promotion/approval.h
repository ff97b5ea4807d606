// What people sign: docs/approvals.md. One shape, nine kinds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/allowed_signers.h"
#include "promotion/envelope.h"

namespace sluice::promotion {

enum class ApprovalKind : std::uint8_t {
  kApproval,
  kBreakGlass,
  kConsent,
  kFreeze,
  kHold,
  kRecovery,
  kRequest,
  kRevocation,
  kRollback,
};

// Whether one of this kind asks that a commit be recorded.
constexpr bool IsRequest(ApprovalKind kind) {
  return kind == ApprovalKind::kRequest || kind == ApprovalKind::kRollback;
}

// What whoever approved saw of the change that its digest does not hold: version 2 of an
// `approval`. The recorder cannot say it otherwise, so a verifier without the source asks by it.
struct Seen {
  std::vector<std::string> authors;  // people who wrote the commits; sorted
  std::vector<std::string> files;    // of those that differ, paths of the repository; sorted as written
};
inline constexpr std::size_t kSeenFiles = 1'000, kSeenAuthors = 256;

struct Approval {
  ApprovalKind kind = ApprovalKind::kApproval;
  std::string environment;
  std::string person;
  std::string repository;
  std::int64_t made = 0;  // by the signer's clock: nothing is decided by it

  // The rest is there as the kind has it, else empty or zero.
  std::string change;
  std::string commit;
  std::optional<std::string> from;
  std::int64_t expires = 0;
  std::string reason;
  std::uint64_t removes = 0;
  std::uint64_t restores = 0;
  std::string revokes;
  std::optional<Seen> seen{};
};

std::string_view NameOf(ApprovalKind kind);
// In the order of the kinds, which is that of their bytes.
std::span<const std::string_view> ApprovalKindNames();

// The payload; an Error names `what` and the byte.
Result<Approval> ReadApproval(const std::string& what, std::string payload);
// The one text of it; an Error where some value is not as it should be.
Result<std::string> ApprovalText(const Approval& approval);

// The ref behind which the envelope of this digest lies: a revocation behind the digest of
// what it revokes.
std::string ApprovalRef(const Approval& approval, std::string_view envelope_digest);

// Whose keys count, at one version of the policy. Not owned.
struct Trusted {
  const crypto::AllowedSigners& signers;
  const crypto::PublicKey* operator_key = nullptr;  // for kRecovery; null: nobody's
};

struct SignedApproval {
  Approval approval;
  std::string digest;  // of the envelope
  crypto::PublicKey key;
  crypto::SecurityKeyWords words;
};

// What an envelope says of itself. Nobody has asked whether its signature holds.
Result<Approval> ReadUnproven(const std::string& what, std::string_view envelope);

// An envelope of a person: read, its signature held, its key that person's at
// `time`, when the server received it. Whether it counts for a change is asked by
// whoever knows the change.
Result<SignedApproval> OpenApproval(const std::string& what, std::string_view envelope,
                                    const Trusted& trusted, std::int64_t time);

}  // namespace sluice::promotion
