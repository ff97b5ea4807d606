#include "net/proxy.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "net/headers.h"

namespace sluice::net {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

struct HostPort {
  std::string_view host, port;
};

// "host:port" in two; all of it as the host where there is no port. Nothing
// where the host before the port is empty.
std::optional<HostPort> SplitPort(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const bool one = colon != text.npos && text.find(':') == colon;
  const bool bracketed = text.starts_with('[') && colon != text.npos && colon > 0 && text[colon - 1] == ']';
  if (!one && !bracketed) return HostPort{text, {}};
  HostPort parts{text.substr(0, colon), text.substr(colon + 1)};
  if (bracketed) parts.host = parts.host.substr(1, parts.host.size() - 2);
  if (parts.host.empty()) return std::nullopt;
  return parts;
}

bool AddNetwork(std::string_view text, ProxyExceptions& except) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return false;
  const auto address = ParseIp(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (!address || error != std::errc() || end != digits.data() + digits.size()) return false;
  const unsigned before = text.find(':') == text.npos ? 96 : 0;  // IPv4 stands in the last 32 bits
  if (bits > 128 - before) return false;
  except.networks.push_back({*address, bits + before, 0});
  return true;
}

void AddDomain(HostPort parts, ProxyExceptions& except) {
  if (parts.host.starts_with("*.")) parts.host.remove_prefix(1);
  const bool itself = !parts.host.starts_with('.');
  except.domains.push_back({(itself ? "." : "") + std::string(parts.host), itself, std::string(parts.port)});
}

void AddException(std::string_view text, ProxyExceptions& except) {
  if (text == "*") except.everything = true;
  if (text.empty() || except.everything || AddNetwork(text, except)) return;
  const auto parts = SplitPort(text);
  if (!parts || parts->host.empty()) return;
  const auto address = ParseIp(parts->host);
  if (!address) return AddDomain(*parts, except);
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(parts->port.data(), parts->port.data() + parts->port.size(), port);
  const bool whole = error == std::errc() && end == parts->port.data() + parts->port.size();
  if (parts->port.empty() || whole) except.networks.push_back({*address, 128, port});
}

bool IsWithin(const IpAddress& address, const ProxyExceptions::Network& network) {
  if (IsIpv4(address) != (IsIpv4(network.address) && network.bits >= 96)) return false;
  for (unsigned bit = 0; bit < network.bits; ++bit) {
    const unsigned mask = 0x80u >> (bit % 8);
    if ((address[bit / 8] & mask) != (network.address[bit / 8] & mask)) return false;
  }
  return true;
}

bool IsLoopback(const IpAddress& address) {
  static const IpAddress kSix = *ParseIp("::1");
  return address == kSix || (IsIpv4(address) && address[12] == 127);
}

bool IsExcepted(const ProxyExceptions& except, const Url& url) {
  if (except.everything || url.host == "localhost") return true;
  if (const auto address = ParseIp(url.host)) {
    if (IsLoopback(*address)) return true;
    for (const auto& network : except.networks)
      if ((network.port == 0 || network.port == url.port) && IsWithin(*address, network)) return true;
  }
  for (const auto& domain : except.domains) {
    const bool fits =
        url.host.ends_with(domain.suffix) || (domain.itself && url.host == domain.suffix.substr(1));
    if (fits && (domain.port.empty() || domain.port == std::to_string(url.port))) return true;
  }
  return false;
}

Result<std::optional<Url>> ReadProxy(const char* name, const char* value) {
  if (!value || *value == '\0') return std::optional<Url>();
  std::string text(value);
  if (text.find("://") == std::string::npos) text.insert(0, "http://");
  Result<Url> url = ParseUrl(text, UrlUse::kProxy);
  if (!url) return Usage(std::string(name) + " in the environment is " + url.error().message);
  return std::optional<Url>(std::move(*url));
}

const char* Either(const Environment& environment, const char* upper, const char* lower) {
  const char* value = environment(upper);
  return value && *value != '\0' ? value : environment(lower);
}

}  // namespace

ProxyExceptions ParseProxyExceptions(std::string_view list) {
  ProxyExceptions except;
  const std::string lower = Lower(list);
  std::string_view rest = lower;
  for (;;) {
    const std::size_t comma = rest.find(',');
    AddException(TrimmedWhite(rest.substr(0, comma)), except);
    if (comma == rest.npos) return except;
    rest.remove_prefix(comma + 1);
  }
}

Result<ProxySettings> ReadProxySettings(const Environment& environment) {
  Result<std::optional<Url>> http = ReadProxy("HTTP_PROXY", Either(environment, "HTTP_PROXY", "http_proxy"));
  if (!http) return http.error();
  const char* method = environment("REQUEST_METHOD");
  if (*http && method && *method != '\0')
    return Usage("HTTP_PROXY is refused in a CGI program, where visitors can set it");
  Result<std::optional<Url>> https =
      ReadProxy("HTTPS_PROXY", Either(environment, "HTTPS_PROXY", "https_proxy"));
  if (!https) return https.error();
  const char* list = Either(environment, "NO_PROXY", "no_proxy");
  return ProxySettings{std::move(*http), std::move(*https), ParseProxyExceptions(list ? list : "")};
}

Result<ProxySettings> ProxySettingsOfProcess() {
  return ReadProxySettings([](const char* name) { return std::getenv(name); });
}

const Url* ChooseProxy(const ProxySettings& settings, const Url& url) {
  const std::optional<Url>& proxy = url.scheme == "https" ? settings.https : settings.http;
  return proxy && !IsExcepted(settings.except, url) ? &*proxy : nullptr;
}

}  // namespace sluice::net
