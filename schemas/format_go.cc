#include <array>
#include <cctype>
#include <cstdint>
#include <limits>

#include "schemas/format.h"
#include "schemas/format_text.h"

// Quantities, durations, times and base64 as the Go code of an API server
// reads them, odd corners included ("." is a quantity, "T5:00:00Z" a time).
// Sources: apimachinery pkg/api/resource/{quantity,suffix}.go, Go's
// time/format.go and encoding/base64. Test: tests/schemas/format_test.cc.

namespace sluice::schemas {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t CountDigits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && IsDigit(text[count])) ++count;
  return count;
}

void TakeSign(std::string_view& text) {
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
}

// What stands after the number of a quantity: an SI or binary suffix, or an exponent.
bool IsQuantitySuffix(std::string_view suffix) {
  constexpr std::array<std::string_view, 16> kSuffixes{"",  "n", "u",  "m",  "k",  "M",  "G",  "T",
                                                       "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  for (const std::string_view known : kSuffixes) {
    if (suffix == known) return true;
  }
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return false;
  suffix.remove_prefix(1);
  TakeSign(suffix);
  return !suffix.empty() && suffix.size() <= 18 && CountDigits(suffix) == suffix.size();
}

struct DurationUnit {
  std::string_view name;
  double nanoseconds;
};
constexpr std::array<DurationUnit, 8> kUnits{{{"ns", 1},
                                              {"us", 1e3},
                                              {"\u00b5s", 1e3},
                                              {"\u03bcs", 1e3},
                                              {"ms", 1e6},
                                              {"s", 1e9},
                                              {"m", 6e10},
                                              {"h", 3.6e12}}};

double UnitOf(std::string_view name) {
  for (const DurationUnit& unit : kUnits) {
    if (unit.name == name) return unit.nanoseconds;
  }
  return 0;
}

double ToNumber(std::string_view digits) {
  double value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// Takes "1.5h" off the front of `text` and adds its length to `total`.
bool TakeDurationPart(std::string_view& text, double& total) {
  const std::size_t whole = CountDigits(text);
  double value = ToNumber(text.substr(0, whole));
  text.remove_prefix(whole);
  std::size_t fraction = 0;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    fraction = CountDigits(text);
    double scale = 0.1;
    for (std::size_t i = 0; i < fraction && i < 18; ++i, scale /= 10) value += (text[i] - '0') * scale;
    text.remove_prefix(fraction);
  }
  if (whole == 0 && fraction == 0) return false;
  std::size_t end = 0;
  while (end < text.size() && text[end] != '.' && !IsDigit(text[end])) ++end;
  const double unit = UnitOf(text.substr(0, end));
  text.remove_prefix(end);
  total += value * unit;
  return unit > 0;
}

// Two digits within [low, high]; one digit will do where `lax`.
bool TakeTwo(std::string_view& text, int low, int high, bool lax = false) {
  const std::size_t count = CountDigits(text.substr(0, 2));
  if (count == 0 || (count == 1 && !lax)) return false;
  const int value = static_cast<int>(ToNumber(text.substr(0, count)));
  text.remove_prefix(count);
  return value >= low && value <= high;
}

