#include <openssl/evp.h>

#include <array>

#include "net/message.h"
#include "net/proxy.h"

namespace sluice::net {
namespace {

constexpr std::size_t kMaxHead = 16u << 10;

Failure Refused(const Url& proxy, const std::string& how) {
  return Fail(Why::kUnreachable, "the proxy " + proxy.Origin() + " " + how);
}

std::string Base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

Failure OpenByConnect(Stream& stream, const Url& proxy, const Url& url, const Wait& wait) {
  std::string request = "CONNECT " + url.HostAndPort() + " HTTP/1.1\r\n";
  Headers headers{{"Host", url.HostAndPort()}};
  if (proxy.has_user) headers.push_back({"Proxy-Authorization", ProxyAuthorization(proxy)});
  WriteHeaders(headers, request);
  if (Failure failed = stream.Write(request, wait)) return failed;
  Incoming incoming(stream);
  std::string text;
  bool ended = false;
  if (Failure failed = ReadHead(incoming, kMaxHead, wait, text, ended)) return failed;
  ResponseHead head;
  if (Failure failed = ParseHead(text, head)) return Fail(failed.why, "from the proxy: " + failed.message);
  if (head.status / 100 != 2) return Refused(proxy, "answered CONNECT with " + std::to_string(head.status));
  // The server speaks after us: what stands here already is the proxy's.
  if (!incoming.rest().empty())
    return Fail(Why::kMalformed, "the proxy sent bytes behind its answer to CONNECT");
  return {};
}

// SOCKS 5 --------------------------------------------------------------------

constexpr char kVersion = 5;
constexpr char kNoAuthentication = 0, kByPassword = 2;
constexpr char kDomain = 3;
constexpr const char* kReplies[] = {"done",
                                    "a general failure",
                                    "its rules forbid it",
                                    "the network is unreachable",
                                    "the host is unreachable",
                                    "the connection was refused",
                                    "the time was over",
                                    "it does not know the command",
                                    "it does not know the kind of address"};

// Exactly `count` bytes, at most 262.
Failure ReadExactly(Stream& stream, std::size_t count, std::string& bytes, const Wait& wait) {
  bytes.clear();
  while (bytes.size() < count) {
    std::array<char, 262> buffer;
    std::size_t got = 0;
    if (Failure failed = stream.Read(std::span(buffer).first(count - bytes.size()), got, wait)) return failed;
    if (got == 0) return Fail(Why::kCut, "the proxy closed the connection");
    bytes.append(buffer.data(), got);
  }
  return {};
}

std::string Counted(std::string_view text) { return static_cast<char>(text.size()) + std::string(text); }

Failure Authenticate(Stream& stream, const Url& proxy, const Wait& wait) {
  const char method = proxy.has_user ? kByPassword : kNoAuthentication;
  if (Failure failed = stream.Write(std::string{kVersion, 1, method}, wait)) return failed;
  std::string reply;
  if (Failure failed = ReadExactly(stream, 2, reply, wait)) return failed;
  if (reply[0] != kVersion || reply[1] != method) return Refused(proxy, "takes no such login (SOCKS 5)");
  if (method == kNoAuthentication) return {};
  if (proxy.user.size() > 255 || proxy.password.size() > 255)
    return Refused(proxy, "takes no such long names");
  if (Failure failed = stream.Write(std::string{1} + Counted(proxy.user) + Counted(proxy.password), wait))
    return failed;
  if (Failure failed = ReadExactly(stream, 2, reply, wait)) return failed;
  return reply[1] == 0 ? Failure() : Refused(proxy, "refused user name and password");
}

// Behind the reply stands the address that the proxy bound: kind, bytes, port.
Failure SkipBoundAddress(Stream& stream, char kind, const Wait& wait) {
  std::string bytes;
  std::size_t length = kind == 1 ? 4 : 16;
  if (kind == kDomain) {
    if (Failure failed = ReadExactly(stream, 1, bytes, wait)) return failed;
    length = static_cast<unsigned char>(bytes[0]);
  }
  return ReadExactly(stream, length + 2, bytes, wait);
}

Failure OpenBySocks(Stream& stream, const Url& proxy, const Url& url, const Wait& wait) {
  if (Failure failed = Authenticate(stream, proxy, wait)) return failed;
  std::string request{kVersion, 1, 0, kDomain};
  request += Counted(url.host);
  request += {static_cast<char>(url.port >> 8), static_cast<char>(url.port & 0xff)};
  if (Failure failed = stream.Write(request, wait)) return failed;
  std::string reply;
  if (Failure failed = ReadExactly(stream, 4, reply, wait)) return failed;
  if (reply[0] != kVersion) return Fail(Why::kMalformed, "the proxy does not speak SOCKS 5");
  const auto code = static_cast<unsigned char>(reply[1]);
  if (code != 0)
    return Refused(proxy, std::string("gives no connection: ") + (code < 9 ? kReplies[code] : "unknown"));
  return SkipBoundAddress(stream, reply[3], wait);
}

}  // namespace

std::string ProxyAuthorization(const Url& proxy) {
  return proxy.has_user ? "Basic " + Base64(proxy.user + ":" + proxy.password) : std::string();
}

Failure OpenTunnel(Stream& stream, const Url& proxy, const Url& url, const Wait& wait) {
  const bool socks = proxy.scheme.starts_with("socks");
  return socks ? OpenBySocks(stream, proxy, url, wait) : OpenByConnect(stream, proxy, url, wait);
}

}  // namespace sluice::net
