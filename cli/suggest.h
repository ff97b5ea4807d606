// "did you mean": the nearest of some known words.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sluice::cli {

// The word of `known` that `typed` most likely meant; empty where none is near
// (more than a third of its letters differ). Words over 64 bytes mean none.
std::string_view Nearest(std::string_view typed, std::span<const std::string_view> known);

}  // namespace sluice::cli
