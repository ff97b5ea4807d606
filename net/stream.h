// Bytes both ways, under a deadline: a socket, TLS on it, TLS in TLS.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include "net/cancellation.h"
#include "net/failure.h"

namespace sluice::net {

using Clock = std::chrono::steady_clock;

// How long to wait, and what for. The words end up in messages: "no byte for
// 30 s while waiting for the answer".
struct Wait {
  Clock::time_point end = Clock::time_point::max();
  std::chrono::milliseconds idle{0};  // longest time without a byte; 0: unbounded
  const Cancellation* cancel = nullptr;
  std::string_view doing = "waiting";
};

// For what must not wait at all: what would have to is kTime.
inline constexpr Wait kNoWait{.end = Clock::time_point::min()};

// One thread at a time.
class Stream {
 public:
  virtual ~Stream() = default;
  // At least one byte, or 0 for an orderly end.
  virtual Failure Read(std::span<char> into, std::size_t& count, const Wait& wait) = 0;
  // All of them.
  virtual Failure Write(std::string_view bytes, const Wait& wait) = 0;
};

// Whether a connection that should be silent still is: neither ended nor talking.
inline bool IsSilent(Stream& stream) {
  char byte = 0;
  std::size_t count = 0;
  return stream.Read({&byte, 1}, count, kNoWait).why == Why::kTime;
}

}  // namespace sluice::net
