#include "net/body.h"

#include "tests/catch.h"

namespace sluice::net {
namespace {

// A head with these headers, and the body behind it, in pieces of `step` bytes.
struct Read {
  Failure failure;
  std::string body;
  bool done = false;
  std::string rest;
};

Read ReadAll(Framing framing, std::string_view wire, std::size_t step) {
  Read read;
  BodyReader reader(framing);
  while (!wire.empty() && !reader.IsDone() && !read.failure) {
    std::string_view piece = wire.substr(0, step);
    const std::size_t before = piece.size();
    std::string_view payload;
    read.failure = reader.Take(piece, payload);
    read.body += payload;
    wire.remove_prefix(before - piece.size());
  }
  read.done = reader.IsDone();
  read.rest = wire;
  if (!read.failure) read.failure = reader.AtEnd();
  return read;
}

constexpr Framing kChunked{Framing::Kind::kChunked, 0};

TEST_CASE("chunks in any pieces") {
  const std::string wire =
      "5\r\nhello\r\n1;name=\"value\"\r\n \r\n00A \r\n0123456789\r\n0\r\nX: y\r\n\r\nnext";
  for (std::size_t step = 1; step <= wire.size(); ++step) {
    const Read read = ReadAll(kChunked, wire, step);
    CHECK_FALSE(read.failure);
    CHECK(read.body == "hello 0123456789");
    CHECK(read.rest == "next");
  }
}

TEST_CASE("chunks that are refused") {
  struct Case {
    std::string wire;
    Why why;
    const char* words;
  };
  const Case cases[] = {
      {"", Why::kCut, "before the last chunk"},
      {"5", Why::kCut, "before the last chunk"},
      {"5\r\nhel", Why::kCut, "before the last chunk"},
      {"5\r\nhello", Why::kCut, "before the last chunk"},
      {"5\r\nhello\r\n", Why::kCut, "before the last chunk"},
      {"5\r\nhello\r\n0\r\n", Why::kCut, "before the last chunk"},
      {"\r\n", Why::kMalformed, "size is not a number"},
      {"x\r\n", Why::kMalformed, "size is not a number"},
      {"0x5\r\nhello\r\n", Why::kMalformed, "size is not a number"},
      {"-1\r\n", Why::kMalformed, "size is not a number"},
      {"+5\r\nhello\r\n", Why::kMalformed, "size is not a number"},
      {" 5\r\nhello\r\n", Why::kMalformed, "size is not a number"},
      {"5 5\r\nhello\r\n", Why::kMalformed, "size is not a number"},
      {";a=b\r\n", Why::kMalformed, "size is not a number"},
      {"10000000000000005\r\nhello\r\n", Why::kMalformed, "size is not a number"},
      {"ffffffffffffffff\r\nhello\r\n", Why::kMalformed, "size is not a number"},
      {"8000000000000000\r\nhello\r\n", Why::kMalformed, "size is not a number"},
      {"5\nhello\r\n", Why::kMalformed, "CR LF"},
      {"5\r\nhelloworld\r\n0\r\n\r\n", Why::kMalformed, "longer than its size"},
      {"5\r\nhello\n0\r\n\r\n", Why::kMalformed, "CR LF"},
      {"5\r\nhello0\r\n\r\n", Why::kMalformed, "longer than its size"},
      {"5;\x01\r\nhello\r\n", Why::kMalformed, "control byte"},
      {"5;a\rb\r\nhello\r\n", Why::kMalformed, "control byte"},
      {"5;" + std::string(1100, 'a') + "\r\nhello\r\n", Why::kLimit, "1 KiB"},
      {std::string(1100, '0') + "5\r\nhello\r\n", Why::kLimit, "1 KiB"},
      {"0\r\nX: " + std::string(1100, 'a') + "\r\n\r\n", Why::kLimit, "1 KiB"},
  };
  for (const Case& one : cases) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{4096}}) {
      INFO(one.wire);
      const Read read = ReadAll(kChunked, one.wire, step);
      CHECK(read.failure.why == one.why);
      CHECK(read.failure.message.find(one.words) != std::string::npos);
    }
  }
}

