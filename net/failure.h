// Why there is no answer. The other side, the network and the limits are what
// fails here, so a kind of its own tells callers whether another try makes
// sense; an Error (base/error.h) is for what Sluice itself could not do.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace sluice::net {

enum class Why : std::uint8_t {
  kNothing,      // no failure
  kRequest,      // the request itself is wrong, nothing was sent
  kUnreachable,  // no address, no connection, a proxy that refuses: worth another try later
  kUntrusted,    // TLS: the certificate, or no common ground
  kTime,         // a time limit passed, the message names it
  kCancelled,    // by the caller
  kLimit,        // a size limit passed, the message names it
  kMalformed,    // the answer is no HTTP that we accept
  kCut,          // the connection ended in the middle
};

// Converts to true where something failed:
//   if (Failure failed = Do()) return failed;
struct [[nodiscard]] Failure {
  Why why = Why::kNothing;
  std::string message;  // half a sentence without a full stop; never bytes of a body

  explicit operator bool() const { return why != Why::kNothing; }
};

inline Failure Fail(Why why, std::string message) { return {why, std::move(message)}; }

// Times and sizes as people read them, for messages that name a limit.
// "30 s", "250 ms".
inline std::string TimeWords(std::chrono::milliseconds time) {
  const auto count = time.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

// "16 MiB", "64 KiB", "100 bytes".
inline std::string SizeWords(std::size_t bytes) {
  if (bytes != 0 && bytes % (1u << 20) == 0) return std::to_string(bytes >> 20) + " MiB";
  if (bytes != 0 && bytes % 1024 == 0) return std::to_string(bytes >> 10) + " KiB";
  return std::to_string(bytes) + " bytes";
}

}  // namespace sluice::net
