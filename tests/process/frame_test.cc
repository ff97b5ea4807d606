#include "process/frame.h"

#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "process/descriptor.h"
#include "tests/catch.h"

namespace sluice::process {
namespace {

Deadline Soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }

// What Receive makes of raw bytes, the other side closed after them.
Result<Frame> Received(std::string_view bytes) {
  Result<SocketPair> pair = MakeSocketPair();
  REQUIRE(pair);
  REQUIRE(send(pair->theirs.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  pair->theirs.Close();
  return ReceiveFrame(pair->ours.get(), Soon());
}

std::string Bytes(std::initializer_list<int> bytes) { return std::string(bytes.begin(), bytes.end()); }

TEST_CASE("a message arrives as it was sent, whatever its size") {
  for (const std::size_t size : {0u, 1u, 255u, 256u, 70'000u, 5u << 20}) {
    Result<SocketPair> pair = MakeSocketPair();
    REQUIRE(pair);
    const std::string body(size, '\x80');
    std::thread sender([&] { CHECK(SendFrame(pair->theirs.get(), FrameKind::kReply, body, Soon())); });
    Result<Frame> frame = ReceiveFrame(pair->ours.get(), Soon());
    sender.join();
    REQUIRE(frame);
    CHECK(frame->kind == FrameKind::kReply);
    CHECK(frame->body == body);
  }
}

TEST_CASE("what is no message is an error with a reason") {
  struct Case {
    std::string bytes;
    const char* words;
  };
  const Case cases[] = {
      {"", "the other process ended"},
      {Bytes({1}), "the other process ended in the middle of a message"},
      {Bytes({1, 0, 0, 0, 0, 0, 0}), "the other process ended in the middle of a message"},
      {Bytes({1, 0, 0, 0, 5, 0, 0, 0, 'a', 'b'}), "the other process ended in the middle of a message"},
      {Bytes({0, 0, 0, 0, 0, 0, 0, 0}), "the other process sent an unknown message"},
      {Bytes({10, 0, 0, 0, 0, 0, 0, 0}), "the other process sent an unknown message"},
      {Bytes({255, 0, 0, 0, 0, 0, 0, 0}), "the other process sent an unknown message"},
      {Bytes({1, 1, 0, 0, 0, 0, 0, 0}), "the other process sent an unknown message"},
      {Bytes({1, 0, 0, 9, 0, 0, 0, 0}), "the other process sent an unknown message"},
      {Bytes({2, 0, 0, 0, 1, 1, 0, 0}), "the other process sent a message that is too long"},
      {Bytes({1, 0, 0, 0, 255, 255, 255, 255}), "the other process sent a message that is too long"},
      {"GET / HTTP/1.1\r\n\r\n", "the other process sent an unknown message"},
  };
  for (const Case& one : cases) {
    Result<Frame> frame = Received(one.bytes);
    REQUIRE_FALSE(frame);
    CHECK(frame.error().message == one.words);
  }
  CHECK(Received("").error().kind == ErrorKind::kNotFound);
}

TEST_CASE("a message past its kind's limit is not sent") {
  Result<SocketPair> pair = MakeSocketPair();
  REQUIRE(pair);
  const std::string body(MaxBodyBytes(FrameKind::kReadObject) + 1, 'x');
  const Status sent = SendFrame(pair->ours.get(), FrameKind::kReadObject, body, Soon());
  REQUIRE_FALSE(sent);
  CHECK(sent.error().kind == ErrorKind::kLimit);
}

TEST_CASE("nobody waits past the deadline, neither to send nor to receive") {
  Result<SocketPair> pair = MakeSocketPair();
  REQUIRE(pair);
  const Deadline past = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  Result<Frame> frame = ReceiveFrame(pair->ours.get(), past);
  REQUIRE_FALSE(frame);
  CHECK(frame.error().kind == ErrorKind::kLimit);
  const std::string more_than_fits(16u << 20, 'x');
  const Status sent = SendFrame(pair->ours.get(), FrameKind::kReply, more_than_fits, past);
  REQUIRE_FALSE(sent);
  CHECK(sent.error().kind == ErrorKind::kLimit);
}

TEST_CASE("sending to one who is gone is an error and no signal") {
  Result<SocketPair> pair = MakeSocketPair();
  REQUIRE(pair);
  pair->theirs.Close();
  CHECK_FALSE(SendFrame(pair->ours.get(), FrameKind::kReply, "hello", Soon()));
}

}  // namespace
}  // namespace sluice::process
