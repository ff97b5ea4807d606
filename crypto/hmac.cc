// Over our own SHA-256: libcrypto's HMAC starts its providers first.
#include "crypto/hmac.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>

namespace sluice::crypto {
namespace {

constexpr std::size_t kBlock = 64;  // bytes that SHA-256 takes at once

std::string_view View(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Sha256 HmacSha256(std::string_view key, std::string_view message) {
  std::array<char, kBlock> padded{};
  const Sha256 short_key = key.size() > kBlock ? DigestSha256(key) : Sha256{};
  if (key.size() > kBlock) key = View(short_key);
  std::copy(key.begin(), key.end(), padded.begin());
  std::array<char, kBlock> inner = padded, outer = padded;
  for (char& byte : inner) byte = static_cast<char>(byte ^ 0x36);
  for (char& byte : outer) byte = static_cast<char>(byte ^ 0x5c);
  const Sha256 digest = DigestSha256({std::string_view(inner.data(), kBlock), message});
  return DigestSha256({std::string_view(outer.data(), kBlock), View(digest)});
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace sluice::crypto
