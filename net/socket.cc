#include "net/socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/failure.h"

namespace sluice::net {
namespace {

constexpr auto kLeastShare = std::chrono::seconds(2);  // of the time to connect, for one of several addresses

std::string Words(int error) { return std::strerror(error); }

class SocketStream : public Stream {
 public:
  explicit SocketStream(Socket socket) : socket_(std::move(socket)) {}

  Failure Read(std::span<char> into, std::size_t& count, const Wait& wait) override {
    for (;;) {
      const ssize_t got = recv(socket_.get(), into.data(), into.size(), MSG_DONTWAIT);
      if (got >= 0) {
        count = static_cast<std::size_t>(got);
        return {};
      }
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return Fail(Why::kCut, "the connection broke (" + Words(errno) + ")");
      if (Failure failed = Await(socket_.get(), POLLIN, wait)) return failed;
    }
  }

  Failure Write(std::string_view bytes, const Wait& wait) override {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno == EAGAIN) {
        if (Failure failed = Await(socket_.get(), POLLOUT, wait)) return failed;
      } else if (errno != EINTR) {
        return Fail(Why::kCut, "the connection broke (" + Words(errno) + ")");
      }
    }
    return {};
  }

 private:
  Socket socket_;
};

// When this step has to end, and whether it is idleness that ends it.
struct StepEnd {
  Clock::time_point at;
  bool idle = false;
};

StepEnd EndOfStep(const Wait& wait, Clock::time_point now) {
  if (wait.idle.count() == 0 || wait.end < now + wait.idle) return {wait.end, false};
  return {now + wait.idle, true};
}

Failure TooLate(const Wait& wait, bool idle) {
  const std::string doing(wait.doing);
  if (idle) return Fail(Why::kTime, "no byte for " + TimeWords(wait.idle) + " while " + doing);
  return Fail(Why::kTime, "the time was over while " + doing);
}

// Milliseconds for poll(), at most a day.
int PollTime(Clock::time_point end, Clock::time_point now) {
  if (end <= now) return 0;
  const auto day = std::chrono::hours(24);
  if (end > now + day) return static_cast<int>(std::chrono::milliseconds(day).count());
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(end - now).count());
}

Failure ConnectTo(const SocketAddress& address, const Wait& wait, Socket& socket) {
  socket = Socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return Fail(Why::kUnreachable, "no socket (" + Words(errno) + ")");
  const auto* raw = reinterpret_cast<const sockaddr*>(&address.storage);
  int error = connect(socket.get(), raw, address.size) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    if (Failure failed = Await(socket.get(), POLLOUT, wait)) return failed;
    socklen_t size = sizeof error;
    getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  }
  if (error == 0) return {};
  return Fail(Why::kUnreachable, "no connection to " + address.Text() + " (" + Words(error) + ")");
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Socket::~Socket() {
  if (number_ >= 0) close(number_);
}

std::string SocketAddress::Text() const {
  char host[NI_MAXHOST], port[NI_MAXSERV];
  const auto* raw = reinterpret_cast<const sockaddr*>(&storage);
  if (getnameinfo(raw, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return "an unknown address";
  const bool six = storage.ss_family == AF_INET6;
  return (six ? "[" + std::string(host) + "]" : std::string(host)) + ":" + port;
}

Failure Await(int socket, short event, const Wait& wait) {
  Clock::time_point now = Clock::now();
  const StepEnd end = EndOfStep(wait, now);
  for (;; now = Clock::now()) {
    if (wait.cancel && wait.cancel->IsCancelled())
      return Fail(Why::kCancelled, "cancelled while " + std::string(wait.doing));
    pollfd watched[] = {{socket, event, 0}, {wait.cancel ? wait.cancel->descriptor() : -1, POLLIN, 0}};
    const int ready = poll(watched, 2, PollTime(end.at, now));
    if (ready > 0 && watched[0].revents != 0) return {};
    if (ready < 0 && errno != EINTR) return Fail(Why::kUnreachable, "cannot wait (" + Words(errno) + ")");
    if (ready == 0 && Clock::now() >= end.at) return TooLate(wait, end.idle);
  }
}

Failure Connect(const std::string& host, std::uint16_t port, const Wait& wait,
                std::unique_ptr<Stream>& stream) {
  std::vector<SocketAddress> addresses;
  if (Failure failed = Resolve(host, port, wait, addresses)) return failed;
  Failure last = Fail(Why::kUnreachable, "\"" + host + "\" has no address");
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    Wait share = wait;
    const auto now = Clock::now();
    if (const std::size_t rest = addresses.size() - i; rest > 1 && wait.end > now)
      share.end = std::min(
          wait.end, now + std::max<Clock::duration>((wait.end - now) / static_cast<long>(rest), kLeastShare));
    Socket socket;
    last = ConnectTo(addresses[i], share, socket);
    if (!last) {
      stream = MakeSocketStream(std::move(socket));
      return {};
    }
    if (last.why == Why::kCancelled) return last;
  }
  return last;
}

std::unique_ptr<Stream> MakeSocketStream(Socket socket) {
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(socket.get(), F_SETFL, fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
  return std::make_unique<SocketStream>(std::move(socket));
}

}  // namespace sluice::net
