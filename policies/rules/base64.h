// Base64 as people paste it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::policies {

// The bytes of `text` in the standard or the URL alphabet, line breaks and
// missing padding allowed; stops at the first other character and after
// `limit` bytes.
std::string DecodeBase64(std::string_view text, std::size_t limit);

// True where all of `text` is base64: nothing else stands in it or after its
// padding.
bool IsBase64(std::string_view text);

}  // namespace sluice::policies
