#include "process/frame.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

namespace sluice::process {
namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kChunk = 256u << 10;
constexpr std::size_t kWithHeader = 64u << 10;  // bytes of the body that go with the header in one piece

struct KindLimit {
  FrameKind kind;
  std::size_t bytes;
};
constexpr KindLimit kLimits[] = {
    {FrameKind::kAnswer, 192u << 20},  // the canonical objects of a push of 64 MiB, and room
    {FrameKind::kReadObject, 256},
    {FrameKind::kReply, 128u << 20},
    {FrameKind::kRefusal, 4096},
    {FrameKind::kResolveRef, 2048},
    {FrameKind::kHeadRef, 16},
    {FrameKind::kRunHelm, 40u << 20},      // a chart of 32 MiB, its values, and room
    {FrameKind::kAskCluster, 160u << 20},  // the canonical objects of a push of 64 MiB, escaped
    {FrameKind::kMergeTree, 256},
};

// Waits until the socket is ready for `event` or the deadline comes.
Status Await(int socket, short event, Deadline deadline) {
  for (;;) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) return LimitPassed("the deadline passed");
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now).count();
    pollfd watched{socket, event, 0};
    const int ready = poll(&watched, 1, static_cast<int>(std::min<long long>(left, 1 << 30)));
    if (ready > 0) return Ok{};
    if (ready < 0 && errno != EINTR) return SystemError("cannot wait for the other process", errno);
  }
}

Status SendAll(int socket, std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (Status ready = Await(socket, POLLOUT, deadline); !ready) return ready;
    } else if (errno != EINTR) {
      return SystemError("the other process does not listen", errno);
    }
  }
  return Ok{};
}

// Fills `bytes` or says how many came before the other side was gone.
Result<std::size_t> ReceiveAll(int socket, std::span<char> bytes, Deadline deadline) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = recv(socket, bytes.data() + done, bytes.size() - done, MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno == ECONNRESET)) break;
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      if (Status ready = Await(socket, POLLIN, deadline); !ready) return ready.error();
    } else if (errno != EINTR) {
      return SystemError("cannot hear the other process", errno);
    }
  }
  return done;
}

Error Torn() { return Failed("the other process ended in the middle of a message"); }

}  // namespace

std::size_t MaxBodyBytes(FrameKind kind) {
  for (const KindLimit& limit : kLimits)
    if (limit.kind == kind) return limit.bytes;
  return 0;
}

Status SendFrame(int socket, FrameKind kind, std::string_view body, Deadline deadline) {
  if (body.size() > MaxBodyBytes(kind)) return LimitPassed("a message between processes is too long");
  std::string first(kHeaderBytes, '\0');
  first[0] = static_cast<char>(kind);
  for (std::size_t i = 0; i < 4; ++i) first[4 + i] = static_cast<char>(body.size() >> (8 * i) & 0xff);
  // A header alone would wake the other side for nothing.
  first += body.substr(0, kWithHeader);
  body.remove_prefix(std::min(body.size(), kWithHeader));
  if (Status sent = SendAll(socket, first, deadline); !sent) return sent;
  return SendAll(socket, body, deadline);
}

Result<Frame> ReceiveFrame(int socket, Deadline deadline) {
  std::array<char, kHeaderBytes> header;
  Result<std::size_t> got = ReceiveAll(socket, header, deadline);
  if (!got) return got.error();
  if (*got == 0) return NotFound("the other process ended");
  if (*got != header.size()) return Torn();

  Frame frame{static_cast<FrameKind>(header[0]), {}};
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i)
    length |= static_cast<std::size_t>(static_cast<unsigned char>(header[4 + i])) << (8 * i);
  const bool padded = header[1] == 0 && header[2] == 0 && header[3] == 0;
  if (!padded || MaxBodyBytes(frame.kind) == 0) return Failed("the other process sent an unknown message");
  if (length > MaxBodyBytes(frame.kind)) return Failed("the other process sent a message that is too long");
  while (frame.body.size() < length) {
    const std::size_t had = frame.body.size();
    const std::size_t next = std::min(length - had, kChunk);
    frame.body.resize(had + next);
    got = ReceiveAll(socket, {frame.body.data() + had, next}, deadline);
    if (!got) return got.error();
    if (*got != next) return Torn();
  }
  return frame;
}

}  // namespace sluice::process
