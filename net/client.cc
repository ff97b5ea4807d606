// A request on its way: checked, sent on a connection of the pool or a new one,
// and once more where an idle connection turned out to be dead.
#include <algorithm>
#include <array>

#include "net/exchange.h"
#include "net/http.h"
#include "net/message.h"
#include "net/proxy.h"
#include "net/socket.h"

namespace sluice::net {
namespace {

constexpr std::array<std::string_view, 13> kOurs = {"Host",
                                                    "User-Agent",
                                                    "Content-Length",
                                                    "Accept-Encoding",
                                                    "Transfer-Encoding",
                                                    "Connection",
                                                    "Keep-Alive",
                                                    "Upgrade",
                                                    "Expect",
                                                    "TE",
                                                    "Trailer",
                                                    "Via",
                                                    "Proxy-Authorization"};
constexpr std::array<std::string_view, 5> kRepeatable = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"};

Failure CheckRequest(const Request& request) {
  const auto wrong = [](std::string message) { return Fail(Why::kRequest, std::move(message)); };
  if (!IsToken(request.method) || request.method == "CONNECT")
    return wrong("the request has no proper method");
  if (request.url.host.empty()) return wrong("the request has no URL");
  for (const Header& header : request.headers) {
    if (!IsToken(header.name)) return wrong("a header of the request has no proper name");
    if (!IsHeaderValue(header.value))
      return wrong("the header " + header.name + " holds a line end or control byte");
    if (std::any_of(kOurs.begin(), kOurs.end(),
                    [&](std::string_view name) { return SameName(name, header.name); }))
      return wrong("the header " + header.name + " is not the caller's to set");
  }
  return {};
}

bool MayRepeat(const Request& request) {
  return request.repeatable ||
         std::find(kRepeatable.begin(), kRepeatable.end(), request.method) != kRepeatable.end();
}

// A plain http request goes to the proxy itself, with the whole URL.
bool IsForwarded(const Url& url, const Url* proxy) {
  return proxy && url.scheme == "http" && proxy->scheme.starts_with("http");
}

std::string HeadText(const Request& request, const Url* proxy, const std::string& user_agent) {
  const bool forwarded = IsForwarded(request.url, proxy);
  std::string text =
      request.method + " " + (forwarded ? request.url.Origin() : "") + request.url.target + " HTTP/1.1\r\n";
  Headers headers{
      {"Host", request.url.Authority()}, {"User-Agent", user_agent}, {"Accept-Encoding", "identity"}};
  if (forwarded && proxy->has_user) headers.push_back({"Proxy-Authorization", ProxyAuthorization(*proxy)});
  const bool has_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (has_body || !request.body.empty())
    headers.push_back({"Content-Length", std::to_string(request.body.size())});
  headers.insert(headers.end(), request.headers.begin(), request.headers.end());
  WriteHeaders(headers, text);
  return text;
}

struct Route {
  const Url& url;
  const Url* proxy;
  const TlsContext& tls;
  const TlsOptions& options;
};

std::string PlaceOf(const Route& route) {
  const std::string user =
      route.proxy && route.proxy->has_user ? route.proxy->user + ":" + route.proxy->password + "@" : "";
  if (IsForwarded(route.url, route.proxy)) return "to " + user + route.proxy->Origin();
  return route.url.Origin() + (route.proxy ? " by " + user + route.proxy->Origin() : "");
}

// A proxy gets no certificate of ours, and must show one for its own name.
Failure DialProxy(const Route& route, Wait wait, std::unique_ptr<Stream>& stream) {
  wait.doing = "connecting to the proxy";
  if (Failure failed = Connect(route.proxy->host, route.proxy->port, wait, stream)) return failed;
  if (route.proxy->scheme == "https") {
    const TlsPeer peer{.name = route.proxy->host, .offer_certificate = false};
    if (Failure failed = ConnectTls(route.tls, peer, std::move(stream), wait, stream)) return failed;
  }
  if (IsForwarded(route.url, route.proxy)) return {};
  return OpenTunnel(*stream, *route.proxy, route.url, wait);
}

Failure Dial(const Route& route, Wait wait, std::unique_ptr<Stream>& stream) {
  if (route.proxy) {
    Failure failed = DialProxy(route, wait, stream);
    if (failed) return Fail(failed.why, "by the proxy " + route.proxy->Origin() + ": " + failed.message);
  } else {
    wait.doing = "connecting";
    if (Failure failed = Connect(route.url.host, route.url.port, wait, stream)) return failed;
  }
  if (route.url.scheme != "https") return {};
  wait.doing = "the TLS handshake";
  std::string name = route.options.server_name.empty() ? route.url.host : route.options.server_name;
  if (name.ends_with('.')) name.pop_back();  // certificates are for names without the root's dot
  const TlsPeer peer{.name = name, .verify = !route.options.insecure_skip_verify};
  return ConnectTls(route.tls, peer, std::move(stream), wait, stream);
}

// Until when, counted from now; `most` cuts it.
Clock::time_point EndAfter(std::chrono::milliseconds time,
                           Clock::time_point most = Clock::time_point::max()) {
  return time.count() == 0 ? most : std::min(Clock::now() + time, most);
}

}  // namespace

Result<std::unique_ptr<Client>> Client::Make(ClientOptions options) {
  if (!IsHeaderValue(options.user_agent)) return Usage("a user agent holds a line end or control byte");
  Result<TlsContext> tls = MakeClientTls(options.tls);
  if (!tls) return tls.error();
  return std::unique_ptr<Client>(new Client(std::move(options), std::move(*tls)));
}

Answer Client::Send(const Request& request) const {
  Answer answer;
  if ((answer.failure = CheckRequest(request))) return answer;
  const Url* proxy = ChooseProxy(options_.proxy, request.url);
  const Route route{request.url, proxy, tls_, options_.tls};
  const std::string place = PlaceOf(route);
  const std::string head = HeadText(request, proxy, options_.user_agent);
  const Wait wait{
      .end = EndAfter(request.limits.total), .idle = request.limits.idle, .cancel = request.cancel};
  for (;;) {
    std::unique_ptr<Stream> stream = pool_.Take(place);
    const bool pooled = stream != nullptr;
    Wait dialling = wait;
    dialling.end = EndAfter(request.limits.connect, wait.end);
    answer = {};
    if (!pooled) answer.failure = Dial(route, dialling, stream);
    Exchanged done;
    if (!answer.failure) done = Exchange(*stream, request, head, wait, answer);
    if (done.reusable) pool_.Give(place, std::move(stream));
    if (pooled && done.nothing_came && MayRepeat(request)) continue;
    if (answer.failure) answer.failure.message.insert(0, request.url.Origin() + ": ");
    return answer;
  }
}

}  // namespace sluice::net
