#include "policies/rules/base64.h"

#include <algorithm>
#include <cstdint>

namespace sluice::policies {
namespace {

int DigitOf(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

bool IsBreak(char c) { return c == '\n' || c == '\r' || c == ' '; }

}  // namespace

bool IsBase64(std::string_view text) {
  const auto is_digit = [](char c) { return DigitOf(c) >= 0 || IsBreak(c); };
  const auto is_padding = [](char c) { return c == '=' || IsBreak(c); };
  return std::all_of(std::find_if_not(text.begin(), text.end(), is_digit), text.end(), is_padding);
}

std::string DecodeBase64(std::string_view text, std::size_t limit) {
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    if (IsBreak(c)) continue;
    const int digit = DigitOf(c);
    if (digit < 0 || bytes.size() >= limit) break;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  return bytes;
}

}  // namespace sluice::policies
