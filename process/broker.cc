// The parent trusts nothing that comes from the child: kinds and lengths are
// checked by frame.cc, bodies by the services, the answer by the caller. The
// child can only be killed or answer, so that reaping never waits. Tested by
// tests/process/broker_test.cc.
#include "process/broker.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "process/descriptor.h"

namespace sluice::process {
namespace {

constexpr int kThrew = 70;  // EX_SOFTWARE: an exception came out of the work

// A refusal: the kind of the error, then its words.
std::string Refusal(const Error& error) {
  std::string body(1, static_cast<char>(error.kind));
  return body + error.message.substr(0, MaxBodyBytes(FrameKind::kRefusal) - 1);
}

Error FromRefusal(std::string_view body) {
  if (body.empty()) return Failed("refused without a reason");
  const auto kind = static_cast<ErrorKind>(body[0]);
  return {std::min(kind, ErrorKind::kLimit), std::string(body.substr(1)), {}, {}};
}

// The processors that this process may run on. A child that is forked while it
// is held to the one where its parent is about to wait begins there, among warm
// caches, and no idle processor has to be woken for it.
class Processors {
 public:
  Processors() : known_(sched_getaffinity(0, sizeof all_, &all_) == 0) {}
  void HoldToOne() const {
    cpu_set_t one;
    CPU_ZERO(&one);
    const int here = sched_getcpu();
    if (!known_ || here < 0 || here >= CPU_SETSIZE) return;
    CPU_SET(here, &one);
    sched_setaffinity(0, sizeof one, &one);
  }
  void LetGo() const {
    if (known_) sched_setaffinity(0, sizeof all_, &all_);
  }

 private:
  cpu_set_t all_;
  bool known_;
};

[[noreturn]] void BeTheChild(const ShutInOptions& options, const Work& work, int socket, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent || !SilenceStandardStreams()) _exit(kThrew);
  CloseAllBut(socket);
  clearenv();
  try {
    const SandboxLevel level = ShutIn(options.sandbox);
    const Broker broker(socket, options.deadline);
    const std::string answer = work(broker, level);
    if (SendFrame(socket, FrameKind::kAnswer, answer, options.deadline)) _exit(0);
  } catch (...) {
  }
  _exit(kThrew);
}

Status Serve(const ShutInOptions& options, int socket, const Frame& request) {
  for (const Service& service : options.services) {
    if (service.request != request.kind) continue;
    const Result<std::string> reply = service.serve(request.body, options.deadline);
    if (!reply) return SendFrame(socket, FrameKind::kRefusal, Refusal(reply.error()), options.deadline);
    return SendFrame(socket, FrameKind::kReply, *reply, options.deadline);
  }
  return Failed("the child asked for what nobody serves");
}

// Serves until there is an answer; an Error says why there will be none.
Result<std::string> Attend(const ShutInOptions& options, int socket) {
  for (;;) {
    Result<Frame> frame = ReceiveFrame(socket, options.deadline);
    if (!frame) return frame.error();
    if (frame->kind == FrameKind::kAnswer) return std::move(frame->body);
    if (Status served = Serve(options, socket, *frame); !served) return served.error();
  }
}

std::string WhyItEnded(const ShutInResult& result, const Error& error, int status) {
  if (result.timed_out) return "it took longer than its deadline";
  if (error.kind != ErrorKind::kNotFound) return error.message;
  if (result.signal == SIGSYS) return "it was stopped by its system call filter";
  if (result.signal != 0) return "it ended by signal " + std::to_string(result.signal);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kThrew) return "it ran out of memory or failed inside";
  return "it ended without an answer";
}

}  // namespace

Leaving& Leaving::operator=(Leaving&& other) noexcept {
  Wait();
  pid_ = std::exchange(other.pid_, -1);
  return *this;
}

int Leaving::Wait() {
  int status = 0;
  if (pid_ < 0) return status;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

Result<std::string> Broker::Ask(FrameKind request, std::string_view body) const {
  const std::lock_guard<std::mutex> lock(one_at_a_time_);
  if (Status sent = SendFrame(socket_, request, body, deadline_); !sent) return sent.error();
  Result<Frame> frame = ReceiveFrame(socket_, deadline_);
  if (!frame) return frame.error();
  if (frame->kind == FrameKind::kReply) return std::move(frame->body);
  return frame->kind == FrameKind::kRefusal ? FromRefusal(frame->body) : Failed("the broker sent no reply");
}

Result<ShutInResult> RunShutIn(const ShutInOptions& options, const Work& work) {
  Result<SocketPair> pair = MakeSocketPair();
  if (!pair) return pair.error();
  const pid_t parent = getpid();
  const Processors processors;
  processors.HoldToOne();
  const pid_t pid = fork();
  const int error = errno;
  processors.LetGo();
  if (pid < 0) return SystemError("cannot start a process", error);
  if (pid == 0) BeTheChild(options, work, pair->theirs.get(), parent);
  pair->theirs.Close();

  ShutInResult result;
  Result<std::string> answer = Attend(options, pair->ours.get());
  // It answered, its socket closed or it had its time: it ends now, in any case.
  // A signal that ended it before stays in its status.
  kill(pid, SIGKILL);
  result.child = Leaving(pid);
  if (answer) {
    result.answered = true;
    result.answer = std::move(*answer);
    return result;
  }
  const int status = result.child.Wait();
  result.timed_out = answer.error().kind == ErrorKind::kLimit;
  if (!result.timed_out && WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  result.trouble = WhyItEnded(result, answer.error(), status);
  return result;
}

}  // namespace sluice::process
