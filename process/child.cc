// One poll loop over the child's two pipes and its pidfd, until the child ends,
// its output passes the limit or the deadline comes; then the whole group is
// killed before the child is reaped, while its number cannot be anyone else's.
// Input is a file in memory, so that nobody waits for anybody. Tested by
// tests/process/child_test.cc.
#include "process/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "process/descriptor.h"

namespace sluice::process {
namespace {

using Clock = std::chrono::steady_clock;

struct SandboxBits {
  bool rlimits = false, no_new_privs = false, seccomp = false, landlock = false;
  int landlock_abi = 0;
};

// What the child says before it becomes the program: nothing where all is well
// and there is no sandbox.
struct Word {
  enum Kind : std::uint8_t { kCannotStart, kSandbox, kBelowFloor };
  Kind kind = kCannotStart;
  int error = 0;
  SandboxBits reached;
  char missing[200] = {};
};

struct Ends {
  Descriptor input;
  Pipe output, error_output, word;
};

Result<Ends> MakeEnds(const ChildOptions& options) {
  Ends ends;
  Result<Descriptor> input = MakeInput(options.input);
  if (!input) return input.error();
  ends.input = std::move(*input);
  for (Pipe* pipe : {&ends.output, &ends.error_output, &ends.word}) {
    Result<Pipe> made = MakePipe();
    if (!made) return made.error();
    *pipe = std::move(*made);
  }
  return ends;
}

std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

void ResetSignals() {
  struct sigaction plain {};
  plain.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) sigaction(number, &plain, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void CannotStart(int word) {
  Word said;
  said.error = errno;
  [[maybe_unused]] const ssize_t written = write(word, &said, sizeof said);
  _exit(127);
}

void Say(int word, const SandboxLevel& level, Word::Kind kind) {
  Word said;
  said.kind = kind;
  said.reached = {level.rlimits, level.no_new_privs, level.seccomp, level.landlock, level.landlock_abi};
  level.missing.copy(said.missing, sizeof said.missing - 1);
  [[maybe_unused]] const ssize_t written = write(word, &said, sizeof said);
}

bool IsBelow(const SandboxLevel& level, BelowFloor below) {
  if (below == BelowFloor::kRun) return false;
  return !level.AtFloor() || (below == BelowFloor::kRefuseWithoutLandlock && !level.landlock);
}

// Lets the group `to` read the controlling terminal where `from` does now. The
// one that hands it over may be in the background: SIGTTOU must not stop it.
void HandTerminal(pid_t from, pid_t to) {
  const Descriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal || tcgetpgrp(terminal.get()) != from) return;
  sigset_t stop, before;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &stop, &before);
  tcsetpgrp(terminal.get(), to);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

bool ConnectStreams(const ChildOptions& options, const Ends& ends) {
  if (dup2(ends.input.get(), STDIN_FILENO) < 0) return false;
  if (options.where == Output::kInherit) return true;
  return dup2(ends.output.write.get(), STDOUT_FILENO) >= 0 &&
         dup2(ends.error_output.write.get(), STDERR_FILENO) >= 0;
}

// In the child. `argv` and `environment` were made before the fork.
[[noreturn]] void Become(const ChildOptions& options, const Ends& ends, pid_t parent, char* const* argv,
                         char* const* environment) {
  const int word = ends.word.write.get();
  setpgid(0, 0);
  if (options.terminal) HandTerminal(getpgid(parent), getpgrp());
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it ended before we asked
  ResetSignals();
  if (!ConnectStreams(options, ends)) CannotStart(word);
  if (!options.directory.empty() && chdir(options.directory.c_str()) != 0) CannotStart(word);
  CloseAllBut(word);
  if (options.sandbox.enabled) {
    const SandboxLevel level = ShutIn(options.sandbox);
    const bool refused = IsBelow(level, options.below_floor);
    Say(word, level, refused ? Word::kBelowFloor : Word::kSandbox);
    if (refused) _exit(127);
  } else if (options.memory_bytes != 0 && !BoundMemory(options.memory_bytes)) {
    CannotStart(word);
  }
  execve(argv[0], argv, environment);
  CannotStart(word);
}

class Child {
 public:
  Child(const ChildOptions& options, pid_t pid, Descriptor handle)
      : options_(options), pid_(pid), handle_(std::move(handle)) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { Reap(); }

