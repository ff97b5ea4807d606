// Well-formed UTF-8 is table 3-7 of the Unicode standard. Tested by
// tests/manifests/text_test.cc.
#include "manifests/utf8.h"

#include <algorithm>

namespace sluice::manifests {
namespace {

unsigned char Byte(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t Length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;  // a continuation, or the lead of an overlong form
  return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
}

}  // namespace

CodePoint DecodeUtf8(std::string_view bytes, std::size_t at) {
  const unsigned char lead = Byte(bytes, at);
  const std::size_t length = Length(lead);
  if (length == 0 || length > bytes.size() - at) return {};
  if (length == 1) return {lead, 1};
  char32_t value = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (!IsContinuation(bytes[at + i])) return {};
    value = value << 6 | (Byte(bytes, at + i) & 0x3Fu);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, length};
}

bool IsUtf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = DecodeUtf8(bytes, at).size;
    if (size == 0) return false;
    at += size;
  }
  return true;
}

std::uint32_t CountCodePoints(std::string_view bytes) {
  return static_cast<std::uint32_t>(std::ranges::count_if(bytes, [](char c) { return !IsContinuation(c); }));
}

void AppendUtf8(char32_t value, std::string& out) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (value >> shift & 0x3F)); };
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += static_cast<char>(0xC0 | value >> 6);
    out += tail(0);
  } else if (value < 0x10000) {
    out += static_cast<char>(0xE0 | value >> 12);
    (out += tail(6)) += tail(0);
  } else {
    out += static_cast<char>(0xF0 | value >> 18);
    ((out += tail(12)) += tail(6)) += tail(0);
  }
}

}  // namespace sluice::manifests
