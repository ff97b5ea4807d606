// One connection of the listener, from its first byte to its last.
#pragma once

#include <atomic>

#include "net/listener.h"
#include "net/socket.h"
#include "net/tls.h"

namespace sluice::net {

// What a connection does now, for whoever must choose one to close.
enum class Phase : std::uint8_t { kIdle, kReading, kWorking, kOver };

// Shared by the connection's thread and the listener's.
struct Session {
  Cancellation cancel;  // ends its waiting
  std::atomic<Phase> phase{Phase::kIdle};
  std::atomic<Clock::time_point> since{Clock::now()};  // of the phase
};

struct Service {
  Handler handler;
  ListenerLimits limits;
  TlsContext tls;                     // null: plain HTTP
  std::atomic<bool> stopping{false};  // no further request on a connection
};

// Returns when the connection is closed. Whoever called says then that it is over.
void ServeConnection(const Service& service, Session& session, Socket socket, std::string peer);

// "HTTP/1.1 503 …" as it goes over the wire, without a body.
std::string BareAnswer(int status);

}  // namespace sluice::net