  bool IsWatched() const { return static_cast<bool>(handle_); }
  // Reads until the child ends or has to; `from` are our ends of its pipes.
  void Watch(Ends& ends, ChildResult& result);
  // Kills what is left of the group and takes the child's status.
  int Reap();

 private:
  bool Drain(Descriptor& from, std::string& into);

  const ChildOptions& options_;
  pid_t pid_;
  int status_ = 0;
  Descriptor handle_;
};

// Takes what is there without waiting; false once the limit is passed.
bool Child::Drain(Descriptor& from, std::string& into) {
  char buffer[64 * 1024];
  while (from) {
    const ssize_t count = read(from.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return true;
    if (count <= 0) return from.Close(), true;
    const std::size_t room = options_.output_limit - into.size();
    into.append(buffer, std::min(room, static_cast<std::size_t>(count)));
    if (static_cast<std::size_t>(count) > room) return false;
  }
  return true;
}

void Child::Watch(Ends& ends, ChildResult& result) {
  Descriptor& output = ends.output.read;
  Descriptor& errors = ends.error_output.read;
  fcntl(output.get(), F_SETFL, O_NONBLOCK);
  fcntl(errors.get(), F_SETFL, O_NONBLOCK);
  const Clock::time_point end = Clock::now() + options_.deadline;
  for (bool ended = false; !ended;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return void(result.timed_out = true);
    pollfd watched[] = {{handle_.get(), POLLIN, 0}, {output.get(), POLLIN, 0}, {errors.get(), POLLIN, 0}};
    if (poll(watched, 3, static_cast<int>(std::min<long long>(left, 1 << 30))) < 0 && errno != EINTR) return;
    ended = watched[0].revents != 0;
    if (!Drain(output, result.output) || !Drain(errors, result.error_output))
      return void(result.output_cut = true);
  }
}

int Child::Reap() {
  if (pid_ <= 0) return status_;
  kill(-pid_, SIGKILL);
  kill(pid_, SIGKILL);  // it may not have reached its own group yet
  if (options_.terminal) HandTerminal(pid_, getpgrp());
  while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return status_;
}

// Waits for the child's words; they end when it became the program or ended.
Result<SandboxLevel> Listen(const ChildOptions& options, Pipe& pipe) {
  pipe.write.Close();
  SandboxLevel level;
  Word said;
  for (;;) {
    const ssize_t count = read(pipe.read.get(), &said, sizeof said);
    if (count < 0 && errno == EINTR) continue;
    if (count != sizeof said) return level;
    said.missing[sizeof said.missing - 1] = '\0';
    if (said.kind == Word::kBelowFloor)
      return Failed("cannot shut " + options.argv[0] + " in: " + said.missing);
    if (said.kind == Word::kCannotStart) return SystemError("cannot start " + options.argv[0], said.error);
    const SandboxBits& bits = said.reached;
    level = {bits.rlimits, bits.no_new_privs, bits.seccomp, bits.landlock, bits.landlock_abi, said.missing};
  }
}

}  // namespace

Result<ChildResult> Run(const ChildOptions& options) {
  if (options.argv.empty() || options.argv[0].empty() || options.argv[0][0] != '/')
    return Usage("a program is started by its absolute path");
  Result<Ends> ends = MakeEnds(options);
  if (!ends) return ends.error();
  const std::vector<char*> argv = Pointers(options.argv);
  const std::vector<char*> environment = Pointers(options.environment);

  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return SystemError("cannot start " + options.argv[0], errno);
  if (pid == 0) Become(options, *ends, parent, argv.data(), environment.data());
  Child child(options, pid, Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))));
  if (!child.IsWatched()) return SystemError("cannot watch a child process", errno);
  // Our copies of the child's ends, so that we see when it closes its own.
  ends->output.write.Close();
  ends->error_output.write.Close();
  Result<SandboxLevel> level = Listen(options, ends->word);
  if (!level) return level.error();

  ChildResult result;
  result.level = std::move(*level);
  child.Watch(*ends, result);
  const int status = child.Reap();
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

std::vector<std::string> OwnEnvironment() {
  std::vector<std::string> variables;
  // clearenv() leaves none at all.
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
    variables.emplace_back(*variable);
  return variables;
}

}  // namespace sluice::process
