// A server on loopback that does exactly what a test says, byte by byte, and a
// client of the same kind.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "net/socket.h"

namespace sluice::net {

// One side of a raw connection; waits at most ten seconds for anything.
class RawPeer {
 public:
  explicit RawPeer(Socket socket) : socket_(std::move(socket)) {}
  std::string ReadHead();               // up to and with the empty line, or what came before the end
  std::string Read(std::size_t bytes);  // exactly, or what came before the end
  std::string ReadToEnd();
  bool Send(std::string_view bytes);  // false where the other side is gone
  void Close() { socket_ = Socket(); }
  Socket Take() { return std::move(socket_); }  // for a script that speaks TLS
  void Reset();                                 // RST instead of an orderly end

 private:
  Socket socket_;
};

// Runs `script` for one connection after another, in a thread of its own.
class RawServer {
 public:
  explicit RawServer(std::function<void(RawPeer& peer)> script);
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer();

  std::uint16_t port() const { return port_; }
  std::string Url(const std::string& path = "/") const;  // http://127.0.0.1:port/path
  int connections() const { return connections_; }

 private:
  std::uint16_t port_ = 0;  // before the socket, whose making sets it
  Socket socket_;
  std::atomic<int> connections_{0};
  std::thread thread_;
};

RawPeer ConnectRaw(std::uint16_t port);
// A port on which nobody listens.
std::uint16_t ClosedPort();

}  // namespace sluice::net