bool TakeChar(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

int DaysIn(int month, int year) {
  constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

bool TakeDate(std::string_view& text) {
  if (text.size() < 10 || CountDigits(text.substr(0, 4)) != 4 || CountDigits(text.substr(5, 2)) != 2)
    return false;
  const int year = static_cast<int>(ToNumber(text.substr(0, 4)));
  const int month = static_cast<int>(ToNumber(text.substr(5, 2)));
  text.remove_prefix(4);
  if (!TakeChar(text, '-') || !TakeTwo(text, 1, 12) || !TakeChar(text, '-')) return false;
  return TakeTwo(text, 1, DaysIn(month, year));
}

bool TakeZone(std::string_view& text) {
  if (TakeChar(text, 'Z')) return true;
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return false;
  text.remove_prefix(1);
  return TakeTwo(text, 0, 24) && TakeChar(text, ':') && TakeTwo(text, 0, 60);
}

enum class Fraction { kOptional, kSixDigits };

bool TakeFraction(std::string_view& text, Fraction fraction) {
  const bool point = text.size() >= 2 && (text[0] == '.' || text[0] == ',') && IsDigit(text[1]);
  const std::size_t digits = point ? CountDigits(text.substr(1)) : 0;
  if (fraction == Fraction::kSixDigits && digits != 6) return false;
  if (point) text.remove_prefix(1 + digits);
  return true;
}

bool IsTime(std::string_view text, Fraction fraction) {
  return TakeDate(text) && TakeChar(text, 'T') && TakeTwo(text, 0, 23, true) && TakeChar(text, ':') &&
         TakeTwo(text, 0, 59) && TakeChar(text, ':') && TakeTwo(text, 0, 59) &&
         TakeFraction(text, fraction) && TakeZone(text) && text.empty();
}

bool IsBase64Digit(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/';
}

// Counts the digits of base64 text and its padding; false on any other byte.
bool ScanBase64(std::string_view text, bool line_ends, std::size_t& digits, std::size_t& padding) {
  for (const char c : text) {
    if (line_ends && (c == '\n' || c == '\r')) continue;
    if (c == '=') {
      ++padding;
    } else if (!IsBase64Digit(c) || padding > 0) {
      return false;
    } else {
      ++digits;
    }
  }
  return padding <= 2 && (digits + padding) % 4 == 0 && (padding == 0 || digits % 4 >= 2);
}

bool HasScalaUnit(std::string_view word) {
  constexpr std::array<std::string_view, 7> kExact{"ns", "us", "\u00b5s", "ms", "wk", "hr", "h"};
  constexpr std::array<std::string_view, 8> kPrefix{"nano", "micro", "milli", "sec",
                                                    "min",  "hour",  "day",   "week"};
  for (const std::string_view name : kExact) {
    if (word == name) return true;
  }
  for (const std::string_view name : kPrefix) {
    if (word.substr(0, name.size()) == name) return true;
  }
  return word == "s" || word == "m" || word == "d" || word == "w";
}

}  // namespace

bool IsQuantity(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.empty()) return false;
  TakeSign(text);
  text.remove_prefix(CountDigits(text));
  if (TakeChar(text, '.')) text.remove_prefix(CountDigits(text));
  return IsQuantitySuffix(text);
}

bool IsGoDuration(std::string_view text) {
  TakeSign(text);
  if (text == "0") return true;
  if (text.empty()) return false;
  double total = 0;
  while (!text.empty()) {
    if (!TakeDurationPart(text, total)) return false;
  }
  return total <= static_cast<double>(std::numeric_limits<std::int64_t>::max());
}

bool IsRfc3339(std::string_view text) { return IsTime(text, Fraction::kOptional); }
bool IsMicroTime(std::string_view text) { return IsTime(text, Fraction::kSixDigits); }

bool IsBase64(std::string_view text) {
  std::size_t digits = 0;
  std::size_t padding = 0;
  return ScanBase64(text, true, digits, padding);
}

bool IsPaddedBase64(std::string_view text) {
  std::size_t digits = 0;
  std::size_t padding = 0;
  return ScanBase64(text, false, digits, padding) && digits > 0;
}

bool IsDate(std::string_view text) { return TakeDate(text) && text.empty(); }

bool IsLooseDateTime(std::string_view text) {
  if (!TakeDate(text) || text.empty() || (text.front() != 'T' && text.front() != 't')) return false;
  text.remove_prefix(1);
  if (!TakeTwo(text, 0, 23) || !TakeChar(text, ':') || !TakeTwo(text, 0, 59) || !TakeChar(text, ':'))
    return false;
  if (!TakeTwo(text, 0, 59)) return false;
  if (text.size() >= 2 && IsDigit(text[1]) && text[0] != '+' && text[0] != '-') {
    text.remove_prefix(1);
    text.remove_prefix(CountDigits(text));
  }
  if (text == "Z" || text == "z") return true;
  return text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
         CountDigits(text.substr(1, 2)) == 2 && CountDigits(text.substr(4)) == 2;
}

// "2 days", "5 min" or anything that holds such a part, as strfmt finds it.
bool IsLooseDuration(std::string_view text) {
  if (IsGoDuration(text)) return true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t digits = CountDigits(text.substr(at));
    if (digits == 0) continue;
    at += digits;
    while (at < text.size() && text[at] == ' ') ++at;
    std::string_view word = text.substr(at);
    std::size_t end = 0;
    while (end < word.size() &&
           (std::isalpha(static_cast<unsigned char>(word[end])) != 0 || (word[end] & 0x80)))
      ++end;
    if (HasScalaUnit(word.substr(0, end))) return true;
  }
  return false;
}

}  // namespace sluice::schemas
