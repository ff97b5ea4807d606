// SSH public keys (RFC 4253, 5656, 8709; PROTOCOL.certkeys and PROTOCOL.u2f of
// OpenSSH): what a signature is checked with, and who may have made it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::crypto {

struct EvpKey;

enum class KeyAlgorithm : std::uint8_t { kEd25519, kEcdsa256, kEcdsa384, kEcdsa521, kRsa };

// What a certificate says, once its authority's signature held.
struct Certificate {
  bool user = false;                    // else of a host
  std::vector<std::string> principals;  // at most 256
  std::uint64_t valid_after = 0;        // seconds since 1970; valid at `after`, not at `before`
  std::uint64_t valid_before = 0;
  std::string authority;  // `plain` of the key that signed it
  unsigned authority_bits = 0;
};

// Plain data, made by the functions below; copies share the key of libcrypto.
struct PublicKey {
  KeyAlgorithm algorithm = KeyAlgorithm::kEd25519;
  bool security_key = false;  // FIDO: signatures carry flags and a counter
  std::string type;           // of the bare key, "sk-ssh-ed25519@openssh.com"
  std::string blob;           // as it was given, certificate and all
  std::string plain;          // the blob of the bare key: two keys are one if these are equal
  std::string application;    // of a security key, "ssh:"
  unsigned bits = 0;
  std::shared_ptr<const Certificate> certificate;  // null for a bare key
  std::shared_ptr<const EvpKey> key;
};

// From the bytes of a key or a certificate (at most 64 KiB), whose authority's
// signature must hold. A key has one spelling: other names of a type and
// numbers with zeros in front, which OpenSSH reads, are refused; so are DSA and
// certificates that were signed with SHA-1. kLimit for RSA below 1,024 bits.
Result<PublicKey> ReadPublicKey(std::string_view blob);

// From "TYPE BASE64" and whatever follows after a blank: a line of a key file.
Result<PublicKey> ReadPublicKeyLine(std::string_view line);

// The first two words of its line, without the certificate.
std::string PublicKeyLine(const PublicKey& key);

// "SHA256:…", as ssh-keygen -l prints it.
std::string Fingerprint(const PublicKey& key);

// What a security key says of the moment when it signed.
struct SecurityKeyWords {
  bool present = false;   // somebody touched it
  bool verified = false;  // and was known to it (PIN, finger)
  std::uint32_t counter = 0;
};

// Whether `signature` (a type and its bytes, as SSH writes them) over `data` was
// made with this key; an Error says why it was not. May be called from many threads.
Result<SecurityKeyWords> VerifyWithKey(const PublicKey& key, std::string_view signature,
                                       std::string_view data);

}  // namespace sluice::crypto
