// How evidence says that an object holds a value that is filled in elsewhere: what
// was judged is then not what would be applied.
#pragma once

#include <string_view>

namespace sluice::gate {

inline constexpr std::string_view kReplacedByFlux = "${...} is replaced by Flux";
inline constexpr std::string_view kNotKnownHere = "not known here: ";  // and what is not

}  // namespace sluice::gate
