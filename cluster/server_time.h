// Times as Kubernetes writes them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sluice::cluster {

// RFC 3339, with any zone; fractions of a second are left out. Nothing for what is none.
std::optional<std::chrono::system_clock::time_point> ParseServerTime(std::string_view text);

}  // namespace sluice::cluster
