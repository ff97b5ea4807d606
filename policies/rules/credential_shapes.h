// What private keys and tokens look like: one table, and the checks that its
// entries name. The scanner (credentials.cc) finds an entry's anchor; the check
// decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/rule.h"

namespace sluice::policies {

// Which characters follow an anchor, as a set of bits.
using Alphabet = std::uint16_t;
inline constexpr Alphabet kDigits = 1, kHexLower = 2, kHexUpper = 4, kRestLower = 8, kRestUpper = 16;
inline constexpr Alphabet kDash = 32, kUnderscore = 64, kDot = 128, kPlusSlash = 256, kEquals = 512,
                          kSlash = 1024;
inline constexpr Alphabet kHex = kDigits | kHexLower;
inline constexpr Alphabet kUpperDigits = kDigits | kHexUpper | kRestUpper;
inline constexpr Alphabet kWord = kDigits | kHexLower | kHexUpper | kRestLower | kRestUpper;
inline constexpr Alphabet kUrlBase64 = kWord | kDash | kUnderscore;
inline constexpr Alphabet kBase64 = kWord | kPlusSlash | kEquals;

constexpr Alphabet SetsOf(char c) {
  if (c >= '0' && c <= '9') return kDigits;
  if (c >= 'a' && c <= 'f') return kHexLower;
  if (c >= 'A' && c <= 'F') return kHexUpper;
  if (c >= 'g' && c <= 'z') return kRestLower;
  if (c >= 'G' && c <= 'Z') return kRestUpper;
  switch (c) {
    case '-':
      return kDash;
    case '_':
      return kUnderscore;
    case '.':
      return kDot;
    case '+':
      return kPlusSlash;
    case '/':
      return kPlusSlash | kSlash;
    case '=':
      return kEquals;
    default:
      return 0;
  }
}

struct CredentialShape;

// A credential that was found: [begin, end) of the bytes, end > begin.
struct CredentialMatch {
  const Rule* rule = nullptr;
  std::string_view what;  // "GitHub token", for the message
  std::size_t begin = 0;
  std::size_t end = 0;
};

// `at` is where the shape's anchor stands. True where it is a credential.
// Reads a bounded number of bytes, or bytes that no other candidate reads.
using CredentialCheck = bool (*)(std::string_view bytes, std::size_t at, const CredentialShape& shape,
                                 CredentialMatch& match);

bool CheckToken(std::string_view, std::size_t, const CredentialShape&, CredentialMatch&);          // token.cc
bool CheckAssignedToken(std::string_view, std::size_t, const CredentialShape&, CredentialMatch&);  // token.cc
bool CheckPem(std::string_view, std::size_t, const CredentialShape&, CredentialMatch&);  // private_key.cc
bool CheckEncodedPem(std::string_view, std::size_t, const CredentialShape&,
                     CredentialMatch&);  // private_key.cc
bool CheckWebToken(std::string_view, std::size_t, const CredentialShape&, CredentialMatch&);  // web_token.cc
bool CheckUrlPassword(std::string_view, std::size_t, const CredentialShape&,
                      CredentialMatch&);  // url_password.cc

struct CredentialShape {
  std::string_view anchor;  // at least three bytes, or two and the alphabet's
  std::string_view what;
  Alphabet alphabet = 0;  // of what follows the anchor
  std::uint16_t min = 0;  // how many of it
  std::uint16_t max = 0;
  CredentialCheck check = CheckToken;
  std::uint16_t dot_at = 0;  // where the shape has a dot inside
};

// Made up for documentation, or nobody's: words such as "example", runs of one
// character, alphabets in order, and examples known by heart.
bool IsExample(std::string_view body);

// How many characters of `alphabet` stand at `at`, counted up to `limit`.
std::size_t RunLength(std::string_view bytes, std::size_t at, Alphabet alphabet, std::size_t limit);

// True where a token may begin at `at`: no letter or digit before it (an
// escaped line break counts as a break), nor a '-' or '_' that the alphabet has.
bool BeginsToken(std::string_view bytes, std::size_t at, Alphabet alphabet);

}  // namespace sluice::policies
