// Names of files in messages.
#pragma once

#include <string>
#include <string_view>

namespace sluice::git {

// `name` as plain ASCII, what a terminal could take for something else written
// as \xNN, cut at 80 bytes.
std::string Printable(std::string_view name);

}  // namespace sluice::git
