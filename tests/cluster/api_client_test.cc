// The client against API servers that are slow, broken, strict or hostile.
#include "cluster/api_client.h"

#include <atomic>
#include <mutex>
#include <semaphore>
#include <thread>

#include "net/listener.h"
#include "tests/catch.h"
#include "tests/cluster/files.h"
#include "tests/net/certificates.h"
#include "tests/net/raw_server.h"

namespace sluice::cluster {
namespace {

using net::RawPeer;
using net::RawServer;
using net::Why;
using std::chrono::hours;
using std::chrono::milliseconds;

Access Of(std::uint16_t port, Access access = {}) {
  access.context = "test";
  access.server = *net::ParseUrl("http://127.0.0.1:" + std::to_string(port));
  // Spares each client the reading of the certificates of the system.
  static const std::string authority = net::Authority("nobody").certificate_pem;
  access.tls.ca_pem = authority;
  return access;
}

std::unique_ptr<ApiClient> ClientOf(Access access, ApiOptions options = {}) {
  options.backoff = milliseconds(1);
  Result<std::unique_ptr<ApiClient>> client = ApiClient::Make(std::move(access), std::move(options));
  if (!client) FAIL(client.error().Text());
  return std::move(*client);
}

std::string Whole(const std::string& status, const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + headers + "\r\n" + body;
}

// Answers one connection after another with the next of `answers`, the last one
// for all that follow, and keeps what was asked. An empty answer is a cut.
class Script {
 public:
  explicit Script(std::vector<std::string> answers)
      : answers_(std::move(answers)), server_([this](RawPeer& peer) {
          std::string head = peer.ReadHead();
          const std::lock_guard lock(mutex_);
          const std::size_t index = std::min(heads_.size(), answers_.size() - 1);
          heads_.push_back(std::move(head));
          peer.Send(answers_[index]);
        }) {}

  std::uint16_t port() const { return server_.port(); }
  std::vector<std::string> heads() {
    const std::lock_guard lock(mutex_);
    return heads_;
  }

