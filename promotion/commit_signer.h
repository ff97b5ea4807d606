// Whose SSH signature a commit carries (git's gpg.format=ssh). The author's name
// in a commit is a claim; this is none. Signatures of other kinds are nobody's here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/oid.h"
#include "crypto/allowed_signers.h"
#include "promotion/people.h"

namespace sluice::promotion {

// `commit` are the bytes of the commit object, as they stand. The principal in
// `signers` by whose key the signature in the namespace `git` holds, good at `time`
// (seconds since 1970), one of a person's `keys`; empty: nobody's. So is a commit with
// two signatures, or with one under the header of the other kind of hash.
std::string CommitSigner(std::string_view commit, HashKind hash, const crypto::AllowedSigners& signers,
                         const People& people, std::int64_t time);

}  // namespace sluice::promotion
