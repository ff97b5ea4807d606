// Files of allowed signers, read as OpenSSH's ssh-keygen reads them (ALLOWED
// SIGNERS in ssh-keygen(1); 9.2 of Debian 12 and 10.0 of Debian 13 agree): whose
// key may sign what, and when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/public_key.h"

namespace sluice::crypto {

inline constexpr std::size_t kAllowedSignersBytes = 1u << 20;

// One line: PRINCIPALS [OPTIONS] TYPE BASE64 [COMMENT].
struct AllowedSigner {
  std::size_t line = 0;    // from 1
  std::string principals;  // patterns with commas between them
  bool authority = false;  // the key signs certificates
  std::optional<std::string> namespaces;
  std::uint64_t valid_after = 0;   // seconds since 1970, this one included; 0: always
  std::uint64_t valid_before = 0;  // likewise, included
  bool local_time = false;         // some time has no Z, so that it depends on the machine
  PublicKey key;
};

// What is wrong with a line. ssh-keygen passes over such a line when it verifies,
// and so do we; whoever changes the file should hear of it.
struct SignersProblem {
  std::size_t line = 0;
  std::string message;
};

struct AllowedSigners {
  std::vector<AllowedSigner> lines;  // in the order of the file
  std::vector<SignersProblem> problems;
};

// kLimit past kAllowedSignersBytes. Times without Z are read in the time zone
// of this process (TZ, /etc/localtime).
Result<AllowedSigners> ReadAllowedSigners(std::string_view text);

struct SignerQuestion {
  const PublicKey& key;  // of the signature
  std::string_view principal;
  std::string_view ns;
  std::int64_t time =
      0;  // seconds since 1970 at which the key must be good: the caller's, never the signer's
};

// The first line that lets this key sign as this principal; an Error names what
// the nearest line lacks.
Result<const AllowedSigner*> FindSigner(const AllowedSigners& signers, const SignerQuestion& question);

}  // namespace sluice::crypto
