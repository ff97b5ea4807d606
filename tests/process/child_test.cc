#include "process/child.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "tests/catch.h"
#include "tests/process/descriptors.h"

namespace sluice::process {
namespace {

ChildOptions Shell(std::string script) { return {.argv = {"/bin/sh", "-c", std::move(script)}}; }

ChildResult RunToEnd(const ChildOptions& options) {
  const int before = OpenDescriptors();
  Result<ChildResult> result = Run(options);
  if (!result) FAIL(result.error().Text());
  CHECK(OpenDescriptors() == before);
  CHECK_FALSE(HasChildren());
  return *result;
}

// A process that was sent SIGKILL takes a moment to be gone; one that was not
// would stay.
bool Ends(pid_t pid) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < limit) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    if (!std::getline(status, line) || line.find(") Z ") != std::string::npos) return true;
    std::this_thread::yield();
  }
  return false;
}

TEST_CASE("how a program ends is in the result") {
  const ChildResult good = RunToEnd(Shell("echo out; echo err >&2"));
  CHECK(good.exit_code == 0);
  CHECK(good.output == "out\n");
  CHECK(good.error_output == "err\n");
  CHECK(RunToEnd(Shell("exit 7")).exit_code == 7);
  const ChildResult killed = RunToEnd(Shell("kill -TERM $$"));
  CHECK(killed.exit_code == -1);
  CHECK(killed.signal == SIGTERM);
}

TEST_CASE("a program that cannot be started is an error, not a result") {
  struct Case {
    std::vector<std::string> argv;
    const char* words;
  };
  const Case cases[] = {
      {{"/nowhere/program"}, "cannot start /nowhere/program: No such file or directory"},
      {{"/etc/passwd"}, "cannot start /etc/passwd: Permission denied"},
      {{"sh"}, "a program is started by its absolute path"},
      {{"./sh"}, "a program is started by its absolute path"},
      {{""}, "a program is started by its absolute path"},
      {{}, "a program is started by its absolute path"},
  };
  for (const Case& one : cases) {
    const int before = OpenDescriptors();
    Result<ChildResult> result = Run({.argv = one.argv});
    REQUIRE_FALSE(result);
    CHECK(result.error().message == one.words);
    CHECK(OpenDescriptors() == before);
    CHECK_FALSE(HasChildren());
  }
  CHECK_FALSE(Run({.argv = {"/bin/true"}, .directory = "/nowhere"}));
}

TEST_CASE("the environment is what was given and nothing else") {
  setenv("LD_PRELOAD", "", 1);
  setenv("GIT_DIR", "/somewhere", 1);
  ChildOptions options{.argv = {"/usr/bin/env"}, .environment = {"ONE=1", "TWO=2"}};
  CHECK(RunToEnd(options).output == "ONE=1\nTWO=2\n");
  options.environment.clear();
  CHECK(RunToEnd(options).output.empty());
  unsetenv("LD_PRELOAD");
  unsetenv("GIT_DIR");
}

TEST_CASE("no descriptor but the standard three reaches the program") {
  const int leaked = fcntl(STDIN_FILENO, F_DUPFD, 20);  // without close-on-exec
  REQUIRE(leaked >= 20);
  const std::string number = std::to_string(leaked);
  CHECK(RunToEnd(
            Shell("[ -e /proc/$$/fd/" + number + " ] && echo leaked; [ -e /proc/$$/fd/2 ] && echo standard"))
            .output == "standard\n");
  close(leaked);
}

TEST_CASE("signals are at their defaults in the program") {
  signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, nullptr);
  const ChildResult result = RunToEnd({.argv = {"/bin/cat", "/proc/self/status"}});
  sigprocmask(SIG_UNBLOCK, &blocked, nullptr);
  signal(SIGPIPE, SIG_DFL);
  CHECK(result.output.find("SigBlk:\t0000000000000000") != std::string::npos);
  CHECK(result.output.find("SigIgn:\t0000000000000000") != std::string::npos);
}

