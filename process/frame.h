// Messages between two processes that do not trust each other: a kind of a
// closed list, a length that is checked against the kind's own limit, bytes.
// On the wire: kind, three zero bytes, length (32 bits, little endian), body.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::process {

using Deadline = std::chrono::steady_clock::time_point;

enum class FrameKind : std::uint8_t {
  kAnswer = 1,      // what the shut-in process was started for; its last message
  kReadObject = 2,  // request: one object of the repository, by id
  kReply = 3,       // to a request: done
  kRefusal = 4,     // to a request: the error, kind and words
  kResolveRef = 5,  // request: the id of a ref, where refs are not kept as files
  kHeadRef = 6,     // request: the name that HEAD stands for, likewise
  kRunHelm = 7,     // request: one run of `helm template`
  kAskCluster = 8,  // request: one run of `sluice-cluster dry-run`
  kMergeTree = 9,   // request: one run of `git merge-tree`
};

// Most bytes that a body of this kind may have; 0: there is no such kind.
std::size_t MaxBodyBytes(FrameKind kind);

struct Frame {
  FrameKind kind = FrameKind::kAnswer;
  std::string body;
};

// Both fail at the deadline (kLimit) and where the other side is gone; Receive
// with kNotFound where it went between two frames. Memory is taken as bytes
// arrive, not as a length promises. `socket` is a connected stream socket.
Status SendFrame(int socket, FrameKind kind, std::string_view body, Deadline deadline);
Result<Frame> ReceiveFrame(int socket, Deadline deadline);

}  // namespace sluice::process
