#include "promotion/calendar.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::promotion {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr days kSearch{35};

std::optional<unsigned> DayNumber(std::string_view name) {
  const auto day = std::find(kDays.begin(), kDays.end(), name);
  if (day == kDays.end()) return std::nullopt;
  return static_cast<unsigned>(day - kDays.begin());
}

std::optional<unsigned> Digits(std::string_view text, unsigned most) {
  unsigned number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return !text.empty() && number <= most ? std::optional(number) : std::nullopt;
}

// "HH:MM", up to and with 24:00.
std::optional<unsigned> Minute(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = Digits(text.substr(0, 2), 24), minute = Digits(text.substr(3), 59);
  if (!hour || !minute) return std::nullopt;
  const unsigned all = *hour * 60 + *minute;
  return all <= kMinutesOfDay ? std::optional(all) : std::nullopt;
}

bool HasDay(const Window& window, std::chrono::local_days day) {
  return (window.days >> (std::chrono::weekday(day).iso_encoding() - 1) & 1) != 0;
}

// Minutes from the midnight before to its end.
minutes End(const Window& window) {
  return minutes(window.end > window.begin ? window.end : window.end + kMinutesOfDay);
}

// Every moment at which one of them can begin to be open: where a wall shows a
// window's beginning, and where a wall jumps.
std::vector<Moment> Beginnings(const Window& window, const Zone& zone, Moment from) {
  std::vector<Moment> moments;
  const auto today = std::chrono::floor<days>(zone.Wall(from));
  for (auto day = today - days(1); day <= today + kSearch; day += days(1)) {
    if (!HasDay(window, day)) continue;
    const std::vector<Moment> begins = zone.MomentsOf(WallTime(day) + minutes(window.begin));
    moments.insert(moments.end(), begins.begin(), begins.end());
  }
  for (const Transition& transition : zone.TransitionsIn(from, from + kSearch))
    moments.push_back(transition.at);
  return moments;
}

std::string Clock(unsigned minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); }

std::string DayWords(std::uint8_t bits) {
  std::string words;
  for (unsigned day = 0; day < 7; ++day) {
    if ((bits >> day & 1) == 0) continue;
    unsigned last = day;
    while (last < 6 && (bits >> (last + 1) & 1) != 0) ++last;
    words += (words.empty() ? "" : ",") + std::string(kDays[day]);
    if (last > day) words += "-" + std::string(kDays[last]);
    day = last;
  }
  return words;
}

}  // namespace

std::optional<std::uint8_t> ParseDays(std::string_view text) {
  std::uint8_t bits = 0;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    const std::size_t dash = part.find('-');
    const auto first = DayNumber(part.substr(0, dash));
    const auto last = dash == part.npos ? first : DayNumber(part.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    for (unsigned day = *first;; day = (day + 1) % 7) {
      bits = static_cast<std::uint8_t>(bits | 1u << day);
      if (day == *last) break;
    }
    if (comma == text.npos) return bits;
    text.remove_prefix(comma + 1);
  }
}

bool ParseHours(std::string_view text, Window& window) {
  if (text.size() != 11 || text[5] != '-') return false;
  const auto begin = Minute(text.substr(0, 5)), end = Minute(text.substr(6));
  if (!begin || !end || *begin == *end || *begin == kMinutesOfDay || *end == 0) return false;
  window.begin = *begin, window.end = *end;
  return true;
}

std::optional<Day> ParseDay(std::string_view text) {
  if ((text.size() != 10 && text.size() != 16) || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = Digits(text.substr(0, 4), 9999), month = Digits(text.substr(5, 2), 12),
             day = Digits(text.substr(8, 2), 31);
  if (!year || !month || !day || *year < 2000) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day));
  if (!date.ok()) return std::nullopt;
  const WallTime midnight{std::chrono::local_days(date)};
  if (text.size() == 10) return Day{midnight, true};
  const auto minute = text[10] == 'T' ? Minute(text.substr(11)) : std::nullopt;
  if (!minute || *minute == kMinutesOfDay) return std::nullopt;
  return Day{midnight + minutes(*minute), false};
}

bool IsOpen(const Window& window, const Zone& zone, Moment now) {
  const WallTime wall = zone.Wall(now);
  const auto today = std::chrono::floor<days>(wall);
  const seconds time = wall - today;
  const seconds begin = minutes(window.begin), end = End(window);
  if (HasDay(window, today) && time >= begin && time < end) return true;
  return HasDay(window, today - days(1)) && time + days(1) >= begin && time + days(1) < end;
}

std::optional<Moment> NextOpen(std::span<const Window> windows, const Zones& zones, Moment from) {
  std::optional<Moment> next;
  for (const Window& window : windows) {
    const Zone& zone = zones.find(window.zone)->second;
    if (IsOpen(window, zone, from)) return from;
    for (const Moment moment : Beginnings(window, zone, from))
      if (moment > from && (!next || moment < *next) && IsOpen(window, zone, moment)) next = moment;
  }
  return next;
}

std::optional<Moment> FrozenUntil(const Freeze& freeze, const Zone& zone, Moment now) {
  const Moment end = zone.Last(freeze.end);
  if (now < zone.First(freeze.begin) || now >= end) return std::nullopt;
  return end;
}

std::string Words(const Window& window) {
  std::string words = window.days == 0x7f ? "" : DayWords(window.days) + " ";
  if (window.begin != 0 || window.end != kMinutesOfDay)
    words += Clock(window.begin) + "-" + Clock(window.end) + " ";
  return words + window.zone;
}

}  // namespace sluice::promotion
