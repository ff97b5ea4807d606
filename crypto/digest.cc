// The low-level SHA-256 functions are deprecated in OpenSSL 3 in favour of EVP,
// whose first use loads the providers and costs 0.9 ms: more than all the rest
// of a small push. They touch no global state, so any thread may call us.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/digest.h"

#include <openssl/sha.h>

namespace sluice::crypto {

Sha256 DigestSha256(std::string_view bytes) {
  Sha256 digest;
  static_assert(std::tuple_size_v<Sha256> == SHA256_DIGEST_LENGTH);
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

std::string Hex(const Sha256& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace sluice::crypto
