// http and https addresses, stricter than RFC 3986: what two readers could take
// for two hosts is refused.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::net {

struct Url {
  std::string scheme;  // lower case
  std::string host;    // lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string target = "/";        // path and query as written, at least "/"
  std::string user{}, password{};  // decoded; both empty where none was written
  bool has_user = false;

  // "https://host:port" without a default port: what a connection is for.
  std::string Origin() const;
  // "host" or "host:port", brackets as needed: the Host header.
  std::string Authority() const;
  // "host:port" always: for CONNECT.
  std::string HostAndPort() const;
};

enum class UrlUse : std::uint8_t {
  kServer,  // http, https; no user name
  kProxy,   // also socks5, and a user name; the path must be "/"
};

// At most 8 KiB. No fragment, no white space, no control or non-ASCII byte, no
// backslash. A host is a DNS name (underscores allowed), an IPv4 address of four
// decimal parts or a bracketed IPv6 address without a zone; names that resolvers
// read as numbers ("0x7f.1", "2130706433") are none of these. The message names
// what is wrong, never a password.
Result<Url> ParseUrl(std::string_view text, UrlUse use = UrlUse::kServer);

// `text` with "%41" as bytes; nothing where a percent sign stands alone.
std::optional<std::string> PercentDecode(std::string_view text);

// An IP address as 16 bytes, IPv4 in its mapped form; nothing where `text` is
// none (four decimal parts without leading zeros, or IPv6 without a zone).
using IpAddress = std::array<std::uint8_t, 16>;
std::optional<IpAddress> ParseIp(std::string_view text);
bool IsIpv4(const IpAddress& address);

}  // namespace sluice::net
