// A process that is shut in and its parent. The child reads hostile bytes and
// may not start a program or open what it was not given; the parent does a
// closed list of things for it (the broker), and gets one answer. Whatever the
// child does — crash, hang, nonsense — is a result like another.
#pragma once

#include <sys/types.h>

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "process/frame.h"
#include "process/sandbox.h"

namespace sluice::process {

// The child's end. Thread-safe: one request is under way at a time.
class Broker {
 public:
  Broker(int socket, Deadline deadline) : socket_(socket), deadline_(deadline) {}

  // The parent's reply, or its refusal as the Error that it was.
  Result<std::string> Ask(FrameKind request, std::string_view body) const;

 private:
  int socket_;
  Deadline deadline_;
  mutable std::mutex one_at_a_time_;
};

// One kind of request that the parent serves. `body` was checked for its
// length alone: `serve` checks the rest, and ends by the deadline.
struct Service {
  FrameKind request;
  std::function<Result<std::string>(std::string_view body, Deadline deadline)> serve;
};

// A child that was told to end. Waited for, without fail, when this goes away:
// until then it gives its memory back while its parent works on.
class Leaving {
 public:
  Leaving() = default;
  explicit Leaving(pid_t pid) : pid_(pid) {}
  Leaving(Leaving&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Leaving& operator=(Leaving&& other) noexcept;
  ~Leaving() { Wait(); }

  int Wait();  // its status; 0 where nobody is waited for any more

 private:
  pid_t pid_ = -1;
};

struct ShutInOptions {
  Sandbox sandbox{};
  Deadline deadline{};
  std::vector<Service> services{};
};

struct ShutInResult {
  bool answered = false;
  std::string answer{};    // as the child sent it: to be checked
  bool timed_out = false;  // killed at the deadline
  int signal = 0;          // what ended it, where it gave no answer; 0: it left by itself
  std::string trouble;     // why there is no answer, half a sentence; empty where there is one
  Leaving child{};         // that answered
};

// Forks, shuts the child in, runs `work` there and serves it until it answers,
// ends or the deadline comes. No process is left behind, once the result is
// gone. `work` gets what was
// reached of the sandbox and decides what that is worth; its standard streams
// are /dev/null, other descriptors are closed, the environment is empty; it must
// not return to the caller's world by any other way than its result. Call with
// one thread. An Error means that no child could be made.
using Work = std::function<std::string(const Broker& broker, const SandboxLevel& level)>;
Result<ShutInResult> RunShutIn(const ShutInOptions& options, const Work& work);

}  // namespace sluice::process
