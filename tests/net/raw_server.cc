#include "tests/net/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/time.h>

#include <cstdlib>

namespace sluice::net {
namespace {

constexpr std::size_t kUnbounded = SIZE_MAX;

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void Limit(int socket) {
  const timeval patience{10, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

Socket Bound(std::uint16_t& port) {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  if (bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) std::abort();
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return socket;
}

}  // namespace

std::string RawPeer::ReadHead() {
  std::string text;
  while (!text.ends_with("\r\n\r\n")) {
    const std::string byte = Read(1);
    if (byte.empty()) break;
    text += byte;
  }
  return text;
}

std::string RawPeer::Read(std::size_t bytes) {
  std::string text;
  char buffer[4096];
  while (text.size() < bytes) {
    const ssize_t got = recv(socket_.get(), buffer, std::min(sizeof buffer, bytes - text.size()), 0);
    if (got <= 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

std::string RawPeer::ReadToEnd() { return Read(kUnbounded); }

bool RawPeer::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawPeer::Reset() {
  const linger now{1, 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  socket_ = Socket();
}

RawServer::RawServer(std::function<void(RawPeer& peer)> script) : socket_(Bound(port_)) {
  if (listen(socket_.get(), 16) != 0) std::abort();
  thread_ = std::thread([this, script = std::move(script)] {
    for (;;) {
      Socket client(accept(socket_.get(), nullptr, nullptr));
      if (!client) return;
      ++connections_;
      Limit(client.get());
      RawPeer peer(std::move(client));
      script(peer);
    }
  });
}

RawServer::~RawServer() {
  shutdown(socket_.get(), SHUT_RDWR);
  thread_.join();
}

std::string RawServer::Url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

RawPeer ConnectRaw(std::uint16_t port) {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  Limit(socket.get());
  const sockaddr_in address = Loopback(port);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
  return RawPeer(std::move(socket));
}

std::uint16_t ClosedPort() {
  std::uint16_t port = 0;
  const Socket gone = Bound(port);
  return port;
}

}  // namespace sluice::net
