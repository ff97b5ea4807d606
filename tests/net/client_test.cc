// The client against servers that do what they should not.
#include <algorithm>
#include <semaphore>
#include <thread>
#include <vector>

#include "net/http.h"
#include "net/listener.h"
#include "net/message.h"
#include "tests/catch.h"
#include "tests/net/certificates.h"
#include "tests/net/raw_server.h"

namespace sluice::net {
namespace {

using std::chrono::milliseconds;

// An authority of its own spares each client the reading of the system's.
std::unique_ptr<Client> Plain(ClientOptions options = {}) {
  static const std::string authority = Authority("nobody's").certificate_pem;
  options.tls.ca_pem = authority;
  Result<std::unique_ptr<Client>> client = Client::Make(std::move(options));
  if (!client) FAIL(client.error().Text());
  return std::move(*client);
}

Request Get(const std::string& url) { return {.url = *ParseUrl(url)}; }

// The answer to GET from a server that reads a head, says `bytes` and closes.
Answer AnswerTo(const std::string& bytes, const RequestLimits& limits = {}) {
  RawServer server([&](RawPeer& peer) {
    peer.ReadHead();
    peer.Send(bytes);
  });
  Request request = Get(server.Url());
  request.limits = limits;
  return Plain()->Send(request);
}

bool Holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("what goes over the wire") {
  std::string head, body;
  RawServer server([&](RawPeer& peer) {
    head = peer.ReadHead();
    body = peer.Read(2);
    peer.Send("HTTP/1.1 201 Created\r\nContent-Length: 4\r\nWarning: 299 - \"w\"\r\n\r\ndone");
  });
  Request request = Get(server.Url("/apis?x=%20y"));
  request.method = "PATCH";
  request.headers = {{"Content-Type", "application/apply-patch+yaml"}};
  request.body = "{}";
  const Answer answer = Plain({.user_agent = "sluice/1"})->Send(request);
  CHECK_FALSE(answer.failure);
  CHECK(answer.head.status == 201);
  CHECK(answer.body == "done");
  CHECK(*FindHeader(answer.head.headers, "warning") == "299 - \"w\"");
  CHECK(head == "PATCH /apis?x=%20y HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                    "\r\nUser-Agent: sluice/1\r\nAccept-Encoding: identity\r\nContent-Length: 2\r\n"
                    "Content-Type: application/apply-patch+yaml\r\n\r\n");
  CHECK(body == "{}");
}

TEST_CASE("answers that are taken") {
  struct Case {
    const char* bytes;
    int status;
    const char* body;
  };
  const Case cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok"},
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end"},
      {"HTTP/1.0 200 OK\r\n\r\nold", 200, "old"},
      {"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold", 200, "old"},
      {"HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n", 304, ""},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
       "0\r\n\r\n",
       200, ""},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 1\r\n\r\nx", 200, "x"},
      {"HTTP/1.1 500 no\r\nContent-Length: 1\r\n\r\nx", 500, "x"},
  };
  for (const Case& one : cases) {
    INFO(one.bytes);
    const Answer answer = AnswerTo(one.bytes);
    CHECK(answer.failure.message.empty());
    CHECK(answer.head.status == one.status);
    CHECK(answer.body == one.body);
  }
}

