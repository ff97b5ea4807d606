#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstring>
#include <string>

#include "schemas/format_text.h"

// Addresses, names and ids of custom resources. Where Go's reader knows corners
// that no manifest has (isbn, credit cards, quoted mail addresses), we take the
// text. Sources: kube-openapi pkg/validation/strfmt, k8s.io/utils/net, Go's net
// and net/url. Test: tests/schemas/format_test.cc.

namespace sluice::schemas {
namespace {

bool IsHex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool IsAlnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool IsDigitChar(char c) { return c >= '0' && c <= '9'; }
bool IsLowerAlnum(char c) { return IsDigitChar(c) || (c >= 'a' && c <= 'z'); }

template <class Predicate>
bool All(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

// Four decimal parts up to 255; leading zeros pass, as in ParseIPSloppy.
bool IsDottedQuad(std::string_view text) {
  int parts = 0;
  while (true) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    const std::string_view part = text.substr(0, dot);
    if (part.empty() || part.size() > 16 || !All(part, IsDigitChar)) return false;
    int value = 0;
    for (const char c : part) value = std::min(value * 10 + (c - '0'), 1000);
    if (value > 255 || ++parts > 4) return false;
    if (dot == text.size()) return parts == 4;
    text.remove_prefix(dot + 1);
  }
}

bool IsColonAddress(std::string_view text) {
  in6_addr address;
  const std::string copy(text);
  return copy.size() < 64 && copy.size() == std::strlen(copy.c_str()) &&
         inet_pton(AF_INET6, copy.c_str(), &address) == 1;
}

// Hexadecimal groups of a UUID, hyphens optional as the API server takes them.
bool IsUuidOf(std::string_view text, char version, bool variant) {
  constexpr std::size_t kGroups[] = {8, 4, 4, 4, 12};
  for (std::size_t group = 0; group < 5; ++group) {
    if (group > 0 && !text.empty() && text.front() == '-') text.remove_prefix(1);
    if (text.size() < kGroups[group] || !All(text.substr(0, kGroups[group]), IsHex)) return false;
    if (group == 2 && version != 0 && text.front() != version) return false;
    if (group == 3 && variant && std::strchr("89abAB", text.front()) == nullptr) return false;
    text.remove_prefix(kGroups[group]);
  }
  return text.empty();
}

bool HasGoodEscapes(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') continue;
    if (i + 2 >= text.size() || !IsHex(text[i + 1]) || !IsHex(text[i + 2])) return false;
  }
  return true;
}

// host[:port] of a URI.
bool IsAuthority(std::string_view text) {
  if (const std::size_t at = text.rfind('@'); at != text.npos) text.remove_prefix(at + 1);
  if (!text.empty() && text.front() == '[') return text.find(']') != text.npos;
  if (const std::size_t colon = text.rfind(':'); colon != text.npos) {
    if (!All(text.substr(colon + 1), IsDigitChar)) return false;
    text = text.substr(0, colon);
  }
  return text.find_first_of(" \"<>\\^`{|}") == text.npos;
}

bool IsHostLabel(std::string_view label) {
  const auto inner = [](char c) { return IsAlnum(c) || c == '-' || (c & 0x80) != 0; };
  return !label.empty() && label.size() <= 63 && All(label, inner) && label.front() != '-' &&
         label.back() != '-';
}

template <class Predicate>
bool AllLabels(std::string_view text, Predicate predicate) {
  while (true) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    if (!predicate(text.substr(0, dot))) return false;
    if (dot == text.size()) return true;
    text.remove_prefix(dot + 1);
  }
}

bool IsLowerLabel(std::string_view label) {
  return !label.empty() && All(label, [](char c) { return IsLowerAlnum(c) || c == '-'; }) &&
         label.front() != '-' && label.back() != '-';
}

}  // namespace

bool IsIpv4(std::string_view text) {
  return IsDottedQuad(text) || (text.find('.') != text.npos && IsColonAddress(text));
}

bool IsIpv6(std::string_view text) { return text.find(':') != text.npos && IsColonAddress(text); }

