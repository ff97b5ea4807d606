// The header Retry-After (RFC 9110 §10.2.3).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sluice::net {

// How long to wait from `now` on: "120", or a date such as
// "Sun, 06 Nov 1994 08:49:37 GMT" (in the past: 0). At most a day: whoever asks
// for more gets that. Nothing where the value is neither.
std::optional<std::chrono::seconds> ParseRetryAfter(std::string_view value,
                                                    std::chrono::system_clock::time_point now);

}  // namespace sluice::net
