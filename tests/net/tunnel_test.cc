// Proxies: what they are told, what they may say, what they never see.
#include <atomic>
#include <mutex>

#include "net/http.h"
#include "net/listener.h"
#include "net/proxy.h"
#include "tests/catch.h"
#include "tests/net/certificates.h"
#include "tests/net/raw_server.h"

namespace sluice::net {
namespace {

const Pair& Ours() {
  static const Pair authority = Authority("our authority");
  return authority;
}

Answer AskBy(const std::string& proxy, const std::string& url) {
  ClientOptions options{.tls = {.ca_pem = Ours().certificate_pem}};
  options.proxy.http = options.proxy.https = *ParseUrl(proxy, UrlUse::kProxy);
  Request request{.url = *ParseUrl(url)};
  request.limits.connect = std::chrono::milliseconds(5000);
  return (*Client::Make(std::move(options)))->Send(request);
}

std::string ProxyAt(const RawServer& server, const std::string& scheme = "http",
                    const std::string& user = "") {
  return scheme + "://" + user + "127.0.0.1:" + std::to_string(server.port());
}

TEST_CASE("a plain request goes to the proxy with its whole URL") {
  std::string head;
  RawServer proxy([&](RawPeer& peer) {
    head = peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  CHECK(AskBy(ProxyAt(proxy, "http", "us%3Aer:word@"), "http://api.example:8080/a?b").body == "ok");
  CHECK(head.find("GET http://api.example:8080/a?b HTTP/1.1\r\nHost: api.example:8080\r\n") == 0);
  CHECK(head.find("\r\nProxy-Authorization: Basic dXM6ZXI6d29yZA==\r\n") != std::string::npos);
}

TEST_CASE("https asks for a tunnel, and only that") {
  std::string head, behind;
  RawServer proxy([&](RawPeer& peer) {
    head = peer.ReadHead();
    peer.Send("HTTP/1.1 200 Connection established\r\n\r\n");
    behind = peer.Read(1);
  });
  const Answer answer = AskBy(ProxyAt(proxy), "https://api.example:6443/secret");
  CHECK(answer.failure);
  CHECK(head == "CONNECT api.example:6443 HTTP/1.1\r\nHost: api.example:6443\r\n\r\n");
  CHECK(behind == "\x16");  // the first byte of a TLS handshake
}

TEST_CASE("answers to CONNECT that give no tunnel") {
  const std::pair<std::string, const char*> cases[] = {
      {"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
       "answered CONNECT with 407"},
      {"HTTP/1.1 403 no\r\n\r\n", "answered CONNECT with 403"},
      {"HTTP/1.1 502 no\r\n\r\n", "answered CONNECT with 502"},
      {"HTTP/1.1 302 Found\r\nLocation: http://evil/\r\n\r\n", "answered CONNECT with 302"},
      {"HTTP/1.1 101 Switching\r\n\r\n", "answered CONNECT with 101"},
      {"HTTP/1.1 200 OK\r\n\r\nbytes of the proxy", "bytes behind its answer"},
      {"", "ended while"},
      {"HTTP/1.1 200", "ended while"},
      {"SSH-2.0-x\r\n\r\n", "from the proxy: the first line"},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(20000, 'a'), "a head of more than 16 KiB"},
  };
  for (const auto& one : cases) {
    INFO(one.second);
    RawServer proxy([&](RawPeer& peer) {
      peer.ReadHead();
      peer.Send(one.first);
    });
    const Answer answer = AskBy(ProxyAt(proxy, "http", "user:word@"), "https://api.example/");
    REQUIRE(answer.failure);
    CHECK(answer.failure.message.find(one.second) != std::string::npos);
    CHECK(answer.failure.message.find("by the proxy http://127.0.0.1:") != std::string::npos);
    CHECK(answer.failure.message.find("word") == std::string::npos);
    CHECK(answer.head.status == 0);
  }
}

TEST_CASE("a proxy that hangs or is not there") {
  RawServer proxy([](RawPeer& peer) { peer.ReadToEnd(); });
  ClientOptions options{.tls = {.ca_pem = Ours().certificate_pem}};
  options.proxy.https = *ParseUrl(ProxyAt(proxy), UrlUse::kProxy);
  Request request{.url = *ParseUrl("https://api.example/")};
  request.limits.connect = std::chrono::milliseconds(50);
  const Answer answer = (*Client::Make(options))->Send(request);
  CHECK(answer.failure.why == Why::kTime);
  CHECK(answer.failure.message.find("connecting to the proxy") != std::string::npos);
  const Answer gone = AskBy("http://127.0.0.1:" + std::to_string(ClosedPort()), "https://api.example/");
  CHECK(gone.failure.why == Why::kUnreachable);
}

// Bytes both ways until one side has ended. One thread at a time may use a TLS
// stream, so both ways take turns.
void Carry(Stream& one, Stream& other) {
  char buffer[16384];
  for (;;) {
    for (auto [from, to] : {std::pair(&one, &other), std::pair(&other, &one)}) {
      std::size_t count = 0;
      const Failure failed = from->Read(buffer, count, {.end = Clock::now() + std::chrono::milliseconds(1)});
      if (failed.why == Why::kTime) continue;
      if (failed || count == 0 || to->Write({buffer, count}, {})) return;
    }
  }
}

// What an https proxy does, with a certificate of its own.
void ServeTunnel(const TlsContext& context, Socket client, std::uint16_t port) {
  std::unique_ptr<Stream> stream, onward;
  if (AcceptTls(context, MakeSocketStream(std::move(client)), {}, stream)) return;
  std::string head;
  for (char byte = 0; !head.ends_with("\r\n\r\n"); head += byte) {
    std::size_t count = 0;
    if (stream->Read({&byte, 1}, count, {}) || count == 0) return;
  }
  if (stream->Write("HTTP/1.1 200 OK\r\n\r\n", {}) || Connect("127.0.0.1", port, {}, onward)) return;
  Carry(*stream, *onward);
}

struct TlsServer {
  explicit TlsServer(const std::string& name) {
    const Pair pair = SignedBy(Ours(), {.alternative_names = {name}});
    listener =
        std::move(*Listener::Start({.certificate_pem = pair.certificate_pem, .key_pem = pair.key_pem},
                                   [](const ServedRequest&) { return ServedAnswer{.body = "behind"}; }));
  }
  std::unique_ptr<Listener> listener;
};

// TLS to the proxy, inside of it TLS to the server: both certificates are checked.
TEST_CASE("an https proxy carries TLS inside TLS") {
  for (const char* proxy_name : {"IP:127.0.0.1", "DNS:other.example"}) {
    const TlsServer behind("DNS:api.example");
    const Pair pair = SignedBy(Ours(), {.alternative_names = {proxy_name}});
    const Result<TlsContext> context = MakeServerTls(pair.certificate_pem, pair.key_pem);
    REQUIRE(context);
    RawServer proxy([&](RawPeer& peer) { ServeTunnel(*context, peer.Take(), behind.listener->port()); });
    const Answer answer = AskBy(ProxyAt(proxy, "https"), "https://api.example/");
    const bool right = std::string_view(proxy_name).starts_with("IP");
    CHECK(answer.body == (right ? "behind" : ""));
    CHECK(answer.failure.why == (right ? Why::kNothing : Why::kUntrusted));
    if (!right)
      CHECK(answer.failure.message.find("is for other.example, not for 127.0.0.1") != std::string::npos);
  }
}

TEST_CASE("a SOCKS 5 proxy is told the name and gives a stream") {
  std::string hello, login, request;
  RawServer proxy([&](RawPeer& peer) {
    hello = peer.Read(3);
    peer.Send("\x05\x02");
    login = peer.Read(11);
    peer.Send(std::string("\x01\x00", 2));
    request = peer.Read(18);
    peer.Send(std::string("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50", 10));
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  CHECK(AskBy(ProxyAt(proxy, "socks5", "user:word@"), "http://api.example:8080/").body == "ok");
  CHECK(hello == "\x05\x01\x02");
  CHECK(login == "\x01\x04user\x04word");
  CHECK(request == std::string("\x05\x01\x00\x03\x0b", 5) + "api.example\x1f\x90");
}

TEST_CASE("SOCKS 5 proxies that give none") {
  struct Case {
    std::string hello, reply;
    const char* words;
  };
  const Case cases[] = {
      {"", "", "closed the connection"},
      {"\x05", "", "closed the connection"},
      {"\x05\xff", "", "no such login"},
      {"\x05\x02", "", "no such login"},
      {std::string("\x04\x00", 2), "", "no such login"},
      {"HTTP/1.1 400 Bad\r\n", "", "no such login"},
      {std::string("\x05\x00", 2), "", "closed the connection"},
      {std::string("\x05\x00", 2), std::string("\x05\x05\x00\x01", 4), "the connection was refused"},
      {std::string("\x05\x00", 2), std::string("\x05\x02\x00\x01", 4), "its rules forbid it"},
      {std::string("\x05\x00", 2), std::string("\x05\xf0\x00\x01", 4), "unknown"},
      {std::string("\x05\x00", 2), std::string("\x04\x00\x00\x01", 4), "does not speak SOCKS 5"},
      {std::string("\x05\x00", 2), std::string("\x05\x00\x00\x01\x7f", 5), "closed the connection"},
      {std::string("\x05\x00", 2), std::string("\x05\x00\x00\x03\xff", 5), "closed the connection"},
  };
  for (const Case& one : cases) {
    INFO(one.words);
    RawServer proxy([&](RawPeer& peer) {
      peer.Read(3);
      peer.Send(one.hello);
      if (one.hello.size() != 2 || one.hello[1] != '\0' || one.hello[0] != '\x05') return;
      peer.Read(18);
      peer.Send(one.reply);
    });
    const Answer answer = AskBy(ProxyAt(proxy, "socks5"), "http://api.example:8080/");
    REQUIRE(answer.failure);
    CHECK(answer.failure.message.find(one.words) != std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::net
