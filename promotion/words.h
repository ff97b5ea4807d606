// The words for bytes of docs/ledger.md, section 2: what a digest, a time, a name
// may look like. Everything that is signed is made of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::promotion {

inline constexpr std::uint64_t kMostCount = (1ull << 53) - 1;  // what every reader of JSON holds exactly
inline constexpr std::size_t kTextLineBytes = 1024;

bool IsDigest(std::string_view text);    // 64 lower-case hexadecimal digits
bool IsObjectId(std::string_view text);  // 40 or 64 of them
bool IsLabel(std::string_view text);     // of an environment or a cluster: a DNS label
bool IsTextLine(std::string_view text);  // UTF-8, shown to people: nothing in it moves or hides other text

// "2026-11-26T21:11:00Z" and seconds since 1970, both ways; years 2000 to 9999.
std::optional<std::int64_t> ReadTime(std::string_view text);
std::string TimeText(std::int64_t seconds);

// The digest of bytes, in words.
std::string DigestOf(std::string_view bytes);

}  // namespace sluice::promotion
