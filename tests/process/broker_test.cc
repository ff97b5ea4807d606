#include "process/broker.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "tests/catch.h"
#include "tests/process/descriptors.h"

namespace sluice::process {
namespace {

Deadline In(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

ShutInResult RunWork(const Work& work, std::vector<Service> services = {},
                     std::chrono::milliseconds time = std::chrono::seconds(20)) {
  const int before = OpenDescriptors();
  Result<ShutInResult> result = RunShutIn({.sandbox = {}, .deadline = In(time), .services = services}, work);
  if (!result) FAIL(result.error().Text());
  CHECK(OpenDescriptors() == before);
  result->child = Leaving();
  CHECK_FALSE(HasChildren());
  return *std::move(result);
}

// Ends the process by SIGSEGV, a sanitizer's handler or not.
__attribute__((no_sanitize("address"), no_sanitize("undefined"))) void Crash() {
  signal(SIGSEGV, SIG_DFL);
  *static_cast<volatile int*>(nullptr) = 1;
}

// The broker's socket, as somebody who took over the child would find it.
constexpr int kFirstSockets[] = {3, 4, 5, 6, 7, 8, 9};

std::string MayRunOn() {
  cpu_set_t set;
  REQUIRE(sched_getaffinity(0, sizeof set, &set) == 0);
  std::string list;
  for (int i = 0; i < CPU_SETSIZE; ++i)
    if (CPU_ISSET(i, &set)) list += std::to_string(i) + ' ';
  return list;
}

TEST_CASE("parent and child may run on every processor that the parent could before") {
  const std::string all = MayRunOn();
  const ShutInResult result = RunWork([](const Broker&, const SandboxLevel&) { return MayRunOn(); });
  CHECK(result.answer == all);
  CHECK(MayRunOn() == all);
}

TEST_CASE("the child's answer reaches the parent, and what it reached of the sandbox reaches the child") {
  const ShutInResult result = RunWork([](const Broker&, const SandboxLevel& level) {
    return std::string(level.AtFloor() ? "shut in" : level.missing);
  });
  CHECK(result.answered);
  CHECK(result.answer == "shut in");
  CHECK(result.trouble.empty());
}

TEST_CASE("requests are served while the child works") {
  const Service echo{FrameKind::kReadObject, [](std::string_view body, Deadline) -> Result<std::string> {
                       if (body == "missing") return NotFound("no such object");
                       return std::string(body) + "!";
                     }};
  const ShutInResult result = RunWork(
      [](const Broker& broker, const SandboxLevel&) {
        std::string all;
        for (const char* word : {"one", "two"}) all += *broker.Ask(FrameKind::kReadObject, word);
        const Result<std::string> none = broker.Ask(FrameKind::kReadObject, "missing");
        const bool told = !none && none.error().kind == ErrorKind::kNotFound;
        return all + (told ? none.error().message : "no refusal");
      },
      {echo});
  CHECK(result.answer == "one!two!no such object");
}

TEST_CASE("threads of the child may ask at once") {
  const Service echo{FrameKind::kReadObject,
                     [](std::string_view body, Deadline) { return Result<std::string>(std::string(body)); }};
  const ShutInResult result = RunWork(
      [](const Broker& broker, const SandboxLevel&) {
        std::atomic<int> right = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
          threads.emplace_back([&, i] {
            for (int round = 0; round < 100; ++round) {
              const std::string word = std::to_string(i * 1000 + round);
              const Result<std::string> reply = broker.Ask(FrameKind::kReadObject, word);
              if (reply && *reply == word) ++right;
            }
          });
        for (std::thread& thread : threads) thread.join();
        return std::to_string(right);
      },
      {echo});
  CHECK(result.answer == "400");
}

TEST_CASE("however the child ends without an answer, the parent says why") {
  struct Case {
    const char* words;
    int signal;
    Work work;
  };
  const Case cases[] = {
      {"it ended by signal 11", SIGSEGV,
       [](const Broker&, const SandboxLevel&) {
         Crash();
         return std::string();
       }},
      {"it ran out of memory or failed inside", 0,
       [](const Broker&, const SandboxLevel&) -> std::string { throw std::bad_alloc(); }},
      {"it ended without an answer", 0, [](const Broker&, const SandboxLevel&) -> std::string { _exit(0); }},
      {"the other process sent an unknown message", SIGKILL,
       [](const Broker&, const SandboxLevel&) -> std::string {
         for (const int socket : kFirstSockets)
           [[maybe_unused]] const ssize_t sent = write(socket, "nonsense from a child", 21);
         for (;;) pause();
       }},
      {"the child asked for what nobody serves", SIGKILL,
       [](const Broker& broker, const SandboxLevel&) -> std::string {
         (void)broker.Ask(FrameKind::kReadObject, "x");
         for (;;) pause();
       }},
  };
  for (const Case& one : cases) {
    const ShutInResult result = RunWork(one.work);
    CHECK_FALSE(result.answered);
    CHECK(result.trouble == one.words);
    CHECK(result.signal == one.signal);
    CHECK_FALSE(result.timed_out);
  }
}

TEST_CASE("abort still ends a child that may send no signal") {
  const ShutInResult result = RunWork([](const Broker&, const SandboxLevel&) -> std::string {
    signal(SIGSEGV, SIG_DFL);
    std::abort();
  });
  CHECK_FALSE(result.answered);
  CHECK(result.trouble.find("signal") != std::string::npos);
}

TEST_CASE("a child that hangs is killed at the deadline, also when it closed its socket") {
  const Work hang = [](const Broker&, const SandboxLevel&) -> std::string {
    for (;;) {
    }
  };
  const ShutInResult result = RunWork(hang, {}, std::chrono::milliseconds(100));
  CHECK(result.timed_out);
  CHECK(result.trouble == "it took longer than its deadline");

  const ShutInResult mute = RunWork([](const Broker&, const SandboxLevel&) -> std::string {
    for (const int socket : kFirstSockets) close(socket);
    for (;;) {
    }
  });
  CHECK_FALSE(mute.answered);
  CHECK(mute.signal == SIGKILL);
}

TEST_CASE("a thousand children that crash leave the parent as it was") {
  const int before = OpenDescriptors();
  for (int i = 0; i < 1000; ++i) {
    Result<ShutInResult> result =
        RunShutIn({.sandbox = {}, .deadline = In(std::chrono::seconds(20)), .services = {}},
                  [](const Broker&, const SandboxLevel&) -> std::string {
                    Crash();
                    return {};
                  });
    REQUIRE(result);
    REQUIRE(result->signal == SIGSEGV);
  }
  CHECK(OpenDescriptors() == before);
  CHECK_FALSE(HasChildren());
}

TEST_CASE("a child that answered is waited for when its result goes away") {
  {
    Result<ShutInResult> result =
        RunShutIn({.sandbox = {}, .deadline = In(std::chrono::seconds(20)), .services = {}},
                  [](const Broker&, const SandboxLevel&) { return std::string("done"); });
    REQUIRE(result);
    const ShutInResult moved = *std::move(result);
    CHECK(moved.answered);
    siginfo_t info;
    CHECK(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0);
  }
  CHECK_FALSE(HasChildren());
}

TEST_CASE("the child inherits no environment and no descriptor but its socket") {
  setenv("SECRET", "value", 1);
  const ShutInResult result = RunWork([](const Broker&, const SandboxLevel&) {
    int open = 0;
    for (int number = 3; number < 1000; ++number) open += fcntl(number, F_GETFD) >= 0 ? 1 : 0;
    return std::string(getenv("SECRET") == nullptr ? "clean " : "leaked ") + std::to_string(open);
  });
  unsetenv("SECRET");
  CHECK(result.answer == "clean 1");
}

}  // namespace
}  // namespace sluice::process
