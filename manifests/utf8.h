// Code points of UTF-8 text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::manifests {

struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;  // in bytes; 0: what stands there is not UTF-8
};

// The code point that begins at `bytes[at]`; `at` is inside. Overlong forms,
// surrogates and values above U+10FFFF are not UTF-8.
CodePoint DecodeUtf8(std::string_view bytes, std::size_t at);

bool IsUtf8(std::string_view bytes);

// How many code points begin in `bytes`.
std::uint32_t CountCodePoints(std::string_view bytes);

void AppendUtf8(char32_t value, std::string& out);

}  // namespace sluice::manifests