bool IsCidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return false;
  const std::string_view length = text.substr(slash + 1);
  if (length.empty() || length.size() > 6 || !All(length, IsDigitChar)) return false;
  const int bits = std::stoi(std::string(length));
  const std::string_view address = text.substr(0, slash);
  return (IsDottedQuad(address) && bits <= 32) || (IsColonAddress(address) && bits <= 128);
}

// Pairs with ':' or '-', or groups of four with '.'; 6, 8 or 20 bytes.
bool IsMac(std::string_view text) {
  if (text.size() < 14) return false;
  const char separator = text[2] == ':' || text[2] == '-' ? text[2] : '.';
  const std::size_t group = separator == '.' ? 4 : 2;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool at_separator = i % (group + 1) == group;
    if (at_separator ? text[i] != separator : !IsHex(text[i])) return false;
  }
  const std::size_t groups = (text.size() + 1) / (group + 1);
  const std::size_t bytes = groups * group / 2;
  return (text.size() + 1) % (group + 1) == 0 && (bytes == 6 || bytes == 8 || bytes == 20);
}

// As url.ParseRequestURI: an absolute path, or a scheme and something.
bool IsRequestUri(std::string_view text) {
  if (text.empty() || !All(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; }))
    return false;
  if (text == "*") return true;
  if (text.front() == '/') {
    if (text.substr(0, 2) == "//" && text.substr(0, 3) != "///") {
      const std::string_view rest = text.substr(2);
      return IsAuthority(rest.substr(0, rest.find('/'))) && HasGoodEscapes(text.substr(0, text.find('?')));
    }
    return HasGoodEscapes(text.substr(0, text.find('?')));
  }
  const std::size_t colon = text.find(':');
  const auto scheme = [](char c) { return IsAlnum(c) || c == '+' || c == '-' || c == '.'; };
  if (colon == text.npos || colon == 0 || !All(text.substr(0, colon), scheme)) return false;
  if (std::isalpha(static_cast<unsigned char>(text.front())) == 0) return false;
  std::string_view rest = text.substr(colon + 1);
  rest = rest.substr(0, rest.find('?'));
  if (rest.substr(0, 2) != "//") return rest.empty() || rest.front() != '/' || HasGoodEscapes(rest);
  rest.remove_prefix(2);
  return IsAuthority(rest.substr(0, rest.find('/'))) && HasGoodEscapes(rest);
}

bool IsEmail(std::string_view text) {
  const std::size_t at = text.rfind('@');
  return at != text.npos && at > 0 && at + 1 < text.size() && text.find_first_of("\r\n") == text.npos;
}

bool IsHostname(std::string_view text) {
  return !text.empty() && text.size() <= 255 && AllLabels(text, IsHostLabel);
}

bool IsUuid(std::string_view text) { return IsUuidOf(text, 0, false); }
bool IsUuid3(std::string_view text) { return IsUuidOf(text, '3', false); }
bool IsUuid4(std::string_view text) { return IsUuidOf(text, '4', true); }
bool IsUuid5(std::string_view text) { return IsUuidOf(text, '5', true); }

bool IsHexColor(std::string_view text) {
  if (!text.empty() && text.front() == '#') text.remove_prefix(1);
  return (text.size() == 3 || text.size() == 6) && All(text, IsHex);
}

bool IsRgbColor(std::string_view text) {
  if (text.substr(0, 4) != "rgb(" || text.back() != ')') return false;
  std::string numbers(text.substr(4, text.size() - 5));
  numbers.erase(std::remove(numbers.begin(), numbers.end(), ' '), numbers.end());
  std::replace(numbers.begin(), numbers.end(), ',', '.');
  return IsDottedQuad(numbers + ".0");
}

bool IsSsn(std::string_view text) {
  if (text.size() != 11) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool separator = i == 3 || i == 6;
    if (separator ? text[i] != '-' && text[i] != ' ' : !IsDigitChar(text[i])) return false;
  }
  return true;
}

bool IsBsonObjectId(std::string_view text) { return text.size() == 24 && All(text, IsHex); }

bool IsDnsLabel(std::string_view text) { return text.size() <= 63 && IsLowerLabel(text); }
bool IsDnsName(std::string_view text) { return text.size() <= 253 && AllLabels(text, IsLowerLabel); }

}  // namespace sluice::schemas
