// TCP: one socket, its stream, and the ways to get one.
#pragma once

#include <sys/socket.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/stream.h"

namespace sluice::net {

// Owns a descriptor; -1 owns none.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int number) : number_(number) {}
  Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  std::string Text() const;  // "127.0.0.1:80", "[::1]:80"
};

// Waits until the socket is ready for `event` (POLLIN, POLLOUT) or `wait` ends.
Failure Await(int socket, short event, const Wait& wait);

// Every address of `host` (a name, or an IP address without brackets), in the
// system's order. The system's resolver knows no deadline: it works in a thread
// of its own, which is left to itself when `wait` ends first.
Failure Resolve(const std::string& host, std::uint16_t port, const Wait& wait,
                std::vector<SocketAddress>& addresses);

// Tries one address after another, each with its share of the time.
Failure Connect(const std::string& host, std::uint16_t port, const Wait& wait,
                std::unique_ptr<Stream>& stream);

// The stream of a connected socket, which becomes non-blocking.
std::unique_ptr<Stream> MakeSocketStream(Socket socket);

}  // namespace sluice::net
