#include "cluster/server_time.h"

#include <algorithm>
#include <charconv>

namespace sluice::cluster {
namespace {

// Two digits and so on at `at`; -1 where they are none.
int Digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int number = 0;
  const char* begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + count, number);
  return error == std::errc() && end == begin + count && *begin != '-' ? number : -1;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> ParseServerTime(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't'))
    return std::nullopt;
  if (text[13] != ':' || text[16] != ':') return std::nullopt;
  const int y = Digits(text, 0, 4), mo = Digits(text, 5, 2), d = Digits(text, 8, 2);
  const int h = Digits(text, 11, 2), mi = Digits(text, 14, 2), s = Digits(text, 17, 2);
  const year_month_day date{year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
  if (std::min({y, mo, d, h, mi, s}) < 0 || !date.ok() || h > 23 || mi > 59 || s > 60) return std::nullopt;
  text.remove_prefix(19);
  if (text.starts_with('.'))
    text.remove_prefix(std::min(text.find_first_not_of("0123456789", 1), text.size()));
  const auto time = sys_days(date) + hours(h) + minutes(mi) + seconds(s);
  if (text == "Z" || text == "z") return time;
  const int zone_hours = Digits(text, 1, 2), zone_minutes = Digits(text, 4, 2);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || zone_hours < 0 ||
      zone_hours > 23 || zone_minutes < 0 || zone_minutes > 59)
    return std::nullopt;
  const auto offset = hours(zone_hours) + minutes(zone_minutes);
  return text[0] == '+' ? time - offset : time + offset;
}

}  // namespace sluice::cluster
