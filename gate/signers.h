// Whose keys count, by one side's policy.
#pragma once

#include "crypto/allowed_signers.h"
#include "gate/ref_content.h"

namespace sluice::gate {

// `.sluice/allowed_signers` at the commit of `side`, one of `judges`; none where there is
// no such file. An Error: it does not mean the same everywhere (promotion/trust.h).
Result<crypto::AllowedSigners> SignersOf(const Judges& judges, const PolicySide& side);

// A file of the policy side, for what is read beside its configuration; kNotFound.
Result<std::string> PolicyFileOf(const Judges& judges, const PolicySide& side, const std::string& path,
                                 std::size_t limit);

}  // namespace sluice::gate
