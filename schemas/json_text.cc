#include "schemas/json_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace sluice::schemas {
namespace {

constexpr std::string_view kEscaped = "\"\\bfnrt";
constexpr std::string_view kRaw = "\"\\\b\f\n\r\t";

void AppendUtf8(std::uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

// Length of the literal that starts with a quote; 0 where it has no end.
std::size_t StringLength(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return 0;
}

}  // namespace

std::string QuoteJson(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const std::size_t known = kRaw.find(c);
    if (known != kRaw.npos) {
      out += '\\';
      out += kEscaped[known];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string NumberText(double value) {
  std::array<char, 40> buffer;
  if (std::abs(value) < 9e15 && value == std::floor(value)) {
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), static_cast<std::int64_t>(value));
    return std::string(buffer.data(), end.ptr);
  }
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return std::string(buffer.data(), end.ptr);
}

std::optional<double> ParseNumber(std::string_view text) {
  double value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::optional<std::string> UnquoteJson(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != '"' || StringLength(literal) != literal.size())
    return std::nullopt;
  std::string out;
  for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
    if (literal[i] != '\\') {
      out += literal[i];
      continue;
    }
    const char c = literal[++i];
    if (c == 'u' && i + 4 < literal.size()) {
      std::uint32_t code = 0;
      const auto end = std::from_chars(literal.data() + i + 1, literal.data() + i + 5, code, 16);
      if (end.ptr != literal.data() + i + 5) return std::nullopt;
      AppendUtf8(code, out);
      i += 4;
    } else if (c == '/') {
      out += '/';
    } else if (const std::size_t known = kEscaped.find(c); known != kEscaped.npos) {
      out += kRaw[known];
    } else {
      return std::nullopt;
    }
  }
  return out;
}

std::size_t JsonLength(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() == '"') return StringLength(text);
  if (text.front() != '{' && text.front() != '[') {
    const std::size_t end = text.find_first_of(",:]})");
    return end == text.npos ? text.size() : end;
  }
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      const std::size_t length = StringLength(text.substr(i));
      if (length == 0) return 0;
      i += length - 1;
    } else if (text[i] == '{' || text[i] == '[') {
      ++depth;
    } else if ((text[i] == '}' || text[i] == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return 0;
}

}  // namespace sluice::schemas
