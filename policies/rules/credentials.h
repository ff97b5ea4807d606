// The scanner for private keys and tokens, for the rules of this folder.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::policies {

// True where CheckCredentials would report anything in `text`.
bool HoldsCredential(std::string_view text);

}  // namespace sluice::policies
