// Invariant: AppendDouble's text reads back as the same node. Tested by
// tests/manifests/number_test.cc, whose expectations Go wrote.
#include "manifests/number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace sluice::manifests {
namespace {

// The shortest decimal form: `digits` without a point, value = 0.DIGITS * 10^point.
struct Decimal {
  bool negative = false;
  std::array<char, 32> digits{};
  int count = 0;
  int point = 0;

  std::string_view text() const { return {digits.data(), static_cast<std::size_t>(count)}; }
};

template <class Float>
Decimal ShortestDecimal(Float value) {
  std::array<char, 64> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific).ptr;
  Decimal decimal;
  const char* at = text.data();
  if (*at == '-') decimal.negative = true, ++at;
  for (; *at != 'e'; ++at) {
    if (*at != '.') decimal.digits[static_cast<std::size_t>(decimal.count++)] = *at;
  }
  ++at;                  // 'e'
  if (*at == '+') ++at;  // from_chars takes no plus
  int exponent = 0;
  std::from_chars(at, end, exponent);
  decimal.point = exponent + 1;
  return decimal;
}

void AppendExponent(int exponent, int least_digits, std::string& out) {
  out += exponent < 0 ? "e-" : "e+";
  const std::string digits = std::to_string(std::abs(exponent));
  if (static_cast<int>(digits.size()) < least_digits) out += '0';
  out += digits;
}

void AppendScientific(const Decimal& decimal, int exponent_digits, std::string& out) {
  if (decimal.negative) out += '-';
  out += decimal.digits[0];
  if (decimal.count > 1) out.append(".").append(decimal.text().substr(1));
  AppendExponent(decimal.point - 1, exponent_digits, out);
}

void AppendPlain(const Decimal& decimal, std::string& out) {
  if (decimal.negative) out += '-';
  const std::string_view digits = decimal.text();
  if (decimal.point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-decimal.point), '0').append(digits);
    return;
  }
  const auto whole = static_cast<std::size_t>(decimal.point);
  out.append(digits.substr(0, whole));
  if (whole > digits.size()) out.append(whole - digits.size(), '0');
  if (whole < digits.size()) out.append(".").append(digits.substr(whole));
}

// The base that Go's "base 0" finds, with the prefix taken off `text`.
int TakeBase(std::string_view& text) {
  if (text.size() < 2 || text[0] != '0') return 10;
  const char letter = static_cast<char>(text[1] | 0x20);
  const int base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
  const bool prefix = base != 8 || letter == 'o';
  if (prefix && text.size() == 2) return 8;  // "0x" alone: no digits, refused as octal
  text.remove_prefix(prefix ? 2 : 1);
  return base;
}

}  // namespace

bool ParseDouble(std::string_view text, double& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc()) return std::isfinite(value) && end == text.data() + text.size();
  // from_chars does not say in which direction the value is out of range.
  value = std::strtod(std::string(text).c_str(), nullptr);
  return std::isfinite(value);
}

void AppendDouble(double value, std::string& out) {
  if (value == 0) {
    out += '0';  // also for -0, which Kubernetes reads back as the integer 0
    return;
  }
  const double size = std::fabs(value);
  const Decimal decimal = ShortestDecimal(value);
  if (size < 1e-6 || size >= 1e21) {
    AppendScientific(decimal, 1, out);
  } else {
    AppendPlain(decimal, out);
  }
}

std::string FloatKey(double value) {
  const auto single = static_cast<float>(value);
  if (std::isinf(single)) return single > 0 ? ".inf" : "-.inf";
  if (single == 0) return std::signbit(single) ? "-0" : "0";
  const Decimal decimal = ShortestDecimal(single);
  std::string key;
  const int exponent = decimal.point - 1;
  // Go's %g asked for the shortest digits: an exponent below -4 and from 6 on.
  if (exponent < -4 || exponent >= 6) {
    AppendScientific(decimal, 2, key);
  } else {
    AppendPlain(decimal, key);
  }
  return key;
}

void WholeToInteger(Node& node) {
  const double value = node.value.number;
  if (std::trunc(value) != value || std::fabs(value) >= 0x1p63) return;
  std::string text;
  AppendDouble(value, text);  // not the exact value: the digits that JSON shows
  std::int64_t integer = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), integer).ec != std::errc()) return;
  node.kind = NodeKind::kInteger;
  node.value.integer = integer;
}

bool SetInteger(std::string_view text, Node& node) {
  const bool negative = text.starts_with('-');
  const bool sign = negative || text.starts_with('+');
  if (sign) text.remove_prefix(1);
  const int base = TakeBase(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 63;
  if (negative ? value > kLimit : (sign && value >= kLimit)) return false;
  node.kind = NodeKind::kInteger;
  node.is_unsigned = !negative && value >= kLimit;
  node.value.integer = static_cast<std::int64_t>(negative ? 0 - value : value);
  return true;
}

}  // namespace sluice::manifests
