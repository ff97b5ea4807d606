// HMAC-SHA-256 (RFC 2104), and the comparison that tells an attacker nothing. No program
// uses it yet: the webhook service will, for what a forge signs.
#pragma once

#include <string_view>

#include "crypto/digest.h"

namespace sluice::crypto {

Sha256 HmacSha256(std::string_view key, std::string_view message);

// Takes the same time wherever the texts differ; that their lengths differ is no
// secret.
bool EqualInConstantTime(std::string_view a, std::string_view b);

}  // namespace sluice::crypto
