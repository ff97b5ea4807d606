// The HTTP server: a thread a connection, at most so many, every step bounded
// in time and size. Bodies are whole before a handler sees them. Tested by
// tests/net/listener_test.cc.
//
//   Result<std::unique_ptr<Listener>> listener = Listener::Start({.port = 8080}, handler);
//   …
//   (*listener)->Stop(std::chrono::seconds(10));
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/head.h"

namespace sluice::net {

struct ServedRequest {
  RequestHead head{};
  std::string body{};
  std::string peer{};   // "10.0.0.7:51324"
  bool secure = false;  // came by TLS
};

struct ServedAnswer {
  int status = 200;   // 200 to 599
  Headers headers{};  // not Date, Content-Length, Connection, Transfer-Encoding: set here
  std::string body{};
};

// Called by many threads at once. Must return: Stop() waits for it. What it
// throws, and an answer that no HTTP can carry, becomes a plain 500.
using Handler = std::function<ServedAnswer(const ServedRequest& request)>;

struct ListenerLimits {
  std::size_t connections =
      128;  // one more takes the place of the one that kept us waiting longest, else gets 503
  std::size_t requests = 1000;  // on one connection
  std::size_t head_bytes = 32u << 10;
  std::size_t body_bytes = 25u << 20;
  std::chrono::milliseconds head{10'000};    // from its first byte to its last; likewise a TLS handshake
  std::chrono::milliseconds body{60'000};    // likewise
  std::chrono::milliseconds answer{30'000};  // until the client has taken it
  std::chrono::milliseconds idle{60'000};    // between two requests, and before the first
};

struct ListenerOptions {
  std::string address = "127.0.0.1";  // an IP address; "::" and "0.0.0.0" for every interface
  std::uint16_t port = 0;             // 0: any, see port()
  std::string certificate_pem{};      // with its chain; empty: plain HTTP
  std::string key_pem{};
  ListenerLimits limits{};
};

class Listener {
 public:
  // Listens when it returns.
  static Result<std::unique_ptr<Listener>> Start(const ListenerOptions& options, Handler handler);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();  // Stop(0)

  std::uint16_t port() const;
  std::size_t connections() const;  // that are open now
  // Takes no connection any more, closes the idle ones, lets requests that have
  // begun end within `grace` and cuts the rest. Not from a handler, and from one
  // thread; a second call waits for nothing.
  void Stop(std::chrono::milliseconds grace);

 private:
  struct State;
  explicit Listener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::net