TEST_CASE("large input and output pass at once without a deadlock") {
  ChildOptions options{.argv = {"/bin/cat"}, .input = std::string(8u << 20, 'x')};
  const ChildResult result = RunToEnd(options);
  CHECK(result.exit_code == 0);
  CHECK(result.output.size() == options.input.size());
  options = Shell("cat >&2; cat /etc/passwd");
  options.input = std::string(3u << 20, 'y');
  CHECK(RunToEnd(options).error_output.size() == 3u << 20);
}

TEST_CASE("a program that reads no input, or reads where there is none, is no trouble") {
  ChildOptions options{.argv = {"/bin/true"}, .input = std::string(1u << 20, 'x')};
  CHECK(RunToEnd(options).exit_code == 0);
  CHECK(RunToEnd({.argv = {"/bin/cat"}}).output.empty());
}

TEST_CASE("past the output limit the program is stopped and the output cut") {
  ChildOptions options = Shell("while :; do echo 0123456789; done");
  options.output_limit = 1000;
  ChildResult result = RunToEnd(options);
  CHECK(result.output_cut);
  CHECK(result.output.size() == 1000);
  options = Shell("while :; do echo 0123456789 >&2; done");
  options.output_limit = 1000;
  result = RunToEnd(options);
  CHECK(result.output_cut);
  CHECK(result.error_output.size() == 1000);
}

TEST_CASE("at the deadline the whole group is killed") {
  // The grandchild holds our pipe and would live for long.
  ChildOptions options = Shell("sleep 1000 & echo $!; sleep 1000");
  options.deadline = std::chrono::milliseconds(200);
  const auto before = std::chrono::steady_clock::now();
  const ChildResult result = RunToEnd(options);
  CHECK(result.timed_out);
  CHECK(result.signal == SIGKILL);
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(100));
  CHECK(Ends(std::stoi(result.output)));
}

TEST_CASE("what a program leaves running ends with it, and nobody waits for its pipes") {
  const ChildResult result = RunToEnd(Shell("sleep 1000 & echo $!"));
  CHECK_FALSE(result.timed_out);
  CHECK(result.exit_code == 0);
  CHECK(Ends(std::stoi(result.output)));
}

TEST_CASE("a thousand programs leave nothing behind") {
  const int before = OpenDescriptors();
  for (int i = 0; i < 1000; ++i) {
    Result<ChildResult> result = Run({.argv = {i % 2 == 0 ? "/bin/true" : "/bin/nothing-here"}});
    REQUIRE(static_cast<bool>(result) == (i % 2 == 0));
  }
  CHECK(OpenDescriptors() == before);
  CHECK_FALSE(HasChildren());
}

TEST_CASE("a program in a sandbox says what the kernel gave") {
  ChildOptions options = Shell("echo hello > /dev/null && echo written || echo denied");
  options.sandbox = {
      .enabled = true, .readable = {"/bin", "/usr", "/lib", "/lib64", "/etc"}, .may_execute = true};
  ChildResult result = RunToEnd(options);
  CHECK(result.level.AtFloor());
  if (!result.level.landlock) {
    WARN("skipped: " + result.level.missing);
    return;
  }
  CHECK(result.output == "denied\n");
  options.sandbox.writable = {"/dev/null"};
  CHECK(RunToEnd(options).output == "written\n");
}

TEST_CASE("a program in a sandbox cannot leave its group, open a socket or ptrace") {
  ChildOptions options{.argv = {"/usr/bin/setsid", "-w", "/bin/echo", "escaped"}};
  options.sandbox = {.enabled = true, .readable = {"/"}, .writable = {"/dev/null"}, .may_execute = true};
  const ChildResult result = RunToEnd(options);
  CHECK(result.exit_code != 0);
  CHECK(result.output.empty());
}

TEST_CASE("a sandbox that forbids to start programs is an error where one is to start") {
  ChildOptions options{.argv = {"/bin/true"}};
  options.sandbox = {.enabled = true, .readable = {"/"}};
  Result<ChildResult> result = Run(options);
  REQUIRE_FALSE(result);
  CHECK(result.error().message == "cannot start /bin/true: Operation not permitted");
}

}  // namespace
}  // namespace sluice::process
