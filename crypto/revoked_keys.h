// Keys that count for nothing any more: a list of public keys, one a line, as
// `ssh-keygen -Y verify -r` reads it. No program uses it yet: the webhook service will, for
// keys that its operator takes back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/public_key.h"

namespace sluice::crypto {

struct RevokedKeys {
  std::vector<std::string> plain;  // `PublicKey::plain` of each, sorted
};

// At most 1 MiB. A line that is no key is an Error, since it may have been meant
// to be one; RSA keys that are too short to be taken anywhere are passed over. Key
// revocation lists in OpenSSH's binary form (KRL) are refused by name.
Result<RevokedKeys> ReadRevokedKeys(std::string_view text);

// The key itself, or the authority of its certificate.
bool IsRevoked(const RevokedKeys& revoked, const PublicKey& key);

}  // namespace sluice::crypto
