// When an environment may move: windows of the week, and freezes between two
// dates. Both follow the clock on the wall of their zone, so that a change of it
// neither moves a window nor opens a freeze. Tested by tests/promotion/calendar_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/range.h"
#include "promotion/zone.h"

namespace sluice::promotion {

inline constexpr unsigned kMinutesOfDay = 24 * 60;

// Open from `begin` up to, not including, `end` of each of its days. Where `end`
// is not after `begin` it is on the next day: the window is that of the day on
// which it opens.
struct Window {
  std::uint8_t days = 0x7f;  // bit 0 is Monday
  unsigned begin = 0, end = kMinutesOfDay;
  std::string zone = "UTC";
  Range range{};
};

// Shut from `begin` up to, not including, `end`.
struct Freeze {
  WallTime begin{}, end{};
  std::string zone = "UTC";
  std::string reason;  // may be empty
  Range range{};
};

// "mon", "mon-thu", "fri-mon", "mon,wed,sat-sun" to the bits of Window::days.
std::optional<std::uint8_t> ParseDays(std::string_view text);
// "09:00-16:00", "22:00-04:00", "00:00-24:00" into `window`; false for anything
// else, and for a window without length.
bool ParseHours(std::string_view text, Window& window);

struct Day {
  WallTime begin{};
  bool whole = false;  // a date without a time: it lasts until the next one begins
};
// "2026-12-18", "2026-12-18T16:00", of a day that the calendar has, 2000 to 9999.
std::optional<Day> ParseDay(std::string_view text);

bool IsOpen(const Window& window, const Zone& zone, Moment now);
// `from` if a window is open then, else when the first of them opens. Nothing
// where none opens within five weeks. Each window's zone must be in `zones`.
std::optional<Moment> NextOpen(std::span<const Window> windows, const Zones& zones, Moment from);

// When it is over, where it holds at `now`.
std::optional<Moment> FrozenUntil(const Freeze& freeze, const Zone& zone, Moment now);

// "mon-thu 09:00-16:00 Europe/Berlin".
std::string Words(const Window& window);

}  // namespace sluice::promotion
