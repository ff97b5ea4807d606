// Base64 (RFC 4648, section 4): the standard alphabet, padded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::crypto {

enum class Blanks : unsigned char {
  kRefuse,
  kSkipLineEnds,  // CR and LF may stand anywhere, as encoding/base64 of Go reads it
  kSkip,          // white space of ASCII may stand anywhere, as in key files and armour
};

std::string ToBase64(std::string_view bytes);

// Nothing where the text is anything else: another alphabet, no padding, bits
// behind the end. So bytes have one text, blanks aside.
std::optional<std::string> FromBase64(std::string_view text, Blanks blanks = Blanks::kRefuse);

}  // namespace sluice::crypto
