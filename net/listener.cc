#include "net/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>

#include "net/serve.h"
#include "net/url.h"

namespace sluice::net {
namespace {

constexpr int kBacklog = 128;

Result<Socket> Listen(const ListenerOptions& options, std::uint16_t& port) {
  if (!ParseIp(options.address)) return Usage("\"" + options.address + "\" is no IP address to listen on");
  std::vector<SocketAddress> addresses;
  if (Failure failed = Resolve(options.address, options.port, {}, addresses)) return Failed(failed.message);
  SocketAddress& address = addresses.at(0);
  Socket socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  auto* raw = reinterpret_cast<sockaddr*>(&address.storage);
  if (bind(socket.get(), raw, address.size) != 0 || listen(socket.get(), kBacklog) != 0)
    return SystemError("cannot listen on " + address.Text(), errno);
  getsockname(socket.get(), raw, &address.size);
  const bool six = address.storage.ss_family == AF_INET6;
  port = ntohs(six ? reinterpret_cast<sockaddr_in6*>(raw)->sin6_port
                   : reinterpret_cast<sockaddr_in*>(raw)->sin_port);
  return socket;
}

struct Running {
  std::shared_ptr<Session> session;
  std::thread thread;
};

}  // namespace

struct Listener::State {
  Service service;
  Socket socket;
  std::uint16_t port = 0;
  Cancellation stop;
  std::thread acceptor;

  mutable std::mutex mutex;
  std::condition_variable one_ended;
  std::list<Running> running;  // guarded by mutex

  void Accept();
  void Admit(Socket client, std::string peer);
  void Begin(Socket client, std::string peer);
  void Reap();
  bool MakeRoom();
  void End(std::chrono::milliseconds grace);
};

// Joins the threads of connections that are over. `mutex` is held.
void Listener::State::Reap() {
  for (auto one = running.begin(); one != running.end();) {
    if (one->session->phase == Phase::kOver) {
      one->thread.join();
      one = running.erase(one);
    } else {
      ++one;
    }
  }
}

// Whether one more connection may be: closes the one that has kept us waiting
// longest, for a request or the rest of one. `mutex` is held.
bool Listener::State::MakeRoom() {
  std::size_t open = 0;
  const Session* oldest = nullptr;
  for (const Running& one : running) {
    const Session& session = *one.session;
    if (session.cancel.IsCancelled()) continue;
    ++open;
    const bool waits = session.phase == Phase::kIdle || session.phase == Phase::kReading;
    if (waits && (!oldest || session.since.load() < oldest->since.load())) oldest = &session;
  }
  if (open < service.limits.connections) return true;
  if (oldest) oldest->cancel.Cancel();
  return oldest != nullptr;
}

// `mutex` is held.
void Listener::State::Begin(Socket client, std::string peer) {
  auto session = std::make_shared<Session>();
  const auto run = [this, session, peer](Socket connected) {
    ServeConnection(service, *session, std::move(connected), peer);
    const std::lock_guard lock(mutex);
    session->phase = Phase::kOver;  // nothing of this thread is left but its end: it may be joined
    one_ended.notify_all();
  };
  try {
    running.push_back({session, std::thread(run, std::move(client))});
  } catch (const std::system_error&) {  // no thread is left: the client sees a closed connection
  }
}

void Listener::State::Admit(Socket client, std::string peer) {
  const std::lock_guard lock(mutex);
  Reap();
  if (MakeRoom()) return Begin(std::move(client), std::move(peer));
  const std::string busy = BareAnswer(503);
  if (!service.tls) send(client.get(), busy.data(), busy.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void Listener::State::Accept() {
  constexpr int kPause = 100;  // milliseconds, where the system has no descriptor left
  bool pause = false;
  for (;;) {
    pollfd watched[] = {{stop.descriptor(), POLLIN, 0}, {pause ? -1 : socket.get(), POLLIN, 0}};
    if (poll(watched, 2, pause ? kPause : -1) < 0 && errno != EINTR) return;
    if (watched[0].revents != 0) return;
    SocketAddress peer;
    peer.size = sizeof peer.storage;
    Socket client(
        accept4(socket.get(), reinterpret_cast<sockaddr*>(&peer.storage), &peer.size, SOCK_CLOEXEC));
    pause = !client && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS);
    if (client) Admit(std::move(client), peer.Text());
  }
}

void Listener::State::End(std::chrono::milliseconds grace) {
  service.stopping = true;
  stop.Cancel();
  if (acceptor.joinable()) acceptor.join();
  socket = Socket();
  std::unique_lock lock(mutex);
  for (const Running& one : running)
    if (one.session->phase == Phase::kIdle) one.session->cancel.Cancel();
  const auto all_over = [&] {
    return std::all_of(running.begin(), running.end(),
                       [](const Running& one) { return one.session->phase == Phase::kOver; });
  };
  one_ended.wait_for(lock, grace, all_over);
  for (const Running& one : running) one.session->cancel.Cancel();
  std::list<Running> last = std::move(running);
  running.clear();
  lock.unlock();
  for (Running& one : last) one.thread.join();
}

Listener::Listener(std::unique_ptr<State> state) : state_(std::move(state)) {
  state_->acceptor = std::thread([this] { state_->Accept(); });
}

Listener::~Listener() { Stop(std::chrono::milliseconds(0)); }

std::uint16_t Listener::port() const { return state_->port; }

std::size_t Listener::connections() const {
  const std::lock_guard lock(state_->mutex);
  return static_cast<std::size_t>(
      std::count_if(state_->running.begin(), state_->running.end(),
                    [](const Running& one) { return one.session->phase != Phase::kOver; }));
}

void Listener::Stop(std::chrono::milliseconds grace) { state_->End(grace); }

Result<std::unique_ptr<Listener>> Listener::Start(const ListenerOptions& options, Handler handler) {
  auto state = std::make_unique<State>();
  state->service.handler = std::move(handler);
  state->service.limits = options.limits;
  if (!options.certificate_pem.empty()) {
    Result<TlsContext> tls = MakeServerTls(options.certificate_pem, options.key_pem);
    if (!tls) return tls.error();
    state->service.tls = std::move(*tls);
  }
  Result<Socket> socket = Listen(options, state->port);
  if (!socket) return socket.error();
  state->socket = std::move(*socket);
  return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

}  // namespace sluice::net