TEST_CASE("answers that are refused") {
  struct Case {
    std::string bytes;
    Why why;
    const char* words;
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  std::string interim, many;
  for (int i = 0; i < 9; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  for (int i = 0; i < 201; ++i) many += "A: b\r\n";
  const Case cases[] = {
      {"", Why::kCut, "ended while waiting for the answer"},
      {"HTTP/1.1 200 OK", Why::kCut, "ended while waiting for the answer"},
      {ok + "Content-Length: 5\r\n", Why::kCut, "ended while waiting for the answer"},
      {ok + "Content-Length: 5\r\n\r\nhel", Why::kCut, "2 bytes before the end"},
      {ok + "Content-Length: 5\r\n\r\n", Why::kCut, "5 bytes before the end"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Why::kCut, "before the last chunk"},
      {ok + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n", Why::kMalformed,
       "size is not a number"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx", Why::kCut, "before the last chunk"},
      {ok + "Transfer-Encoding: gzip\r\n\r\n", Why::kMalformed, "other than chunked"},
      {ok + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello", Why::kMalformed, "more than one"},
      {ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", Why::kMalformed, "more than one"},
      {ok + "Content-Length: -5\r\n\r\nhello", Why::kMalformed, "not a number"},
      {ok + "Content-Length: 99999999999999999999\r\n\r\nhello", Why::kMalformed, "not a number"},
      {ok + "Content-Length: 16777217\r\n\r\n", Why::kLimit, "more than 16 MiB"},
      {ok + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b", Why::kMalformed,
       "Content-Encoding"},
      {ok + "Content-Encoding: br\r\nContent-Length: 0\r\n\r\n", Why::kMalformed, "Content-Encoding"},
      {ok + "Content-Encoding: identity, gzip\r\nContent-Length: 0\r\n\r\n", Why::kMalformed,
       "Content-Encoding"},
      {"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n", Why::kMalformed, "change of protocol"},
      {interim + ok + "\r\n", Why::kMalformed, "more than 8 interim"},
      {"HTTP/1.1 100 Continue\r\n\r\n", Why::kCut, "ended while waiting for the answer"},
      {"HTTP/2 200\r\n\r\n", Why::kMalformed, "first line"},
      {"220 mail.example ESMTP\r\n\r\n", Why::kMalformed, "first line"},
      {"\x16\x03\x01\x02\x01\r\n\r\n", Why::kMalformed, "first line"},
      {ok + "A: b\nC: d\r\n\r\n", Why::kMalformed, "CR LF"},
      {ok + many + "\r\n", Why::kLimit, "more than 200 headers"},
      {ok + "X: " + std::string(70000, 'a') + "\r\n\r\n", Why::kLimit, "a head of more than 64 KiB"},
      {std::string(70000, 'a'), Why::kLimit, "a head of more than 64 KiB"},
  };
  for (const Case& one : cases) {
    INFO(one.bytes.substr(0, 200));
    const Answer answer = AnswerTo(one.bytes);
    CHECK(answer.failure.why == one.why);
    CHECK(Holds(answer.failure.message, one.words));
    CHECK(Holds(answer.failure.message, "http://127.0.0.1:"));
  }
}

TEST_CASE("a body without end stops at its limit") {
  for (const char* framing : {"\r\n", "Transfer-Encoding: chunked\r\n\r\n"}) {
    RawServer server([&](RawPeer& peer) {
      peer.ReadHead();
      peer.Send(std::string("HTTP/1.1 200 OK\r\n") + framing);
      const std::string piece =
          *framing == '\r' ? std::string(4096, 'a') : "1000\r\n" + std::string(4096, 'a') + "\r\n";
      while (peer.Send(piece)) {
      }
    });
    Request request = Get(server.Url());
    request.limits.body_bytes = 100000;
    const Answer answer = Plain()->Send(request);
    CHECK(answer.failure.why == Why::kLimit);
    CHECK(Holds(answer.failure.message, "a body of more than 100000 bytes"));
    CHECK(answer.body.size() <= 100000);
  }
}

TEST_CASE("a head without end stops at its limit") {
  for (const char* piece : {"aaaaaaaaaaaaaaaaaaaaaaaa", "A: bbbbbbbbbbbbbbbbbbbbb\r\n"}) {
    RawServer server([&](RawPeer& peer) {
      peer.ReadHead();
      peer.Send("HTTP/1.1 200 OK\r\n");
      while (peer.Send(piece)) {
      }
    });
    const Answer answer = Plain()->Send(Get(server.Url()));
    CHECK(answer.failure.why == Why::kLimit);
  }
}

// Each server hangs in another phase, until the client has gone. The message
// names the phase that the client has reached.
TEST_CASE("a server that hangs is left when the time is over") {
  for (const char* bytes :
       {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        "HTTP/1.1 200 OK\r\n\r\n"}) {
    for (const bool idle : {true, false}) {
      INFO(bytes);
      RawServer server([&](RawPeer& peer) {
        peer.ReadHead();
        peer.Send(bytes);
        peer.ReadToEnd();
      });
      Request request = Get(server.Url());
      request.limits.idle = milliseconds(idle ? 50 : 0);
      request.limits.total = milliseconds(idle ? 0 : 50);
      const Answer answer = Plain()->Send(request);
      CHECK(answer.failure.why == Why::kTime);
      CHECK(Holds(answer.failure.message,
                  answer.head.status == 200 ? "reading the body" : "waiting for the answer"));
      CHECK(Holds(answer.failure.message, idle ? "no byte for 50 ms" : "the time was over"));
    }
  }
}

TEST_CASE("a server that drips is left when the whole time is over") {
  RawServer server([](RawPeer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\nX: ");
    while (peer.Send("a")) {
    }
  });
  Request request = Get(server.Url());
  request.limits.head_bytes = 1u << 30;
  request.limits.total = milliseconds(50);
  CHECK(Plain()->Send(request).failure.why == Why::kTime);
}

// Never waits for a byte.
class Endless : public Stream {
 public:
  Failure Read(std::span<char> into, std::size_t& count, const Wait&) override {
    std::fill(into.begin(), into.end(), 'a');
    count = into.size();
    return {};
  }
  Failure Write(std::string_view, const Wait&) override { return {}; }
};

TEST_CASE("a body that always has a byte more ends with the time, or when it is cancelled") {
  Cancellation cancel;
  cancel.Cancel();
  for (const Wait& wait : {Wait{.end = Clock::now()}, Wait{.cancel = &cancel}}) {
    Endless stream;
    Incoming incoming(stream);
    int pieces = 0;
    bool stopped = false;
    const Failure failed = ReadBody(
        incoming, {.kind = Framing::Kind::kUntilClose}, 0, wait,
        [&](std::string_view) { return ++pieces < 100; }, stopped);
    CHECK(failed.why == (wait.cancel == nullptr ? Why::kTime : Why::kCancelled));
    CHECK(pieces == 0);
  }
}

TEST_CASE("a server that does not read is left when the time is over") {
  std::binary_semaphore over(0);
  RawServer server([&](RawPeer&) { over.acquire(); });
  Request request = Get(server.Url());
  request.method = "POST";
  request.body.assign(64u << 20, 'a');
  request.limits.idle = milliseconds(50);
  const Answer answer = Plain()->Send(request);
  over.release();
  CHECK(answer.failure.why == Why::kTime);
  CHECK(Holds(answer.failure.message, "while sending the request"));
}

TEST_CASE("a connection that is reset is a cut") {
  for (const char* bytes :
       {"", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello", "HTTP/1.1 200 OK\r\n\r\nhello"}) {
    INFO(bytes);
    RawServer server([&](RawPeer& peer) {
      peer.ReadHead();
      peer.Send(bytes);
      peer.Reset();
    });
    const Answer answer = Plain()->Send(Get(server.Url()));
    CHECK(answer.failure.why == Why::kCut);
  }
}

TEST_CASE("redirects are answers and lead nowhere") {
  RawServer elsewhere([](RawPeer& peer) { peer.ReadHead(); });
  for (const char* status : {"301", "302", "303", "307", "308"}) {
    const Answer answer =
        AnswerTo("HTTP/1.1 " + std::string(status) + " Moved\r\nLocation: " + elsewhere.Url() +
                 "\r\nContent-Length: 0\r\n\r\n");
    CHECK_FALSE(answer.failure);
    CHECK(answer.head.status == std::stoi(status));
  }
  CHECK(elsewhere.connections() == 0);
}

TEST_CASE("requests that are not sent") {
  RawServer server([](RawPeer& peer) { peer.ReadHead(); });
  const auto refused = [&](const std::function<void(Request&)>& spoil) {
    Request request = Get(server.Url());
    spoil(request);
    const Answer answer = Plain()->Send(request);
    CHECK(answer.failure.why == Why::kRequest);
  };
  for (const char* value : {"a\r\nX-Evil: 1", "a\nb", "a\rb", "\x01", "a\x7f"})
    refused([&](Request& request) { request.headers = {{"X", value}}; });
  refused([&](Request& request) { request.headers = {{"X", std::string("a\0b", 3)}}; });
  for (const char* name : {"", "X Y", "X:", "X\r\nY", "\xc3\xa4"})
    refused([&](Request& request) { request.headers = {{name, "1"}}; });
  for (const char* name : {"Host", "content-length", "Transfer-Encoding", "Connection", "Accept-Encoding",
                           "Expect", "Upgrade", "TE", "User-Agent", "Proxy-Authorization"})
    refused([&](Request& request) { request.headers = {{name, "1"}}; });
  for (const char* method : {"", "GET /evil", "GE\r\nT", "CONNECT", "G:T"})
    refused([&](Request& request) { request.method = method; });
  refused([](Request& request) { request.url = {}; });
  CHECK(server.connections() == 0);
  CHECK_FALSE(Client::Make({.user_agent = "a\r\nX: y"}));
}

TEST_CASE("nobody listens") {
  const Answer answer = Plain()->Send(Get("http://127.0.0.1:" + std::to_string(ClosedPort())));
  CHECK(answer.failure.why == Why::kUnreachable);
  CHECK(Holds(answer.failure.message, "Connection refused"));
  const Answer nameless = Plain()->Send(Get("http://name.invalid/"));
  CHECK(nameless.failure.why == Why::kUnreachable);
  CHECK(Holds(nameless.failure.message, "no address for \"name.invalid\""));
}

TEST_CASE("a request ends when it is cancelled") {
  Cancellation cancel;
  RawServer server([&](RawPeer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\n\r\n");
    cancel.Cancel();
    peer.ReadToEnd();
  });
  Request request = Get(server.Url());
  request.cancel = &cancel;
  CHECK(Plain()->Send(request).failure.why == Why::kCancelled);
  CHECK(Plain()->Send(request).failure.why == Why::kCancelled);  // from the start
}

TEST_CASE("a body comes in pieces, with its head, until enough") {
  RawServer server([](RawPeer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (peer.Send("6\r\nevent\n\r\n")) {
    }
  });
  Request request = Get(server.Url());
  request.limits.body_bytes = 0;
  std::string seen;
  request.sink = [&](const ResponseHead& head, std::string_view bytes) {
    CHECK(head.status == 200);
    seen += bytes;
    return seen.size() < 60;
  };
  const auto client = Plain();
  const Answer answer = client->Send(request);
  CHECK_FALSE(answer.failure);
  CHECK(answer.body.empty());
  CHECK(seen.substr(0, 12) == "event\nevent\n");
  CHECK(client->idle_connections() == 0);
}

// Connections: one is used again only where both sides agree that it is whole.

struct Counted {
  std::unique_ptr<Listener> listener;
  std::string url;
};
Counted Serve(Handler handler) {
  Result<std::unique_ptr<Listener>> listener = Listener::Start({}, std::move(handler));
  if (!listener) FAIL(listener.error().Text());
  const std::string url = "http://127.0.0.1:" + std::to_string((*listener)->port()) + "/";
  return {std::move(*listener), url};
}

TEST_CASE("a connection serves one request after another") {
  std::vector<std::string> peers;
  const Counted server = Serve([&](const ServedRequest& request) {
    peers.push_back(request.peer);
    return ServedAnswer{.body = request.body};
  });
  const auto client = Plain();
  for (int i = 0; i < 5; ++i) {
    Request request = Get(server.url);
    request.method = "POST";
    request.body = std::to_string(i);
    CHECK(client->Send(request).body == std::to_string(i));
  }
  REQUIRE(peers.size() == 5);
  CHECK(std::all_of(peers.begin(), peers.end(), [&](const std::string& peer) { return peer == peers[0]; }));
  CHECK(client->idle_connections() == 1);
}

TEST_CASE("connections that are not kept") {
  for (const char* bytes :
       {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"}) {
    INFO(bytes);
    RawServer server([&](RawPeer& peer) {
      peer.ReadHead();
      peer.Send(bytes);
    });
    const auto client = Plain();
    CHECK_FALSE(client->Send(Get(server.Url())).failure);
    CHECK(client->idle_connections() == 0);
    CHECK(client->Send(Get(server.Url())).body.empty());
    CHECK(server.connections() == 2);
  }
}

// A server may send an answer before anybody asks; it must not be taken for the next one.
TEST_CASE("an idle connection that talks or ended is not used again") {
  for (const bool talks : {true, false}) {
    std::binary_semaphore said(0);
    RawServer server([&](RawPeer& peer) {
      peer.ReadHead();
      peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      if (talks) peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
      peer.Close();
      said.release();
    });
    const auto client = Plain();
    CHECK(client->Send(Get(server.Url())).body == "ok");
    said.acquire();
    CHECK(client->Send(Get(server.Url())).body == "ok");
    CHECK(server.connections() == 2);
  }
}

// The server takes the second request of a connection and closes without a word.
TEST_CASE("a request on a dead idle connection is sent again where that is safe") {
  for (const bool repeatable : {true, false}) {
    std::atomic<int> heads{0};
    RawServer server([&](RawPeer& peer) {
      while (!peer.ReadHead().empty()) {
        if (++heads == 2) return;
        peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      }
    });
    const auto client = Plain();
    Request request = Get(server.Url());
    request.method = "POST";
    request.repeatable = repeatable;
    CHECK(client->Send(request).body == "ok");
    const Answer second = client->Send(request);
    CHECK((second.failure.why == Why::kNothing) == repeatable);
    CHECK(heads == (repeatable ? 3 : 2));
    CHECK(second.failure.why == (repeatable ? Why::kNothing : Why::kCut));
  }
}

TEST_CASE("the pool keeps no more than it may") {
  const Counted server = Serve([](const ServedRequest&) { return ServedAnswer{}; });
  const auto client = Plain({.pool = {.of_one_place = 2, .in_all = 2}});
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 20; ++j) good += client->Send(Get(server.url)).head.status == 200 ? 1 : 0;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 160);
  CHECK(client->idle_connections() <= 2);
}

TEST_CASE("places do not share connections") {
  const Counted one = Serve([](const ServedRequest&) { return ServedAnswer{.body = "one"}; });
  const Counted two = Serve([](const ServedRequest&) { return ServedAnswer{.body = "two"}; });
  const auto client = Plain();
  for (int i = 0; i < 3; ++i) {
    CHECK(client->Send(Get(one.url)).body == "one");
    CHECK(client->Send(Get(two.url)).body == "two");
  }
  CHECK(client->idle_connections() == 2);
}

TEST_CASE("an answer before the request was read is heard") {
  RawServer server([](RawPeer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!");
    peer.ReadToEnd();
  });
  Request request = Get(server.Url());
  request.method = "POST";
  request.body.assign(8u << 20, 'a');
  const Answer answer = Plain()->Send(request);
  CHECK(answer.head.status == 413);
  CHECK(answer.body == "no!");
}

}  // namespace
}  // namespace sluice::net
