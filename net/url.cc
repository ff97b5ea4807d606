#include "net/url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sluice::net {
namespace {

constexpr std::size_t kMaxUrl = 8192;

struct Scheme {
  std::string_view name;
  std::uint16_t port;
  bool for_proxies_only;
};
constexpr Scheme kSchemes[] = {
    {"http", 80, false}, {"https", 443, false}, {"socks5", 1080, true}, {"socks5h", 1080, true}};

const Scheme* FindScheme(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kSchemes), std::end(kSchemes), [&](const Scheme& s) { return s.name == name; });
  return found == std::end(kSchemes) ? nullptr : found;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlphanumeric(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z'); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// Printable ASCII without what browsers and resolvers read in more than one way.
bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '\\' && c != '"' && c != '<' && c != '>';
  });
}

// inet_aton() and with it getaddrinfo() take hexadecimal, octal and short forms.
bool LooksNumeric(std::string_view label) {
  if (label.starts_with("0x")) return true;
  return std::all_of(label.begin(), label.end(), IsDigit);
}

bool IsLabel(std::string_view label) {
  const auto is_inner = [](char c) { return IsAlphanumeric(c) || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= 63 && std::all_of(label.begin(), label.end(), is_inner) &&
         label.front() != '-' && label.back() != '-';
}

bool IsName(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  if (host.ends_with('.')) host.remove_suffix(1);
  for (;;) {
    const std::size_t dot = host.find('.');
    const std::string_view label = host.substr(0, dot);
    if (!IsLabel(label)) return false;
    if (dot == std::string_view::npos) return !LooksNumeric(label);
    host.remove_prefix(dot + 1);
  }
}

Error Wrong(std::string_view what) { return Usage("a URL " + std::string(what)); }

Status ReadUser(std::string_view text, Url& url) {
  const std::size_t colon = text.find(':');
  const auto user = PercentDecode(text.substr(0, colon));
  const auto password = PercentDecode(colon == text.npos ? std::string_view() : text.substr(colon + 1));
  if (!user || !password) return Wrong("with a broken user name or password");
  url.user = *user;
  url.password = *password;
  url.has_user = true;
  return Ok{};
}

Status ReadPort(std::string_view text, Url& url) {
  if (text.empty() || text == ":") return Ok{};
  if (text.front() != ':') return Wrong("needs a \":\" between host and port");
  text.remove_prefix(1);
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || port == 0 || port > 65535) return Wrong("needs a port from 1 to 65535");
  url.port = static_cast<std::uint16_t>(port);
  return Ok{};
}

Status ReadHost(std::string_view text, Url& url) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == text.npos) return Wrong("has an IPv6 address without its closing bracket");
    const std::string_view inside = text.substr(1, close - 1);
    if (inside.find(':') == inside.npos || !ParseIp(inside))
      return Wrong("has no IPv6 address in its brackets");
    url.host = Lower(inside);
    return ReadPort(text.substr(close + 1), url);
  }
  const std::size_t colon = text.find(':');
  url.host = Lower(text.substr(0, colon));
  if (url.host.empty()) return Wrong("without a host");
  if (!ParseIp(url.host) && !IsName(url.host))
    return Wrong("needs a host name or an IP address, not \"" + url.host.substr(0, 80) + "\"");
  return ReadPort(colon == text.npos ? std::string_view() : text.substr(colon), url);
}

Status ReadAuthority(std::string_view text, UrlUse use, Url& url) {
  if (const std::size_t at = text.rfind('@'); at != text.npos) {
    if (use != UrlUse::kProxy) return Wrong("must hold no user name or password");
    if (Status read = ReadUser(text.substr(0, at), url); !read) return read;
    text.remove_prefix(at + 1);
  }
  return ReadHost(text, url);
}

}  // namespace

std::string Url::HostAndPort() const {
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string Url::Authority() const {
  const std::string whole = HostAndPort();
  const Scheme* known = FindScheme(scheme);
  return known && known->port == port ? whole.substr(0, whole.rfind(':')) : whole;
}

std::string Url::Origin() const { return scheme + "://" + Authority(); }

Result<Url> ParseUrl(std::string_view text, UrlUse use) {
  if (text.size() > kMaxUrl) return Wrong("has more than 8 KiB");
  if (!IsPlain(text)) return Wrong("holds a space, a backslash, a quote or a byte outside of ASCII");
  const std::size_t colon = text.find("://");
  if (colon == text.npos) return Wrong("must begin with https:// or http://");
  Url url;
  url.scheme = Lower(text.substr(0, colon));
  const Scheme* scheme = FindScheme(url.scheme);
  if (!scheme || (scheme->for_proxies_only && use != UrlUse::kProxy))
    return Wrong("must begin with https:// or http://, not " + url.scheme.substr(0, 20) + "://");
  url.port = scheme->port;
  text.remove_prefix(colon + 3);
  if (text.find('#') != text.npos) return Wrong("must have no fragment (#…)");
  const std::size_t slash = text.find_first_of("/?");
  if (Status read = ReadAuthority(text.substr(0, slash), use, url); !read) return read.error();
  if (slash != text.npos) url.target = text.substr(slash);
  if (url.target.front() == '?') url.target.insert(0, "/");
  if (use == UrlUse::kProxy && url.target != "/") return Wrong("of a proxy has no path");
  return url;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      bytes += text[i];
      continue;
    }
    unsigned value = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const char* digits = text.data() + i + 1;
    const auto [end, error] = std::from_chars(digits, digits + 2, value, 16);
    if (error != std::errc() || end != digits + 2) return std::nullopt;
    bytes += static_cast<char>(value);
    i += 2;
  }
  return bytes;
}

std::optional<IpAddress> ParseIp(std::string_view text) {
  if (text.size() > INET6_ADDRSTRLEN || text.find('\0') != text.npos) return std::nullopt;
  const std::string copy(text);  // ends with the NUL that inet_pton looks for
  IpAddress address{};
  if (inet_pton(AF_INET6, copy.c_str(), address.data()) == 1) return address;
  std::uint8_t four[4];
  if (inet_pton(AF_INET, copy.c_str(), four) != 1) return std::nullopt;
  address[10] = address[11] = 0xff;
  std::memcpy(address.data() + 12, four, sizeof four);
  return address;
}

bool IsIpv4(const IpAddress& address) {
  return std::all_of(address.begin(), address.begin() + 10, [](std::uint8_t b) { return b == 0; }) &&
         address[10] == 0xff && address[11] == 0xff;
}

}  // namespace sluice::net
