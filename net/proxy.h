// Which proxy a request goes through: the variables of the environment as Go's
// net/http reads them (golang.org/x/net/http/httpproxy), hence kubectl, helm
// and git-lfs. One thing differs: a proxy that cannot be read is an error here,
// where Go silently goes without it. Then the way through that proxy.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/stream.h"
#include "net/url.h"

namespace sluice::net {

// What NO_PROXY says, a comma-separated list: "*" (everything), an address or
// a network (10.0.0.0/8), a name (itself and all below it), ".name" or "*.name"
// (all below it), each but networks also with ":port". Without case.
struct ProxyExceptions {
  struct Network {
    IpAddress address{};
    unsigned bits = 0;       // of 128
    std::uint16_t port = 0;  // 0: every port
  };
  struct Domain {
    std::string suffix;   // ".example.com"
    bool itself = false;  // "example.com" too
    std::string port;     // empty: every port
  };
  bool everything = false;
  std::vector<Network> networks{};
  std::vector<Domain> domains{};
};

struct ProxySettings {
  std::optional<Url> http{};   // for http URLs
  std::optional<Url> https{};  // for https URLs
  ProxyExceptions except{};
};

// Parts of the list that mean nothing are left out, as Go leaves them.
ProxyExceptions ParseProxyExceptions(std::string_view list);

// The value of a variable, or null.
using Environment = std::function<const char*(const char* name)>;

// HTTP_PROXY, HTTPS_PROXY, NO_PROXY, else the same in lower case. A value
// without a scheme is an http proxy. In a CGI program (REQUEST_METHOD is set)
// HTTP_PROXY is a header of the visitor's: an error, as in Go.
Result<ProxySettings> ReadProxySettings(const Environment& environment);
Result<ProxySettings> ProxySettingsOfProcess();

// "localhost" and loopback addresses never go through a proxy.
const Url* ChooseProxy(const ProxySettings& settings, const Url& url);

// Asks the proxy at the other end of `stream` for a connection to the server of
// `url`: CONNECT for http and https proxies, SOCKS 5 (RFC 1928, with names
// resolved by the proxy) for socks5 ones. Then the stream is the server's.
Failure OpenTunnel(Stream& stream, const Url& proxy, const Url& url, const Wait& wait);

// "Basic …" for the user of a proxy's URL; empty where it has none.
std::string ProxyAuthorization(const Url& proxy);

}  // namespace sluice::net
