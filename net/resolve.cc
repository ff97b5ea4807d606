// getaddrinfo() blocks for as long as the name servers please. A thread asks,
// and tells by an eventfd that both sides own together; who waits gives up at
// the deadline and the thread ends by itself, at most after the resolver's own
// time-outs (/etc/resolv.conf; 10 s by default).
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <atomic>
#include <cstring>
#include <system_error>
#include <thread>

#include "net/socket.h"

namespace sluice::net {
namespace {

struct Answer {
  Socket done{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::atomic<bool> is_whole{false};  // what stands below may be read
  int error = 0;
  std::vector<SocketAddress> addresses;
};

int Ask(const std::string& host, std::uint16_t port, int flags, std::vector<SocketAddress>& addresses) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (error != 0) return error;
  for (const addrinfo* one = list; one; one = one->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    address.size = one->ai_addrlen;
    addresses.push_back(address);
  }
  freeaddrinfo(list);
  return 0;
}

Failure Start(const std::shared_ptr<Answer>& answer, const std::string& host, std::uint16_t port) {
  try {
    std::thread([answer, host, port] {
      answer->error = Ask(host, port, 0, answer->addresses);
      answer->is_whole = true;
      eventfd_write(answer->done.get(), 1);
    }).detach();
  } catch (const std::system_error& error) {
    return Fail(Why::kUnreachable, "no thread to ask for the address (" + std::string(error.what()) + ")");
  }
  return {};
}

}  // namespace

Failure Resolve(const std::string& host, std::uint16_t port, const Wait& wait,
                std::vector<SocketAddress>& addresses) {
  if (Ask(host, port, AI_NUMERICHOST, addresses) == 0) return {};
  const auto answer = std::make_shared<Answer>();
  if (!answer->done) return Fail(Why::kUnreachable, "no descriptor is left to ask for an address");
  if (Failure failed = Start(answer, host, port)) return failed;
  if (Failure failed = Await(answer->done.get(), POLLIN, wait)) return failed;
  if (!answer->is_whole) return Fail(Why::kUnreachable, "the resolver gave no answer");
  if (answer->error != 0)
    return Fail(Why::kUnreachable, "no address for \"" + host + "\" (" + gai_strerror(answer->error) + ")");
  addresses = answer->addresses;
  return {};
}

}  // namespace sluice::net
