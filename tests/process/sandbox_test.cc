#include "process/sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>

#include "process/broker.h"
#include "tests/catch.h"

namespace sluice::process {
namespace {

// What `work` answers from within `sandbox`.
std::string Inside(const Sandbox& sandbox, const std::function<std::string(const SandboxLevel&)>& work) {
  const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::seconds(200);
  Result<ShutInResult> result =
      RunShutIn({.sandbox = sandbox, .deadline = deadline, .services = {}},
                [&work](const Broker&, const SandboxLevel& level) { return work(level); });
  if (!result) return result.error().Text();
  return result->answered ? result->answer : result->trouble;
}

std::string Opened(const char* path, int flags) {
  const int file = open(path, flags | O_CLOEXEC, 0600);
  return file >= 0 ? "opened" : std::string(strerrorname_np(errno));
}

struct TemporaryDirectory {
  TemporaryDirectory() {
    char name[] = "/tmp/sluice-sandbox-XXXXXX";
    path = mkdtemp(name);
    std::ofstream(path + "/file") << "content";
    REQUIRE(symlink("/etc/passwd", (path + "/link").c_str()) == 0);
  }
  ~TemporaryDirectory() {
    for (const char* name : {"/file", "/link", "/new"}) unlink((path + name).c_str());
    rmdir(path.c_str());
  }
  std::string path;
};

bool HasLandlock() {
  if (Inside({}, [](const SandboxLevel& level) { return level.landlock ? "yes" : level.missing; }) == "yes")
    return true;
  WARN("skipped: this kernel has no Landlock");
  return false;
}

TEST_CASE("the level says what was reached and nothing is missing where all was") {
  const std::string told = Inside({}, [](const SandboxLevel& level) {
    const bool all = level.rlimits && level.no_new_privs && level.seccomp && level.AtFloor();
    const bool honest = level.landlock == level.missing.empty() && level.landlock == (level.landlock_abi > 0);
    return std::string(all && honest ? "all" : level.missing);
  });
  CHECK(told == "all");
}

TEST_CASE("what is readable can be read, beneath it too, and nothing else") {
  if (!HasLandlock()) return;
  const TemporaryDirectory directory;
  const std::string file = directory.path + "/file";
  const std::string link = directory.path + "/link";
  const Sandbox sandbox{.readable = {directory.path, "/nowhere"}};
  struct Case {
    std::string path;
    const char* outcome;
  };
  const Case cases[] = {{file, "opened"},
                        {directory.path, "opened"},
                        {link, "EACCES"},
                        {"/etc/passwd", "EACCES"},
                        {"/", "EACCES"},
                        {"/proc/self/environ", "EACCES"},
                        {"/proc/1/environ", "EACCES"},
                        {directory.path + "/../../etc/passwd", "EACCES"}};
  for (const Case& one : cases) {
    INFO(one.path);
    CHECK(Inside(sandbox, [&](const SandboxLevel&) { return Opened(one.path.c_str(), O_RDONLY); }) ==
          one.outcome);
  }
}

TEST_CASE("nothing can be written where nothing is writable, with Landlock or without") {
  const TemporaryDirectory directory;
  const std::string file = directory.path + "/file";
  // All readable, so that Landlock alone is not what denies.
  const Sandbox sandbox{.readable = {"/"}};
  for (const int flags :
       {O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC, O_WRONLY | O_CREAT, O_RDWR | O_APPEND, O_RDONLY | O_CREAT})
    CHECK(Inside(sandbox, [&](const SandboxLevel&) { return Opened(file.c_str(), flags); }) == "EPERM");
  CHECK(Inside(sandbox, [&](const SandboxLevel&) {
          return std::string(unlink(file.c_str()) == 0 ? "removed" : strerrorname_np(errno));
        }) == "EPERM");
}

TEST_CASE("what is writable can be written, up to the bound on files") {
  const TemporaryDirectory directory;
  const std::string file = directory.path + "/new";
  Sandbox sandbox{.file_bytes = 100, .readable = {directory.path}, .writable = {directory.path}};
  const auto write_some = [&](const SandboxLevel&) {
    signal(SIGXFSZ, SIG_IGN);
    const int number = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (number < 0) return std::string(strerrorname_np(errno));
    const std::string bytes(200, 'x');
    const ssize_t written = write(number, bytes.data(), bytes.size());
    return std::to_string(written);
  };
  CHECK(Inside(sandbox, write_some) == "100");
  sandbox.writable = {"/nowhere"};
  if (HasLandlock()) CHECK(Inside(sandbox, write_some) == "EACCES");
}

#if !defined(__SANITIZE_ADDRESS__)
TEST_CASE("memory past the bound is refused, files mapped to read do not count") {
  const TemporaryDirectory directory;
  const std::string file = directory.path + "/file";
  REQUIRE(truncate(file.c_str(), 512l << 20) == 0);
  const Sandbox sandbox{.memory_bytes = 64u << 20, .readable = {directory.path}};
  const std::string told = Inside(sandbox, [&](const SandboxLevel&) {
    const int number = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    const bool mapped = mmap(nullptr, 512u << 20, PROT_READ, MAP_PRIVATE, number, 0) != MAP_FAILED;
    void* heap = std::malloc(128u << 20);
    void* shared = mmap(nullptr, 128u << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return std::string(mapped ? "mapped" : "") + (heap == nullptr ? " refused" : " got heap") +
           (shared == MAP_FAILED ? " refused" : " got shared");
  });
  CHECK(told == "mapped refused refused");
}
#endif

TEST_CASE("time on the processor past the bound ends the process") {
  const std::string told = Inside({.cpu = std::chrono::seconds(1)}, [](const SandboxLevel&) -> std::string {
    for (;;) {
    }
  });
  CHECK(told == "it ended by signal 9");
}

TEST_CASE("threads, memory, time and files work as one of our processes needs them") {
  const TemporaryDirectory directory;
  const std::string told =
      Inside({.memory_bytes = 512u << 20, .readable = {directory.path}}, [&](const SandboxLevel&) {
        std::atomic<int> sum = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; ++i)
          threads.emplace_back([&sum] {
            std::vector<int> numbers(100'000, 1);
            for (const int number : numbers) sum += number;
            std::this_thread::yield();
          });
        for (std::thread& thread : threads) thread.join();
        std::ifstream in(directory.path + "/file");
        std::string word;
        in >> word;
        return word + " " + std::to_string(sum) +
               (std::chrono::system_clock::now().time_since_epoch().count() > 0 ? " now" : "");
      });
  CHECK(told == "content 800000 now");
}

}  // namespace
}  // namespace sluice::process
