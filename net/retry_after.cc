#include "net/retry_after.h"

#include <algorithm>
#include <charconv>

namespace sluice::net {
namespace {

using std::chrono::seconds;

constexpr seconds kMost = std::chrono::hours(24);
constexpr std::string_view kDays = "MonTueWedThuFriSatSun";
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view kForm = "Www, 00 Www 0000 00:00:00 GMT";  // 0 a digit, W and w a letter

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool HasForm(std::string_view value) {
  const auto fits = [](char c, char form) {
    if (form == '0') return IsDigit(c);
    return form == 'W' ? c >= 'A' && c <= 'Z' : form == 'w' ? c >= 'a' && c <= 'z' : c == form;
  };
  return std::equal(value.begin(), value.end(), kForm.begin(), kForm.end(), fits);
}

int Number(std::string_view value, std::size_t at, std::size_t digits) {
  int number = 0;
  std::from_chars(value.data() + at, value.data() + at + digits, number);
  return number;
}

// Where a name of three letters stands among such names.
std::optional<unsigned> IndexOf(std::string_view names, std::string_view name) {
  const std::size_t at = names.find(name);
  if (at == names.npos || at % 3 != 0) return std::nullopt;
  return static_cast<unsigned>(at / 3);
}

// IMF-fixdate, the one form that senders may write.
std::optional<std::chrono::sys_seconds> ParseDate(std::string_view value) {
  using namespace std::chrono;
  if (!HasForm(value)) return std::nullopt;
  const auto month = IndexOf(kMonths, value.substr(8, 3));
  if (!month || !IndexOf(kDays, value.substr(0, 3))) return std::nullopt;
  const year_month_day date{year(Number(value, 12, 4)), std::chrono::month(*month + 1),
                            day(static_cast<unsigned>(Number(value, 5, 2)))};
  const int hour = Number(value, 17, 2), minute = Number(value, 20, 2), second = Number(value, 23, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace

std::optional<seconds> ParseRetryAfter(std::string_view value, std::chrono::system_clock::time_point now) {
  if (!value.empty() && std::all_of(value.begin(), value.end(), IsDigit)) {
    long long count = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    return error == std::errc() ? std::min(seconds(count), kMost) : kMost;
  }
  const auto date = ParseDate(value);
  if (!date) return std::nullopt;
  return std::clamp(std::chrono::ceil<seconds>(*date - now), seconds(0), kMost);
}

}  // namespace sluice::net