TEST_CASE("trailers and idle chunk lines have limits") {
  std::string trailers = "0\r\n", stuffed, plain;
  for (int i = 0; i < 51; ++i) trailers += "A: b\r\n";
  CHECK(ReadAll(kChunked, trailers + "\r\n", 4096).failure.why == Why::kLimit);
  for (int i = 0; i < 40; ++i) stuffed += "1;" + std::string(900, 'x') + "\r\na\r\n";
  CHECK(ReadAll(kChunked, stuffed + "0\r\n\r\n", 4096).failure.message.find("mostly no data") !=
        std::string::npos);
  for (int i = 0; i < 20000; ++i) plain += "1\r\na\r\n";
  CHECK(ReadAll(kChunked, plain + "0\r\n\r\n", 4096).done);
}

TEST_CASE("a body of known length ends there and not before") {
  const Read good = ReadAll({Framing::Kind::kLength, 5}, "hellonext", 2);
  CHECK(good.body == "hello");
  CHECK(good.rest == "next");
  const Read cut = ReadAll({Framing::Kind::kLength, 5}, "hel", 2);
  CHECK(cut.failure.why == Why::kCut);
  CHECK(cut.failure.message.find("2 bytes before the end") != std::string::npos);
  CHECK(ReadAll({Framing::Kind::kLength, 0}, "", 1).done);
  const Read open = ReadAll({Framing::Kind::kUntilClose, 0}, "all of it", 3);
  CHECK(open.body == "all of it");
  CHECK_FALSE(open.failure);
}

Failure Frame(int status, Headers headers, Framing& framing, int minor = 1, std::string_view method = "GET") {
  framing = {};
  return FrameResponse({minor, status, std::move(headers)}, method, framing);
}

TEST_CASE("what the headers say of the body") {
  Framing framing;
  using Kind = Framing::Kind;
  CHECK_FALSE(Frame(200, {{"content-length", "12"}}, framing));
  CHECK((framing.kind == Kind::kLength && framing.length == 12));
  CHECK_FALSE(Frame(200, {{"Transfer-Encoding", "Chunked"}}, framing));
  CHECK(framing.kind == Kind::kChunked);
  CHECK_FALSE(Frame(200, {}, framing, 0));
  CHECK(framing.kind == Kind::kUntilClose);
  for (const int status : {204, 304, 100}) {
    CHECK_FALSE(Frame(status, {{"Content-Length", "12"}}, framing));
    CHECK(framing.kind == Kind::kNone);
  }
  CHECK_FALSE(Frame(200, {{"Content-Length", "12"}}, framing, 1, "HEAD"));
  CHECK((framing.kind == Kind::kNone && framing.length == 0));
  RequestHead request{.method = "POST"};
  CHECK_FALSE(FrameRequest(request, framing = {}));
  CHECK(framing.kind == Kind::kNone);
}

TEST_CASE("what the headers may not say of the body") {
  const Headers cases[] = {
      {{"Content-Length", "1"}, {"Content-Length", "2"}},
      {{"Content-Length", "1"}, {"Content-Length", "1"}},
      {{"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}},
      {{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}},
      {{"Transfer-Encoding", "gzip, chunked"}},
      {{"Transfer-Encoding", "chunked, identity"}},
      {{"Transfer-Encoding", "identity"}},
      {{"Transfer-Encoding", "xchunked"}},
      {{"Transfer-Encoding", ""}},
      {{"Content-Length", ""}},
      {{"Content-Length", "-1"}},
      {{"Content-Length", "+1"}},
      {{"Content-Length", "1, 1"}},
      {{"Content-Length", "0x10"}},
      {{"Content-Length", "1 2"}},
      {{"Content-Length", "12a"}},
      {{"Content-Length", "9223372036854775808"}},
      {{"Content-Length", "18446744073709551617"}},
      {{"Content-Length", "99999999999999999999999999"}},
  };
  for (const Headers& headers : cases) {
    INFO(headers[0].name << ": " << headers[0].value);
    Framing framing;
    CHECK(Frame(200, headers, framing).why == Why::kMalformed);
    CHECK(FrameRequest({1, "POST", "/", headers}, framing).why == Why::kMalformed);
  }
  Framing framing;
  CHECK(Frame(200, {{"Transfer-Encoding", "chunked"}}, framing, 0).why == Why::kMalformed);
}

}  // namespace
}  // namespace sluice::net
