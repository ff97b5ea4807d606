// What an approval of version 2 says besides the change digest: which files differ, and who
// wrote them, as its signer's clone shows it (docs/approvals.md, section 1).
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "promotion/approval.h"
#include "promotion/review.h"

namespace sluice::promotion {

inline constexpr std::size_t kSeenBytes = 32u << 10;  // of the paths, as written

// All files where they fit, else one for each rule that asks for people by them: as many are asked for
// by these as by all. kLimit where these do not fit either, or the authors do not.
Result<Seen> SeenOf(const ReviewRules& rules, const std::string& environment, const Codeowners* codeowners,
                    std::span<const std::string> files, std::set<std::string> authors);

}  // namespace sluice::promotion
