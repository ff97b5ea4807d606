// What somebody meant who mistyped a name.
#pragma once

#include <span>
#include <string_view>

namespace sluice::manifests {

// The member of `names` that `name` was most likely meant to be: equal but for
// case, else within a small edit distance. Empty where none is near.
std::string_view Nearest(std::string_view name, std::span<const std::string_view> names);

}  // namespace sluice::manifests
