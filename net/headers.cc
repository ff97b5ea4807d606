#include "net/headers.h"

#include <algorithm>

namespace sluice::net {
namespace {

constexpr std::size_t kMaxToken = 256;
constexpr std::size_t kMaxValue = 64u << 10;
constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsTokenByte(char c) {
  const char lower = Lower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || kTokenMarks.find(c) != kTokenMarks.npos;
}

bool IsValueByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

}  // namespace

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

const std::string* FindHeader(const Headers& headers, std::string_view name) {
  for (const Header& header : headers)
    if (SameName(header.name, name)) return &header.value;
  return nullptr;
}

std::size_t CountHeader(const Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(
      headers.begin(), headers.end(), [&](const Header& header) { return SameName(header.name, name); }));
}

bool ListHolds(const Headers& headers, std::string_view name, std::string_view word) {
  for (const Header& header : headers) {
    if (!SameName(header.name, name)) continue;
    std::string_view rest = header.value;
    for (;;) {
      const std::size_t comma = rest.find(',');
      if (SameName(TrimmedWhite(rest.substr(0, comma)), word)) return true;
      if (comma == rest.npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return false;
}

bool IsToken(std::string_view text) {
  return !text.empty() && text.size() <= kMaxToken && std::all_of(text.begin(), text.end(), IsTokenByte);
}

bool IsHeaderValue(std::string_view text) {
  return text.size() <= kMaxValue && std::all_of(text.begin(), text.end(), IsValueByte);
}

std::string_view TrimmedWhite(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace sluice::net
