#include "net/head.h"

#include "tests/catch.h"

namespace sluice::net {
namespace {

TEST_CASE("heads of answers that are read") {
  ResponseHead head;
  REQUIRE_FALSE(ParseHead("HTTP/1.1 200 OK\r\nA: 1\r\na:  two words \t\r\nB:\r\nC: \xff\r\n\r\n", head));
  CHECK(head.minor == 1);
  CHECK(head.status == 200);
  CHECK(head.headers == Headers{{"A", "1"}, {"a", "two words"}, {"B", ""}, {"C", "\xff"}});
  ResponseHead old;
  REQUIRE_FALSE(ParseHead("HTTP/1.0 404\r\n\r\n", old));
  CHECK(old.minor == 0);
  CHECK(old.status == 404);
  ResponseHead wordless;
  CHECK_FALSE(ParseHead("HTTP/1.1 599 \r\n\r\n", wordless));
}

TEST_CASE("heads of answers that are refused") {
  const std::pair<std::string, const char*> cases[] = {
      {"", "first line"},
      {"\r\n\r\n", "first line"},
      {"HTTP/1.1\r\n\r\n", "status"},
      {"HTTP/1.1 \r\n\r\n", "status"},
      {"HTTP/1.1 20\r\n\r\n", "status"},
      {"HTTP/1.1 2000\r\n\r\n", "status"},
      {"HTTP/1.1 2x0 OK\r\n\r\n", "status"},
      {"HTTP/1.1 +20 OK\r\n\r\n", "status"},
      {"HTTP/1.1  200 OK\r\n\r\n", "status"},
      {"HTTP/1.1\t200 OK\r\n\r\n", "status"},
      {"HTTP/1.1 200 O\rK\r\n\r\n", "status"},
      {std::string("HTTP/1.1 200 O\0K\r\n\r\n", 20), "status"},
      {"HTTP/1.1 000 OK\r\n\r\n", "a status that is none"},
      {"HTTP/1.1 099 OK\r\n\r\n", "a status that is none"},
      {"HTTP/1.1 600 OK\r\n\r\n", "a status that is none"},
      {"HTTP/2 200 OK\r\n\r\n", "first line"},
      {"HTTP/1.2 200 OK\r\n\r\n", "first line"},
      {"HTTP/0.9 200 OK\r\n\r\n", "first line"},
      {"http/1.1 200 OK\r\n\r\n", "first line"},
      {"ICY 200 OK\r\n\r\n", "first line"},
      {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "first line"},
      {" HTTP/1.1 200 OK\r\n\r\n", "first line"},
      {"HTTP/1.1 200 OK\r\n", "without its end"},
      {"HTTP/1.1 200 OK\r\nA: 1\r\n", "without its end"},
      {"HTTP/1.1 200 OK\r\n\r\nA: 1\r\n\r\n", "empty line in the middle"},
      {"HTTP/1.1 200 OK\r\n A: 1\r\n\r\n", "folded"},
      {"HTTP/1.1 200 OK\r\nA: 1\r\n\tmore\r\n\r\n", "folded"},
      {"HTTP/1.1 200 OK\r\nA 1\r\n\r\n", "proper name"},
      {"HTTP/1.1 200 OK\r\n: 1\r\n\r\n", "proper name"},
      {"HTTP/1.1 200 OK\r\nA : 1\r\n\r\n", "proper name"},
      {"HTTP/1.1 200 OK\r\nA\tB: 1\r\n\r\n", "proper name"},
      {"HTTP/1.1 200 OK\r\nA(b): 1\r\n\r\n", "proper name"},
      {"HTTP/1.1 200 OK\r\n\xc3\xa4: 1\r\n\r\n", "proper name"},
      {"HTTP/1.1 200 OK\r\n" + std::string(257, 'a') + ": 1\r\n\r\n", "proper name"},
      {"HTTP/1.1 200 OK\r\nA: 1\rB: 2\r\n\r\n", "control byte"},
      {"HTTP/1.1 200 OK\r\nA: 1\nB: 2\r\n\r\n", "control byte"},
      {std::string("HTTP/1.1 200 OK\r\nA: 1\0\r\n\r\n", 26), "control byte"},
      {"HTTP/1.1 200 OK\r\nA: \x7f\r\n\r\n", "control byte"},
      {"HTTP/1.1 200 OK\r\nA: \x1b[31m\r\n\r\n", "control byte"},
  };
  for (const auto& [text, words] : cases) {
    INFO(text);
    ResponseHead head;
    const Failure failed = ParseHead(text, head);
    REQUIRE(failed.why == Why::kMalformed);
    CHECK(failed.message.find(words) != std::string::npos);
  }
}

TEST_CASE("requests that are refused") {
  const char* cases[] = {
      "GET /\r\nHost: h\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
      " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n",
      "G(T / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.9\r\nHost: h\r\n\r\n",
      "GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET path HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET * HTTP/1.1\r\nHost: h\r\n\r\n",
      "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /\xc3\xa4 HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\n",
  };
  for (const char* text : cases) {
    INFO(text);
    RequestHead head;
    CHECK(ParseHead(text, head).why == Why::kMalformed);
  }
  RequestHead good;
  REQUIRE_FALSE(ParseHead("POST /hook?a=b HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n", good));
  CHECK(good.method == "POST");
  CHECK(good.target == "/hook?a=b");
  RequestHead old;
  CHECK_FALSE(ParseHead("GET / HTTP/1.0\r\n\r\n", old));
}

TEST_CASE("a head has at most 200 headers") {
  const auto with = [](std::size_t count) {
    std::string text = "HTTP/1.1 200 OK\r\n";
    for (std::size_t i = 0; i < count; ++i) text += "A: b\r\n";
    ResponseHead head;
    return ParseHead(text + "\r\n", head).why;
  };
  CHECK(with(200) == Why::kNothing);
  CHECK(with(201) == Why::kLimit);
}

// However the bytes come in pieces, the head ends at the same place.
TEST_CASE("a head is taken byte by byte as in one piece") {
  const std::string wire = "HTTP/1.1 200 OK\r\nA: 1\r\n\r\nbody";
  HeadReader whole(1024);
  std::string_view rest = wire;
  REQUIRE_FALSE(whole.Take(rest));
  CHECK(whole.IsWhole());
  CHECK(rest == "body");
  HeadReader slow(1024);
  std::size_t used = 0;
  for (; !slow.IsWhole(); ++used) {
    std::string_view byte(wire.data() + used, 1);
    REQUIRE_FALSE(slow.Take(byte));
  }
  CHECK(slow.text() == whole.text());
  CHECK(wire.substr(used) == "body");
}

TEST_CASE("a head ends at its limit, and its lines with CR LF") {
  std::string_view within = "HTTP/1.1 200 OK\r\n\r\n";
  std::string_view beyond = within;
  CHECK_FALSE(HeadReader(within.size()).Take(within));
  const Failure failed = HeadReader(beyond.size() - 1).Take(beyond);
  CHECK(failed.why == Why::kLimit);
  CHECK(failed.message.find("18 bytes") != std::string::npos);
  std::string_view bare = "HTTP/1.1 200 OK\n\n";
  CHECK(HeadReader(100).Take(bare).why == Why::kMalformed);
  const std::string endless(2000, 'a');
  std::string_view line = endless;
  CHECK(HeadReader(1024).Take(line).message.find("1 KiB") != std::string::npos);
}

TEST_CASE("lists in headers are read word by word") {
  const Headers headers{{"Connection", "keep-alive, Close"}, {"X", "closed"}};
  CHECK(ListHolds(headers, "connection", "close"));
  CHECK(ListHolds(headers, "Connection", "keep-alive"));
  CHECK_FALSE(ListHolds(headers, "Connection", "clos"));
  CHECK_FALSE(ListHolds(headers, "X", "close"));
}

}  // namespace
}  // namespace sluice::net
