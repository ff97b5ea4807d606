// The listener against clients that do what they should not.
#include "net/listener.h"

#include <atomic>
#include <semaphore>
#include <stdexcept>
#include <thread>

#include "net/http.h"
#include "tests/catch.h"
#include "tests/net/certificates.h"
#include "tests/net/raw_server.h"

namespace sluice::net {
namespace {

using std::chrono::milliseconds;

std::unique_ptr<Listener> Start(Handler handler, ListenerOptions options = {}) {
  Result<std::unique_ptr<Listener>> listener = Listener::Start(options, std::move(handler));
  if (!listener) FAIL(listener.error().Text());
  return std::move(*listener);
}

ServedAnswer Echo(const ServedRequest& request) {
  return {.headers = {{"X-Target", request.head.target}}, .body = request.head.method + " " + request.body};
}

// What a raw client hears, until the listener closes.
std::string Say(const Listener& listener, const std::string& bytes) {
  RawPeer client = ConnectRaw(listener.port());
  client.Send(bytes);
  return client.ReadToEnd();
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find("\r\n")); }
bool Holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

const std::string kClose = "Host: h\r\nConnection: close\r\n";

TEST_CASE("requests that are served") {
  const auto listener = Start(Echo);
  struct Case {
    std::string request;
    const char* body;
  };
  const Case cases[] = {
      {"GET /a?b HTTP/1.1\r\n" + kClose + "\r\n", "\r\n\r\nGET "},
      {"POST / HTTP/1.1\r\n" + kClose + "Content-Length: 5\r\n\r\nhello", "\r\n\r\nPOST hello"},
      {"POST / HTTP/1.1\r\n" + kClose + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
       "\r\n\r\nPOST hello"},
      {"GET / HTTP/1.0\r\n\r\n", "\r\n\r\nGET "},
      {"OPTIONS * HTTP/1.1\r\n" + kClose + "\r\n", "\r\n\r\nOPTIONS "},
      {"HEAD / HTTP/1.1\r\n" + kClose + "\r\n", "Content-Length: 5\r\nConnection: close\r\n\r\n"},
      {"PUT / HTTP/1.1\r\n" + kClose + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx", "\r\n\r\nPUT x"},
  };
  for (const Case& one : cases) {
    INFO(one.request);
    const std::string answer = Say(*listener, one.request);
    CHECK(answer.ends_with(one.body));
    CHECK(Holds(answer, "HTTP/1.1 200 \r\n"));
    CHECK(Holds(answer, "\r\nDate: "));
  }
  CHECK(Say(*listener, cases[6].request).starts_with("HTTP/1.1 100 \r\n\r\nHTTP/1.1 200 "));
}

TEST_CASE("requests that are refused before the handler sees them") {
  std::atomic<int> handled{0};
  const auto listener = Start(
      [&](const ServedRequest&) {
        ++handled;
        return ServedAnswer{};
      },
      {.limits = {.head_bytes = 1024, .body_bytes = 100}});
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  std::string many = post;
  for (int i = 0; i < 201; ++i) many += "A:\r\n";
  const std::pair<std::string, const char*> cases[] = {
      {"nonsense\r\n\r\n", "400"},
      {"\x16\x03\x01\x02\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "400"},
      {"GET / HTTP/1.1\nHost: a\n\n", "400"},
      {"GET http://evil/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"CONNECT evil:443 HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", "400"},
      {post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "400"},
      {post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {post + "Transfer-Encoding: gzip, chunked\r\n\r\n", "400"},
      {post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "400"},
      {post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloworld", "400"},
      {post + "Content-Length: -1\r\n\r\n", "400"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {post + "Content-Length: 101\r\n\r\n", "413"},
      {post + "Content-Length: 101\r\nExpect: 100-continue\r\n\r\n", "413"},
      {post + "Content-Length: 9999999999999\r\n\r\n", "413"},
      {post + "Transfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'a'), "413"},
      {post + "Expect: miracles\r\nContent-Length: 1\r\n\r\nx", "417"},
      {post + "X: " + std::string(1100, 'a') + "\r\n\r\n", "431"},
      {std::string(1100, 'a'), "431"},
      {many + "\r\n", "431"},
  };
  for (const auto& [request, status] : cases) {
    INFO(request.substr(0, 120));
    RawPeer client = ConnectRaw(listener->port());
    client.Send(request);
    const std::string head = client.ReadHead();
    CHECK(FirstLine(head) == "HTTP/1.1 " + std::string(status) + " ");
    CHECK(Holds(head, "Connection: close"));
  }
  CHECK(handled == 0);
}

// What arrives behind a refused request is not the next request.
TEST_CASE("a refused request ends its connection") {
  std::atomic<int> handled{0};
  const auto listener = Start([&](const ServedRequest&) {
    ++handled;
    return ServedAnswer{};
  });
  RawPeer client = ConnectRaw(listener->port());
  client.Send(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(FirstLine(client.ReadHead()) == "HTTP/1.1 400 ");
  CHECK(client.ReadToEnd().empty());
  CHECK(handled == 0);
}

TEST_CASE("requests that stand behind one another are served in order") {
  const auto listener = Start(Echo);
  const std::string one = "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na";
  const std::string answers = Say(*listener, one + one + "GET /2 HTTP/1.1\r\n" + kClose + "\r\n");
  CHECK(Holds(answers, "POST aHTTP/1.1 200 \r\nX-Target: /1\r\n"));
  CHECK(Holds(answers, "POST aHTTP/1.1 200 \r\nX-Target: /2\r\n"));
  CHECK(answers.ends_with("GET "));
}

TEST_CASE("a connection serves only so many requests") {
  const auto listener = Start(Echo, {.limits = {.requests = 2}});
  std::string three;
  for (int i = 0; i < 3; ++i) three += "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string answers = Say(*listener, three);
  CHECK(answers.ends_with("Connection: close\r\n\r\nGET "));
  CHECK(answers.find("HTTP/1.1", answers.find("HTTP/1.1", 1) + 1) == std::string::npos);
}

TEST_CASE("slow clients") {
  struct Case {
    const char* bytes;
    const char* answer;  // empty: closed without a word
  };
  const Case cases[] = {
      {"", ""},
      {"G", "HTTP/1.1 408 "},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: ", "HTTP/1.1 408 "},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel", "HTTP/1.1 408 "},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "HTTP/1.1 408 "},
  };
  for (const Case& one : cases) {
    INFO(one.bytes);
    const milliseconds idle(*one.bytes == '\0' ? 50 : 10'000);
    const auto listener =
        Start(Echo, {.limits = {.head = milliseconds(50), .body = milliseconds(50), .idle = idle}});
    RawPeer client = ConnectRaw(listener->port());
    client.Send(one.bytes);
    CHECK(FirstLine(client.ReadHead()) == one.answer);
  }
}

TEST_CASE("a client that drips bytes has no more time than another") {
  const auto listener = Start(Echo, {.limits = {.head_bytes = 1u << 30, .head = milliseconds(50)}});
  RawPeer client = ConnectRaw(listener->port());
  client.Send("GET / HTTP/1.1\r\nX: ");
  while (client.Send("a")) {  // until the listener has closed
  }
  CHECK(Holds(Say(*listener, "GET / HTTP/1.1\r\n" + kClose + "\r\n"), "GET "));
}

// Slowloris: whoever says nothing, or half a request, gives way to who comes.
TEST_CASE("silent connections give way when all places are taken") {
  const auto listener = Start(Echo, {.limits = {.connections = 3}});
  std::vector<RawPeer> silent;
  for (int i = 0; i < 20; ++i) {
    silent.push_back(ConnectRaw(listener->port()));
    if (i % 2 == 0) silent.back().Send("GET / HTTP/1.1\r\nX: ");
  }
  CHECK(Holds(Say(*listener, "GET /good HTTP/1.1\r\n" + kClose + "\r\n"), "X-Target: /good"));
  CHECK(silent[0].ReadToEnd().empty());
}

TEST_CASE("working connections do not give way") {
  std::counting_semaphore<8> begun(0), go(0);
  const auto listener = Start(
      [&](const ServedRequest& request) {
        begun.release();
        go.acquire();
        return ServedAnswer{.body = request.head.target};
      },
      {.limits = {.connections = 2}});
  const std::string request = "GET /slow HTTP/1.1\r\n" + kClose + "\r\n";
  RawPeer one = ConnectRaw(listener->port()), two = ConnectRaw(listener->port());
  one.Send(request);
  two.Send(request);
  begun.acquire();
  begun.acquire();
  CHECK(FirstLine(Say(*listener, "")) == "HTTP/1.1 503 ");
  go.release(2);
  CHECK(one.ReadToEnd().ends_with("/slow"));
  CHECK(two.ReadToEnd().ends_with("/slow"));
}

TEST_CASE("a handler that fails costs one request") {
  const Handler handlers[] = {
      [](const ServedRequest&) -> ServedAnswer { throw std::runtime_error("secret"); },
      [](const ServedRequest&) -> ServedAnswer { throw 1; },
      [](const ServedRequest&) {
        return ServedAnswer{.headers = {{"Location", "/\r\nSet-Cookie: a=b"}}};
      },
      [](const ServedRequest&) {
        return ServedAnswer{.headers = {{"X\r\nY", "z"}}};
      },
      [](const ServedRequest&) {
        return ServedAnswer{.headers = {{"Content-Length", "0"}}, .body = "x"};
      },
      [](const ServedRequest&) {
        return ServedAnswer{.headers = {{"transfer-encoding", "chunked"}}};
      },
      [](const ServedRequest&) { return ServedAnswer{.status = 99}; },
      [](const ServedRequest&) { return ServedAnswer{.status = 101}; },
      [](const ServedRequest&) { return ServedAnswer{.status = 600}; },
  };
  for (const Handler& handler : handlers) {
    const auto listener = Start(handler);
    const std::string answer = Say(*listener, "GET / HTTP/1.1\r\n" + kClose + "\r\n");
    CHECK(FirstLine(answer) == "HTTP/1.1 500 ");
    CHECK_FALSE(Holds(answer, "Set-Cookie"));
    CHECK_FALSE(Holds(answer, "secret"));
  }
}

TEST_CASE("bodiless answers have none") {
  const auto listener =
      Start([](const ServedRequest&) { return ServedAnswer{.status = 204, .body = "never"}; });
  const std::string answer = Say(*listener, "GET / HTTP/1.1\r\n" + kClose + "\r\n");
  CHECK(answer.ends_with("\r\n\r\n"));
  CHECK_FALSE(Holds(answer, "Content-Length"));
}

TEST_CASE("a stop lets requests end, closes idle connections and takes no more") {
  std::binary_semaphore begun(0), go(0);
  const auto listener = Start([&](const ServedRequest&) {
    begun.release();
    go.acquire();
    return ServedAnswer{.body = "done"};
  });
  RawPeer idle = ConnectRaw(listener->port()), busy = ConnectRaw(listener->port());
  busy.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  begun.acquire();
  std::thread stopper([&] { listener->Stop(std::chrono::seconds(10)); });
  CHECK(idle.ReadToEnd().empty());
  go.release();
  const std::string answer = busy.ReadToEnd();
  stopper.join();
  CHECK(answer.ends_with("Connection: close\r\n\r\ndone"));
  CHECK(listener->connections() == 0);
  const auto client = std::move(*Client::Make({}));
  const Result<Url> url = ParseUrl("http://127.0.0.1:" + std::to_string(listener->port()));
  CHECK(client->Send({.url = *url}).failure.why == Why::kUnreachable);
  listener->Stop(milliseconds(0));
}

TEST_CASE("a stop without grace cuts what is half sent") {
  const auto listener = Start(Echo);
  RawPeer client = ConnectRaw(listener->port());
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(FirstLine(client.ReadHead()) == "HTTP/1.1 100 ");
  listener->Stop(milliseconds(0));
  CHECK(client.ReadToEnd().empty());
}

TEST_CASE("TLS clients that never shake hands are left") {
  const Pair pair = SelfSigned({});
  const auto listener = Start(Echo, {.certificate_pem = pair.certificate_pem,
                                     .key_pem = pair.key_pem,
                                     .limits = {.head = milliseconds(50)}});
  for (const char* bytes : {"", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "\x16\x03\x01\x02"}) {
    RawPeer client = ConnectRaw(listener->port());
    client.Send(bytes);
    CHECK_FALSE(Holds(client.ReadToEnd(), "HTTP"));
  }
}

TEST_CASE("listeners that do not start") {
  const auto taken = Start(Echo);
  const Pair pair = SelfSigned({});
  CHECK_FALSE(Listener::Start({.port = taken->port()}, Echo));
  CHECK_FALSE(Listener::Start({.address = "localhost"}, Echo));
  CHECK_FALSE(Listener::Start({.address = "192.0.2.1"}, Echo));
  CHECK_FALSE(Listener::Start({.certificate_pem = "nonsense", .key_pem = pair.key_pem}, Echo));
  CHECK_FALSE(
      Listener::Start({.certificate_pem = pair.certificate_pem, .key_pem = SelfSigned({}).key_pem}, Echo));
}

}  // namespace
}  // namespace sluice::net
