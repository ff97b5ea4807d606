#include "promotion/moment.h"

#include <fmt/format.h>

#include <charconv>

namespace sluice::promotion {
namespace {

struct Unit {
  char letter;
  std::chrono::seconds length;
};
constexpr Unit kUnits[] = {
    {'s', std::chrono::seconds(1)},
    {'m', std::chrono::minutes(1)},
    {'h', std::chrono::hours(1)},
    {'d', std::chrono::days(1)},
};
constexpr std::chrono::seconds kLongest = std::chrono::days(366);

struct Part {
  std::string_view name;
  std::chrono::seconds length;
};
constexpr Part kParts[] = {
    {"d", std::chrono::days(1)},
    {"h", std::chrono::hours(1)},
    {"min", std::chrono::minutes(1)},
    {"s", std::chrono::seconds(1)},
};

}  // namespace

Moment Now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

std::string Text(Moment moment) {
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(moment - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::optional<std::chrono::seconds> ParseDuration(std::string_view text) {
  std::int32_t count = 0;
  const char* const end = text.data() + text.size();
  if (text.empty() || text[0] < '1' || text[0] > '9') return std::nullopt;
  const auto number = std::from_chars(text.data(), end, count);
  if (number.ec != std::errc() || end - number.ptr != 1) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (*number.ptr != unit.letter) continue;
    if (count > kLongest / unit.length) return std::nullopt;
    return count * unit.length;
  }
  return std::nullopt;
}

std::string Words(std::chrono::seconds duration) {
  std::string words;
  int parts = 0;
  for (const Part& part : kParts) {
    const auto count = duration / part.length;
    duration -= count * part.length;
    if (count == 0 && parts == 0) continue;
    if (count != 0) words += fmt::format("{}{} {}", words.empty() ? "" : " ", count, part.name);
    if (++parts == 2) break;
  }
  return words.empty() ? "0 s" : words;
}

}  // namespace sluice::promotion
