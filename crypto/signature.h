// SSH signatures over bytes (SSHSIG), verified here as `ssh-keygen -Y verify`
// does; crypto/sign.h makes them, by ssh-keygen.
//
//   Result<Signature> signature = ReadArmour(text);
//   if (!signature) …                              // no signature at all
//   auto held = Verify(*signature, "sluice-record", message);
//   if (!held) …                                   // of other bytes, another use, another key
//   auto line = FindSigner(signers, {.key = signature->key, .principal = "ana", …});
//
// The first says that the holder of the key signed these bytes for this use; only
// the last (crypto/allowed_signers.h) says whose key it is. What ssh-keygen
// takes and we do not: docs/ledger.md, section 3. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/public_key.h"

namespace sluice::crypto {

inline constexpr std::size_t kSignatureBytes = 16u << 10;  // of a blob
inline constexpr unsigned kRsaBits = 2048;                 // fewer are no longer trusted (NIST SP 800-131A)

enum class MessageHash : std::uint8_t { kSha256, kSha512 };

struct Signature {
  PublicKey key;
  std::string ns;  // what it was made for, "git", "sluice-approval"
  MessageHash hash = MessageHash::kSha512;
  std::string bytes;  // of the key's own kind; VerifyWithKey takes them
};

// The blob, kLimit past kSignatureBytes.
Result<Signature> ReadSignature(std::string_view blob);
// The lines that ssh-keygen writes, from the first byte on; what comes after
// the END line is not looked at.
Result<Signature> ReadArmour(std::string_view text);

// The one spelling of a signature: what ReadSignature takes may differ from it in
// fields that are not signed (version 0, the reserved one).
std::string SignatureBlob(const Signature& signature);
// The lines that ssh-keygen reads.
std::string Armour(std::string_view blob);

struct VerifyOptions {
  unsigned rsa_bits = kRsaBits;  // ssh-keygen: 1,024
};

// Whether the signature is over this message for this use; an Error says why not.
Result<SecurityKeyWords> Verify(const Signature& signature, std::string_view ns, std::string_view message,
                                const VerifyOptions& options = {});

}  // namespace sluice::crypto
