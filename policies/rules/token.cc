// secret/token: an anchor, the characters that may follow, and how many. The
// boundary rules of BeginsToken make the runs of two candidates disjoint, so a
// file that is all anchors is still read in linear time.
#include <algorithm>
#include <array>
#include <bitset>
#include <string>

#include "policies/rules/credential_shapes.h"
#include "policies/rules/rules.h"

namespace sluice::policies {

constexpr Rule kTokenRule{
    .id = "secret/token",
    .title = "a token or API key in plain text",
    .why =
        "Whoever can read the repository, its clones or its backups, now or later, can use it. Bots read "
        "public repositories within minutes.",
    .remedy =
        "revoke the token first, then keep the new one in a Secret that is encrypted or made by "
        "reference",
    .fails = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: mirror
  namespace: shop
data:
  token: ghp_)"
             R"(x7Kq2mVb9RtLw4YzNc8JdHs5PfGa3EuTiQo1
)",
    .passes = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: mirror
  namespace: shop
data:
  tokenFrom: mirror-token
)",
};

namespace {

// Case is ignored. Long enough that no random token holds one.
constexpr std::array<std::string_view, 12> kExampleWords = {
    "example", "xxxxx", "placeholder", "redacted",  "changeme", "sample",
    "dummy",   "your_", "your-",       "yourtoken", "notreal",  "00000000"};

// Published in the issuers' own documentation, in full or in part.
constexpr std::array<std::string_view, 4> kKnownExamples = {
    "16C7e42F292c6912E7710c838347Ae178B4a",                            // GitHub's REST pages
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq",  // Azurite, the same for everyone
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",                     // jwt.io
    "TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ",                     // jwt.io, before 2018
};

constexpr std::size_t kFewCharacters = 6;  // different ones in a body

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool HoldsIgnoringCase(std::string_view text, std::string_view word) {
  const auto found = std::search(text.begin(), text.end(), word.begin(), word.end(),
                                 [](char a, char b) { return Lower(a) == b; });
  return found != text.end();
}

std::size_t DifferentCharacters(std::string_view text) {
  std::bitset<256> seen;
  for (const char c : text) seen.set(static_cast<unsigned char>(c));
  return seen.count();
}

// "abcdef…", "1234567890…".
bool IsInOrder(std::string_view text) {
  std::size_t steps = 0;
  for (std::size_t i = 1; i < text.size(); ++i) steps += text[i] == text[i - 1] + 1 ? 1 : 0;
  return steps * 2 > text.size();
}

bool IsSpacing(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '"' || c == '\'' || c == ':' || c == '=' ||
         c == ',';
}

bool IsTokenBody(std::string_view body, const CredentialShape& shape) {
  if (body.size() < shape.min || body.size() > shape.max) return false;
  if (shape.dot_at != 0 && body[shape.dot_at] != '.') return false;
  return !IsExample(body);
}

}  // namespace

bool IsExample(std::string_view body) {
  if (DifferentCharacters(body) < kFewCharacters || IsInOrder(body)) return true;
  const auto holds = [body](std::string_view word) { return HoldsIgnoringCase(body, word); };
  if (std::any_of(kExampleWords.begin(), kExampleWords.end(), holds)) return true;
  return std::any_of(kKnownExamples.begin(), kKnownExamples.end(),
                     [body](std::string_view known) { return body.find(known) != std::string_view::npos; });
}

std::size_t RunLength(std::string_view bytes, std::size_t at, Alphabet alphabet, std::size_t limit) {
  const std::size_t end = std::min(bytes.size(), at + limit);
  std::size_t next = at;
  while (next < end && (SetsOf(bytes[next]) & alphabet) != 0) ++next;
  return next - at;
}

bool BeginsToken(std::string_view bytes, std::size_t at, Alphabet alphabet) {
  if (at == 0) return true;
  const char before = bytes[at - 1];
  const Alphabet sets = SetsOf(before);
  if ((sets & kWord) != 0) {
    return at >= 2 && bytes[at - 2] == '\\' && (before == 'n' || before == 'r' || before == 't');
  }
  return (sets & alphabet & (kDash | kUnderscore)) == 0;
}

bool CheckToken(std::string_view bytes, std::size_t at, const CredentialShape& shape,
                CredentialMatch& match) {
  const std::size_t begin = at + shape.anchor.size();
  // An infix, and a name that ends in the anchor, have no beginning of their own.
  const bool has_beginning = shape.anchor != "T3BlbkFJ" && shape.anchor[0] != '.';
  if (has_beginning && !BeginsToken(bytes, at, shape.alphabet)) return false;
  const std::size_t run = RunLength(bytes, begin, shape.alphabet, std::size_t{shape.max} + 1);
  if (!IsTokenBody(bytes.substr(begin, run), shape)) return false;
  match = {.rule = &kTokenRule, .what = shape.what, .begin = at, .end = begin + run};
  return true;
}

// `NAME: value`, `NAME="value"`, and the two lines of a container's env.
bool CheckAssignedToken(std::string_view bytes, std::size_t at, const CredentialShape& shape,
                        CredentialMatch& match) {
  constexpr std::size_t kBetween = 96;
  std::size_t begin = at + shape.anchor.size();
  const std::size_t limit = std::min(bytes.size(), begin + kBetween);
  while (begin < limit && IsSpacing(bytes[begin])) ++begin;
  if (bytes.substr(begin, 6) == "value:") begin += 6;
  while (begin < limit && IsSpacing(bytes[begin])) ++begin;
  const std::size_t run = RunLength(bytes, begin, shape.alphabet, std::size_t{shape.max} + 1);
  if (!IsTokenBody(bytes.substr(begin, run), shape)) return false;
  match = {.rule = &kTokenRule, .what = shape.what, .begin = begin, .end = begin + run};
  return true;
}

}  // namespace sluice::policies
