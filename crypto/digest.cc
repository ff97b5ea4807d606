// The low-level functions are deprecated in OpenSSL 3 in favour of EVP,
// whose first use loads the providers and costs 0.9 ms: more than all the rest
// of a small push. They touch no global state, so any thread may call us.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/digest.h"

#include <openssl/sha.h>

#include <mutex>

// libcrypto looks at the processor before main(): 40 us in each hook on a virtual
// machine, to digest a few kilobytes. In static programs the linker hands that
// call to us (--wrap, cmake/SluiceTargets.cmake); in others there is nothing to call.
extern "C" __attribute__((weak)) void __real_OPENSSL_cpuid_setup();
extern "C" void __wrap_OPENSSL_cpuid_setup() {}

namespace sluice::crypto {

void UseProcessor() {
  static std::once_flag once;
  if (__real_OPENSSL_cpuid_setup != nullptr) std::call_once(once, __real_OPENSSL_cpuid_setup);
}

Sha1 DigestSha1(std::initializer_list<std::string_view> parts) {
  Sha1 digest;
  static_assert(std::tuple_size_v<Sha1> == SHA_DIGEST_LENGTH);
  SHA_CTX context;
  SHA1_Init(&context);
  for (const std::string_view part : parts) SHA1_Update(&context, part.data(), part.size());
  SHA1_Final(digest.data(), &context);
  return digest;
}

Sha256 DigestSha256(std::initializer_list<std::string_view> parts) {
  Sha256 digest;
  static_assert(std::tuple_size_v<Sha256> == SHA256_DIGEST_LENGTH);
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const std::string_view part : parts) SHA256_Update(&context, part.data(), part.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

Sha256 DigestSha256(std::string_view bytes) { return DigestSha256({bytes}); }

Sha512 DigestSha512(std::string_view bytes) {
  Sha512 digest;
  static_assert(std::tuple_size_v<Sha512> == SHA512_DIGEST_LENGTH);
  SHA512_CTX context;
  SHA512_Init(&context);
  SHA512_Update(&context, bytes.data(), bytes.size());
  SHA512_Final(digest.data(), &context);
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