 private:
  const std::vector<std::string> answers_;
  std::mutex mutex_;
  std::vector<std::string> heads_;
  RawServer server_;
};

bool Holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

ApiAnswer Sent(ApiClient& client, const ApiRequest& request) {
  Result<ApiAnswer> answer = client.Send(request);
  if (!answer) FAIL(answer.error().Text());
  return std::move(*answer);
}

TEST_CASE("what a request says, and what comes back") {
  Script server({Whole("200 OK", "{}", "ETag: \"e\"\r\nWarning: 299 - \"old\"\r\n")});
  Access access = Of(server.port(), {.token = "abc", .as = {.user = "jo", .groups = {"dev"}}});
  access.server.target = "/k8s/clusters/c-1/";
  const ApiAnswer answer = Sent(*ClientOf(access, {.user_agent = "sluice/1"}), {.path = "/version?x=y"});
  CHECK_FALSE(answer.failure);
  CHECK(answer.status == 200);
  CHECK(answer.body == "{}");
  CHECK(*net::FindHeader(answer.headers, "etag") == "\"e\"");
  CHECK(answer.warnings == std::vector<std::string>{"old"});
  const std::string head = server.heads().at(0);
  CHECK(head.starts_with("GET /k8s/clusters/c-1/version?x=y HTTP/1.1\r\n"));
  for (const char* line : {"User-Agent: sluice/1", "Authorization: Bearer abc", "Impersonate-User: jo",
                           "Impersonate-Group: dev"})
    CHECK(Holds(head, "\r\n" + std::string(line) + "\r\n"));
}

TEST_CASE("what is sent again, and what is not") {
  struct Case {
    const char* method;
    bool repeatable;
    std::string first;
    std::size_t requests;  // where the second answer is 200
  };
  const std::string again = "Retry-After: 0\r\n";
  const Case cases[] = {
      {"GET", false, Whole("429 Slow", "", again), 2},
      {"POST", false, Whole("429 Slow", "", again), 2},
      {"PATCH", true, Whole("429 Slow", ""), 2},
      {"GET", false, Whole("503 Down", ""), 2},
      {"GET", false, Whole("502 Bad", ""), 2},
      {"GET", false, Whole("504 Late", ""), 2},
      {"PATCH", true, Whole("503 Down", ""), 2},
      {"PATCH", true, Whole("500 Wrong", "", again), 2},
      {"GET", false, "", 2},
      {"PATCH", true, "", 2},
      {"PATCH", true, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut", 2},
      {"PATCH", true, Whole("500 Wrong", ""), 1},  // the server's answer to a wrong shape
      {"PATCH", false, Whole("503 Down", ""), 1},
      {"POST", false, Whole("503 Down", "", again), 1},
      {"POST", false, Whole("500 Wrong", "", again), 1},
      {"POST", false, "", 1},
      {"DELETE", false, "", 1},
      {"GET", false, Whole("404 None", ""), 1},
      {"GET", false, Whole("409 Conflict", "", again), 1},
      {"GET", false, Whole("302 Elsewhere", "", "Location: http://127.0.0.1:1/\r\n"), 1},
      {"GET", false, "no HTTP\r\n\r\n", 1},
  };
  for (const Case& one : cases) {
    INFO(one.method << " " << one.first);
    Script server({one.first, Whole("200 OK", "{}")});
    const ApiAnswer answer = Sent(*ClientOf(Of(server.port())),
                                  {.method = one.method, .path = "/x", .repeatable = one.repeatable});
    CHECK(server.heads().size() == one.requests);
    CHECK((answer.status == 200) == (one.requests == 2));
  }
}

TEST_CASE("tries have an end") {
  Script busy({Whole("429 Slow", "", "Retry-After: 0\r\n")});
  CHECK(Sent(*ClientOf(Of(busy.port()), {.tries = 3}), {.path = "/x"}).status == 429);
  CHECK(busy.heads().size() == 3);
  Script cutting({""});
  CHECK(Sent(*ClientOf(Of(cutting.port()), {.tries = 3}), {.path = "/x"}).failure.why == Why::kCut);
  CHECK(cutting.heads().size() == 3);
}

TEST_CASE("a Retry-After behind the deadline is not waited for") {
  for (const char* after : {"3600", "Fri, 31 Dec 2100 23:59:59 GMT"}) {
    Script server({Whole("429 Slow", "", "Retry-After: " + std::string(after) + "\r\n")});
    CHECK(Sent(*ClientOf(Of(server.port())), {.path = "/x"}).status == 429);
    CHECK(server.heads().size() == 1);
  }
}

TEST_CASE("nobody listens: tried again, then said") {
  const ApiAnswer answer = Sent(*ClientOf(Of(net::ClosedPort())), {.method = "POST", .path = "/x"});
  CHECK(answer.failure.why == Why::kUnreachable);
  CHECK(Holds(Trouble(answer), "Connection refused"));
}

// Whatever the server does not do, the answer is there when the time is over.
TEST_CASE("a server that hangs is left at the deadline") {
  for (const char* bytes : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"}) {
    RawServer server([&](RawPeer& peer) {
      peer.ReadHead();
      peer.Send(bytes);
      peer.ReadToEnd();
    });
    const ApiAnswer answer =
        Sent(*ClientOf(Of(server.port())), {.path = "/x", .end = Clock::now() + milliseconds(50)});
    CHECK(answer.failure.why == Why::kTime);
    CHECK(server.connections() <= 1);  // it may not have been looked at yet
  }
}

TEST_CASE("an answer without end, and one that is too large") {
  RawServer endless([](RawPeer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\n\r\n");
    while (peer.Send(std::string(4096, 'a'))) {
    }
  });
  ApiAnswer answer = Sent(*ClientOf(Of(endless.port())), {.path = "/x", .answer_bytes = 1u << 20});
  CHECK(answer.failure.why == Why::kLimit);
  CHECK(Holds(answer.failure.message, "more than 1 MiB"));
  CHECK(endless.connections() == 1);
}

TEST_CASE("requests that are not sent") {
  Script server({Whole("200 OK", "")});
  for (const std::string& path : {std::string(""), std::string("x"), std::string("/a b"),
                                  std::string("/a\r\nX: y"), std::string("/a#b"), std::string("/\xc3\xa4"),
                                  "/" + std::string(9000, 'a'), std::string("@evil.example/")})
    CHECK(Sent(*ClientOf(Of(server.port())), {.path = path}).failure.why == Why::kRequest);
  CHECK(server.heads().empty());
  CHECK_FALSE(ApiClient::Make(Of(1), {.user_agent = "a\r\nX: y"}));
  CHECK_FALSE(ApiClient::Make(Of(1, {.tls = {.certificate_pem = "no", .key_pem = "no"}}), {}));
}

TEST_CASE("after 401 a token file is read again, once") {
  const Directory files;
  files.Write("token", "old");
  const auto answers = [&](bool takes_new) {
    return std::make_unique<RawServer>([&files, takes_new](RawPeer& peer) {
      const std::string head = peer.ReadHead();
      const bool good = takes_new && Holds(head, "Bearer new");
      files.Write("token", "new");
      peer.Send(good ? Whole("200 OK", "{}") : Whole("401 Unauthorized", "{}"));
    });
  };
  const auto server = answers(true);
  const auto client = ClientOf(Of(server->port(), {.token_file = files.path("token")}));
  CHECK(Sent(*client, {.method = "PATCH", .path = "/x"}).status == 200);
  CHECK(server->connections() == 2);
  const auto strict = answers(false);
  CHECK(Sent(*ClientOf(Of(strict->port(), {.token_file = files.path("token")})), {.path = "/x"}).status ==
        401);
  CHECK(strict->connections() == 2);
  Script fixed({Whole("401 Unauthorized", "{}")});
  CHECK(Sent(*ClientOf(Of(fixed.port(), {.token = "t"})), {.path = "/x"}).status == 401);
  CHECK(fixed.heads().size() == 1);
}

TEST_CASE("a stream gives its body as it comes, and an error as any other answer") {
  Script script({Whole("200 OK", "one two"), Whole("403 Forbidden", R"({"message":"no"})"),
                 Whole("500 Oops", std::string(100, 'x')), Whole("200 OK", "three")});
  const auto client = ClientOf(Of(script.port(), {.token = "t"}));
  std::string came;
  const auto all = [&](std::string_view bytes) { return !(came += bytes).empty(); };
  const auto stream = [&](const ApiRequest& request, const ApiClient::BodySink& sink) {
    Result<ApiAnswer> answer = client->Stream(request, sink);
    REQUIRE(answer);
    return std::move(*answer);
  };
  CHECK(stream({.path = "/w"}, all).body.empty());
  CHECK(came == "one two");
  const ApiAnswer refused = stream({.path = "/w"}, all);
  CHECK(refused.status == 403);
  CHECK(refused.body == R"({"message":"no"})");
  CHECK(stream({.path = "/w", .answer_bytes = 10}, all).body == std::string(10, 'x'));
  CHECK(came == "one two");
  CHECK(stream({.path = "/w"}, [](std::string_view) { return false; }).status == 200);
  CHECK(script.heads().size() == 4);  // nothing is asked again
  CHECK(Holds(script.heads()[0], "Bearer t"));
}

TEST_CASE("a stream renews what was refused, once") {
  const Directory files;
  files.Write("token", "old");
  RawServer server([&](RawPeer& peer) {
    const bool good = Holds(peer.ReadHead(), "Bearer new");
    files.Write("token", "new");
    peer.Send(good ? Whole("200 OK", "x") : Whole("401 Unauthorized", "{}"));
  });
  const auto client = ClientOf(Of(server.port(), {.token_file = files.path("token")}));
  std::string came;
  const auto sink = [&](std::string_view bytes) { return !(came += bytes).empty(); };
  const auto answer = client->Stream({.path = "/w"}, sink);
  CHECK(answer->status == 200);
  CHECK(came == "x");
  Script never({Whole("401 Unauthorized", "{}")});
  CHECK(ClientOf(Of(never.port(), {.token = "t"}))->Stream({.path = "/w"}, sink)->status == 401);
  CHECK(never.heads().size() == 1);
}

TEST_CASE("a plugin that hangs ends with the deadline") {
  const Directory files;
  files.Write("plugin", "#!/bin/sh\nexec sleep 100\n", true);
  Access access = Of(1);
  access.exec = ExecPlugin{.api_version = "client.authentication.k8s.io/v1", .command = files.path("plugin")};
  const auto client = ClientOf(access);
  const Clock::time_point end = Clock::now() + milliseconds(100);
  std::thread other([&] { CHECK_FALSE(client->Send({.path = "/x", .end = end})); });
  CHECK_FALSE(client->Send({.path = "/x", .end = end}));
  other.join();
}

TEST_CASE("no more requests at once than the budget") {
  std::atomic<int> now{0}, most{0};
  std::atomic<bool> opened{false};
  std::counting_semaphore<100> both(0);
  const auto listener = net::Listener::Start({}, [&](const net::ServedRequest&) {
    const int here = ++now;
    for (int seen = most; seen < here && !most.compare_exchange_weak(seen, here);) {
    }
    // The first two wait for each other: the budget is used as well as kept.
    if (here == 2 && !opened.exchange(true)) both.release(12);
    both.acquire();
    --now;
    return net::ServedAnswer{.body = "{}"};
  });
  const auto client = ClientOf(Of((*listener)->port()), {.budget = 2});
  std::vector<std::thread> threads;
  std::atomic<int> done{0};
  for (int i = 0; i < 12; ++i)
    threads.emplace_back([&] { done += Sent(*client, {.path = "/x"}).status == 200; });
  for (std::thread& one : threads) one.join();
  CHECK(done == 12);
  CHECK(most == 2);
}

TEST_CASE("who gets no turn within the deadline is told") {
  RawServer server([](RawPeer& peer) { peer.ReadToEnd(); });
  net::Cancellation stop;
  const auto client = ClientOf(Of(server.port()), {.budget = 1, .cancel = &stop});
  std::thread first([&] { CHECK(Sent(*client, {.path = "/x"}).failure.why == Why::kCancelled); });
  ApiAnswer answer;
  do {
    answer = Sent(*client, {.path = "/y", .end = Clock::now() + milliseconds(20)});
    CHECK(answer.failure.why == Why::kTime);
  } while (!Holds(answer.failure.message, "other requests"));
  stop.Cancel();
  first.join();
}

TEST_CASE("Warning headers") {
  const std::string many(70 * 12, ' ');
  struct Case {
    std::vector<std::string> values;
    std::vector<std::string> texts;
  };
  const Case cases[] = {
      {{R"(299 - "one")"}, {"one"}},
      {{R"(299 - "one")", R"(299 - "two")"}, {"one", "two"}},
      {{R"(299 - "one", 299 agent/1 "two, \"three\" \\")"}, {"one", R"(two, "three" \)"}},
      {{R"(299 - "one" "Sun, 06 Nov 1994 08:49:37 GMT", 299 - "two")"}, {"one", "two"}},
      {{R"(199 - "misc", 299 - "one")"}, {"one"}},
      {{R"(299 - "")"}, {""}},
      {{"299 - \"a\tb\""}, {"a b"}},
      {{"299 - \"\xff\""}, {"(no UTF-8)"}},
      {{R"(299 - "open)"}, {}},
      {{R"(299 - "open\)"}, {}},
      {{R"(299 "no agent")"}, {}},
      {{R"(299 - unquoted)"}, {}},
      {{R"(299 - "one" junk)"}, {}},
      {{R"(299 - "one", junk)"}, {"one"}},
      {{R"(299)"}, {}},
      {{""}, {}},
      {{","}, {}},
      {{R"(299 - "one" "open date)"}, {}},
      {{"299 - \"" + std::string(5000, 'a') + "\""}, {std::string(4096, 'a')}},
  };
  for (const Case& one : cases) {
    net::Headers headers{{"X-Warning", R"(299 - "no")"}};
    for (const std::string& value : one.values) headers.push_back({"warning", value});
    INFO(one.values[0].substr(0, 80));
    CHECK(ParseWarnings(headers) == one.texts);
  }
  const net::Headers flood(100, {"Warning", R"(299 - "w")"});
  CHECK(ParseWarnings(flood).size() == 64);
}

TEST_CASE("segments of paths") {
  const std::pair<const char*, const char*> cases[] = {{"web-1.example", "web-1.example"},
                                                       {"system:node", "system%3Anode"},
                                                       {"a/../b", "a%2F..%2Fb"},
                                                       {"..", "%2E%2E"},
                                                       {".", "%2E"},
                                                       {"a?b#c d", "a%3Fb%23c%20d"},
                                                       {"\xc3\xa4\r\n", "%C3%A4%0D%0A"}};
  for (const auto& [text, segment] : cases) CHECK(PathSegment(text) == segment);
}

TEST_CASE("JSON that is taken, and what is not") {
  const Result<manifests::ParsedFile> file = ReadJsonAnswer({.status = 200, .body = R"({"a": [1]})"});
  REQUIRE(file);
  CHECK(file->documents[0].root->Find("a")->children.size() == 1);
  const std::pair<ApiAnswer, const char*> cases[] = {
      {{.status = 200, .body = ""}, "something else than a JSON object"},
      {{.status = 200, .body = "[1]"}, "something else than a JSON object"},
      {{.status = 200, .body = "<html>"}, "something else than a JSON object"},
      {{.status = 200, .body = "a: b"}, "something else than a JSON object"},
      {{.status = 200, .body = "{\"a\": "}, "cannot be read as JSON"},
      {{.status = 200, .body = "{} {}"}, "cannot be read as JSON"},
      {{.status = 200, .body = R"({"a": 1, "a": 2})"}, "cannot be read as JSON"},
      {{.status = 200, .body = "{\"a\": " + std::string(5000, '[') + std::string(5000, ']') + "}"},
       "cannot be read"},
      {{.status = 200, .body = "{\"a\": \"\xff\"}"}, "cannot be read as JSON"},
      {{.status = 204}, "answered 204"},
      {{.status = 403, .body = R"({"message": "no\nway"})"}, "answered 403: no way"},
      {{.status = 403, .body = R"({"message": 7})"}, "answered 403"},
      {{.status = 502, .body = "<html>"}, "answered 502"},
      {{.failure = net::Fail(Why::kCut, "cut")}, "cut"},
  };
  for (const auto& [answer, words] : cases) {
    INFO(answer.body.substr(0, 80));
    const Result<manifests::ParsedFile> none = ReadJsonAnswer(answer);
    REQUIRE_FALSE(none);
    CHECK(Holds(none.error().message, words));
  }
  CHECK(Trouble({.status = 400, .body = "{\"message\": \"" + std::string(9000, 'm') + "\"}"}).size() < 600);
}

}  // namespace
}  // namespace sluice::cluster
