// What CLI11 says of words that it cannot take, in ours.
#pragma once

#include <string>
#include <string_view>

namespace sluice::cli {

// `said` itself where it is none of the known sentences.
std::string UsageWords(std::string_view said);

}  // namespace sluice::cli
