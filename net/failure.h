// Why there is no answer. The other side, the network and the limits are what
// fails here, so a kind of its own tells callers whether another try makes
// sense; an Error (base/error.h) is for what Sluice itself could not do.
#pragma once

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

}  // namespace sluice::net
