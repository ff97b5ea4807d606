// The scanner: one pass over any bytes, for the anchors of all shapes at once.
//
// A table gives each byte the sets of shapes (eight of them) that have it first,
// second or third in their anchor. At each place three look-ups and two ANDs say
// whether an anchor can begin there; eight places are asked before one branch.
// What remains (about one place in a thousand of ordinary YAML) is compared with
// the anchors of its sets, then given to the shape's own check. Everything here
// is linear in the bytes. Tested by credentials_test.cc, which runs a slow
// search beside it.
#include "policies/rules/credentials.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "policies/native.h"
#include "policies/rules/credential_shapes.h"
#include "policies/rules/credential_table.h"
#include "policies/rules/rules.h"
#include "policies/rules/words.h"

namespace sluice::policies {
namespace {

constexpr unsigned kSets = 16;
constexpr unsigned kPlaces = 4;
constexpr std::size_t kBlock = 8;  // places that one branch speaks of

// Anchors that begin alike share a set: few bytes then belong to each.
constexpr unsigned SetOf(std::string_view anchor) {
  const auto first = static_cast<unsigned char>(anchor[0]);
  return (first ^ first >> 4) % kSets;
}

// One bit a set and place: bits 0 to 15 are the sets that have the byte first.
using Filter = std::array<std::uint64_t, 256>;

// Behind a short anchor stands its alphabet, or anything.
constexpr bool Fits(const CredentialShape& shape, unsigned place, char c) {
  if (place < shape.anchor.size()) return shape.anchor[place] == c;
  return shape.alphabet == 0 || (SetsOf(c) & shape.alphabet) != 0;
}

constexpr Filter MakeFilter() {
  Filter filter{};
  for (const CredentialShape& shape : kCredentialShapes) {
    const std::uint64_t set = std::uint64_t{1} << SetOf(shape.anchor);
    for (unsigned place = 0; place < kPlaces; ++place) {
      for (unsigned byte = 0; byte < 256; ++byte) {
        if (Fits(shape, place, static_cast<char>(byte))) filter[byte] |= set << kSets * place;
      }
    }
  }
  return filter;
}

constexpr Filter kFilter = MakeFilter();

// The sets of which an anchor may begin at `p`; four bytes are read.
std::uint64_t SetsAt(const unsigned char* p) {
  return kFilter[p[0]] & kFilter[p[1]] >> kSets & kFilter[p[2]] >> 2 * kSets & kFilter[p[3]] >> 3 * kSets;
}

// The sets of all places of a block together: as SetsAt, from the last byte to
// the first, with each look-up done once and each pair of bytes joined once.
std::uint64_t SetsInBlock(const unsigned char* p) {
  std::uint64_t sets = 0;
  std::uint64_t next = kFilter[p[kBlock + 2]];
  std::uint64_t pair_after = 0, pair_behind = 0;  // of the next byte, and of the one behind it
#pragma GCC unroll 16
  for (std::size_t i = kBlock + 2; i-- > 0;) {
    const std::uint64_t byte = kFilter[p[i]];
    const std::uint64_t pair = byte & next >> kSets;
    if (i < kBlock) sets |= pair & pair_behind >> 2 * kSets;
    pair_behind = pair_after;
    pair_after = pair;
    next = byte;
  }
  return sets & ((1u << kSets) - 1);
}

// The first place from `at` on where an anchor may begin; the size where none
// does. No credential is shorter than four bytes.
std::size_t NextCandidate(std::string_view bytes, std::size_t at) {
  const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
  for (; at + kBlock + kPlaces <= bytes.size(); at += kBlock) {
    if (SetsInBlock(p + at) == 0) continue;
    while (SetsAt(p + at) == 0) ++at;
    return at;
  }
  for (; at + kPlaces <= bytes.size(); ++at) {
    if (SetsAt(p + at) != 0) return at;
  }
  return bytes.size();
}

// The shapes of each set, as places in kCredentialShapes.
struct Members {
  std::array<std::uint8_t, kCredentialShapes.size()> shapes{};
  std::size_t count = 0;
};

constexpr std::array<Members, kSets> MakeMembers() {
  static_assert(kCredentialShapes.size() < 256);
  std::array<Members, kSets> sets{};
  for (std::size_t i = 0; i < kCredentialShapes.size(); ++i) {
    Members& members = sets[SetOf(kCredentialShapes[i].anchor)];
    members.shapes[members.count++] = static_cast<std::uint8_t>(i);
  }
  return sets;
}

constexpr std::array<Members, kSets> kMembers = MakeMembers();

bool CheckCandidate(std::string_view bytes, std::size_t at, CredentialMatch& match) {
  const std::string_view rest = bytes.substr(at);
  std::uint64_t sets = SetsAt(reinterpret_cast<const unsigned char*>(rest.data()));
  for (; sets != 0; sets &= sets - 1) {
    const Members& members = kMembers[static_cast<std::size_t>(std::countr_zero(sets))];
    for (std::size_t i = 0; i < members.count; ++i) {
      const CredentialShape& shape = kCredentialShapes[members.shapes[i]];
      if (rest.starts_with(shape.anchor) && shape.check(bytes, at, shape, match)) return true;
    }
  }
  return false;
}

// The next credential from `at` on; moves `at` behind it.
bool NextMatch(std::string_view bytes, std::size_t& at, CredentialMatch& match) {
  for (at = NextCandidate(bytes, at); at < bytes.size(); at = NextCandidate(bytes, at + 1)) {
    if (!CheckCandidate(bytes, at, match)) continue;
    at = std::max(at + 1, match.end);
    return true;
  }
  return false;
}

// Counts lines and code points on the way; only ever moves forward.
struct Cursor {
  std::string_view bytes;
  std::size_t offset = 0;
  Position position{1, 1};

  Position MoveTo(std::size_t target) {
    for (; offset < target; ++offset) {
      const auto byte = static_cast<unsigned char>(bytes[offset]);
      if (byte == '\n') {
        ++position.line;
        position.column = 1;
      } else if ((byte & 0xc0) != 0x80) {
        ++position.column;
      }
    }
    return position;
  }
};

}  // namespace

bool HoldsCredential(std::string_view text) {
  std::size_t at = 0;
  CredentialMatch match;
  return NextMatch(text, at, match);
}

Findings CheckCredentials(std::string_view path, std::string_view bytes) {
  Findings findings;
  Cursor cursor{.bytes = bytes};
  CredentialMatch match;
  for (std::size_t at = 0; NextMatch(bytes, at, match);) {
    if (match.begin < cursor.offset) continue;
    if (IsFull(findings)) break;
    const Position begin = cursor.MoveTo(match.begin);
    const Range range{begin, cursor.MoveTo(match.end)};
    findings.push_back(MakeFinding(
        *match.rule, std::string(path), range,
        std::string(match.what) + (match.rule == &kEncryptedPrivateKeyRule ? "" : " in plain text")));
  }
  return findings;
}

}  // namespace sluice::policies
