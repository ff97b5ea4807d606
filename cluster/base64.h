// Standard base64 with padding, as encoding/base64 of Go reads it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::cluster {

std::string EncodeBase64(std::string_view bytes);
// Line ends anywhere are left out; nothing where another byte, a missing or a
// misplaced padding, or a bit behind the end stands in it.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace sluice::cluster
