#include "gate/signers.h"

#include "promotion/chain_head.h"
#include "promotion/trust.h"

namespace sluice::gate {

Result<std::string> PolicyFileOf(const Judges& judges, const PolicySide& side, const std::string& path,
                                 std::size_t limit) {
  if (side.commit.IsZero()) return NotFound("there is no policy branch yet");
  const bool is_floor = &side == judges.floor;
  return promotion::ReadCommitFile(is_floor ? judges.push.floor : judges.push.repository, side.commit, path,
                                   limit);
}

Result<crypto::AllowedSigners> SignersOf(const Judges& judges, const PolicySide& side) {
  constexpr const char* kFile = ".sluice/allowed_signers";
  const Result<std::string> text = PolicyFileOf(judges, side, kFile, crypto::kAllowedSignersBytes);
  if (!text && text.error().kind == ErrorKind::kNotFound) return crypto::AllowedSigners();
  if (!text) return text.error();
  return promotion::ReadPolicySigners(kFile, *text);
}

}  // namespace sluice::gate
