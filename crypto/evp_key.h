// Public keys as libcrypto holds them. For crypto/ alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::crypto {

struct EvpKey;  // an EVP_PKEY
using EvpKeyHandle = std::shared_ptr<const EvpKey>;

enum class Hash : std::uint8_t { kNone, kSha256, kSha384, kSha512 };

// `bytes` are 32. A point that is not on the curve is only found by Holds.
Result<EvpKeyHandle> MakeEd25519Key(std::string_view bytes);
// `group` as libcrypto names it ("P-256"), `point` uncompressed.
Result<EvpKeyHandle> MakeEcdsaKey(const char* group, std::string_view point);
// Numbers of big end first.
Result<EvpKeyHandle> MakeRsaKey(std::string_view modulus, std::string_view exponent);

// Whether the signature over `data` is this key's: 64 bytes of Ed25519 (with
// Hash::kNone), the DER of ECDSA, RSA's as long as the modulus, PKCS #1 v1.5.
// May be called from many threads.
bool Holds(const EvpKey& key, Hash hash, std::string_view signature, std::string_view data);

// The DER of an ECDSA signature.
std::string EcdsaDer(std::string_view r, std::string_view s);

}  // namespace sluice::crypto
