// Through a proxy to the server behind it.
#pragma once

#include "net/stream.h"
#include "net/url.h"

namespace sluice::net {

// Asks the proxy at the other end of `stream` for a connection to the server of
// `url`: CONNECT for http and https proxies, SOCKS 5 (RFC 1928, with names
// resolved by the proxy) for socks5 ones. Then the stream is the server's.
Failure OpenTunnel(Stream& stream, const Url& proxy, const Url& url, const Wait& wait);

// "Basic …" for the user of a proxy's URL; empty where it has none.
std::string ProxyAuthorization(const Url& proxy);

}  // namespace sluice::net
