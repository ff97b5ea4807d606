// Times as promotion speaks of them: UTC to the second. Tested by
// tests/promotion/moment_test.cc.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::promotion {

using Moment = std::chrono::sys_seconds;

// By the precise clock. std::time reads a coarse one, which lags by some milliseconds: of two
// times taken one after the other, the second may be the earlier one.
Moment Now();

// "2026-11-26T21:11:00Z".
std::string Text(Moment moment);

// "30m", "24h", "7d": a whole number from 1 and one unit, at most 366 days.
// Nothing for anything else.
std::optional<std::chrono::seconds> ParseDuration(std::string_view text);

// "45 s", "2 h 5 min", "3 d": the two largest parts.
std::string Words(std::chrono::seconds duration);

}  // namespace sluice::promotion
