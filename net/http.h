// The HTTP client: one request, one answer, HTTP/1.1 over TCP or TLS. Every
// step is bounded in time and size, redirects are never followed, no coding of
// bodies (gzip) is accepted, and certificates are always checked unless the
// options say otherwise by name.
//
//   Result<std::unique_ptr<Client>> client = Client::Make({.tls = {.ca_pem = pem}});
//   Result<Url> url = ParseUrl("https://10.0.0.1:6443/version");
//   Answer answer = (*client)->Send({.url = *url});
//   if (answer.failure) …                     // no whole answer: why, and words
//   if (answer.head.status == 200) Use(answer.body);
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/cancellation.h"
#include "net/failure.h"
#include "net/head.h"
#include "net/pool.h"
#include "net/proxy.h"
#include "net/tls.h"
#include "net/url.h"

namespace sluice::net {

struct RequestLimits {
  std::size_t head_bytes = 64u << 10;         // of the answer's head
  std::size_t body_bytes = 16u << 20;         // of the answer's body; 0: unbounded, for watches
  std::chrono::milliseconds connect{10'000};  // name, connection, proxy and handshake together
  std::chrono::milliseconds idle{30'000};     // without a byte; 0: unbounded
  std::chrono::milliseconds total{60'000};    // of it all; 0: unbounded, for watches
};

// A piece of the body, as it comes; the head says what it is a body of (a watch
// or an error). False: enough, the connection is closed. Runs in Send's thread.
using AnswerSink = std::function<bool(const ResponseHead& head, std::string_view bytes)>;

struct Request {
  std::string method = "GET";
  Url url{};
  // Host, User-Agent, Content-Length, Accept-Encoding and whatever speaks of the
  // connection are set here and may not be given.
  Headers headers{};
  std::string body{};
  RequestLimits limits{};
  AnswerSink sink{};  // empty: the body is collected in the answer
  const Cancellation* cancel = nullptr;
  // May be sent twice where a connection that had been idle ends before a byte
  // of the answer. GET, HEAD, OPTIONS, PUT and DELETE always may.
  bool repeatable = false;
};

struct Answer {
  Failure failure{};    // says why there is no whole answer; what came stands below
  ResponseHead head{};  // status 0: none came
  std::string body{};
};

struct ClientOptions {
  TlsOptions tls{};
  ProxySettings proxy{};  // of the environment: ProxySettingsOfProcess()
  std::string user_agent = "sluice";
  PoolLimits pool{};
};

// Thread-safe; requests of several threads run side by side on connections of
// their own. A client has one set of credentials: another needs another client.
class Client {
 public:
  // kUsage where certificates or keys are unusable, or the user agent is.
  static Result<std::unique_ptr<Client>> Make(ClientOptions options);

  Answer Send(const Request& request) const;
  std::size_t idle_connections() const { return pool_.size(); }

 private:
  Client(ClientOptions options, TlsContext tls)
      : options_(std::move(options)), tls_(std::move(tls)), pool_(options_.pool) {}

  const ClientOptions options_;
  const TlsContext tls_;
  mutable Pool pool_;
};

}  // namespace sluice::net
