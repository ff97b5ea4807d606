// Globs of configuration files, over paths and what is written like them.
#pragma once

#include <string_view>

namespace sluice {

// `**` any parts, `*` and `?` within one part, nothing else special. The work is
// at most the product of the two lengths.
bool GlobMatches(std::string_view glob, std::string_view path);

}  // namespace sluice
