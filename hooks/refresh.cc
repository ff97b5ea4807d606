#include "hooks/refresh.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "gate/push.h"
#include "hooks/git_service.h"
#include "hooks/intents.h"
#include "process/broker.h"
#include "process/descriptor.h"

namespace sluice::hooks {
namespace {

using process::Descriptor;

constexpr std::chrono::minutes kDeadline{10};
constexpr std::uint64_t kMemory = 2ull << 30;
constexpr std::uint64_t kIndexBytes = 4ull << 30;
constexpr std::chrono::hours kIntentAge{30 * 24};
constexpr int kNice = 10;
// Git is still telling the client what became of its push; and of pushes that
// come one after the other the last one is seen.
constexpr std::chrono::milliseconds kPause{200};

Descriptor Locked(const std::string& path, int how) {
  Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660));
  if (file && flock(file.get(), how) != 0) file.Close();
  return file;
}

// Holds the turn while it lives; empty where somebody waits already.
Descriptor TakeTurn(const Places& places) {
  const Descriptor queue = Locked(places.Own() + "/refresh.next", LOCK_EX | LOCK_NB);
  if (!queue) return {};
  std::this_thread::sleep_for(kPause);
  return Locked(places.Own() + "/refresh.now", LOCK_EX);
}

// In a process of its own that nobody waits for.
[[noreturn]] void RefreshAlone(const Places& places, const gate::HookSettings& settings) {
  if (!process::SilenceStandardStreams() || chdir("/") != 0) _exit(1);
  process::CloseAllBut(-1);
  if (nice(kNice) == -1 && errno != 0) _exit(1);
  {
    const Descriptor turn = TakeTurn(places);
    if (turn) {
      RemoveOldIntents(places, kIntentAge);
      [[maybe_unused]] const Status done = RefreshShutIn(places, settings);
    }
  }
  _exit(0);
}

std::string RefreshInside(const Places& places, const gate::HookSettings& settings,
                          const process::Broker& broker, const process::SandboxLevel& level) {
  if (!level.AtFloor()) return level.missing;
  auto repository = git::Open(OpenThrough(broker, Asked::kPushed, places));
  if (!repository) return repository.error().Text();
  const Status done = gate::RefreshIndex(*repository, settings);
  return done ? std::string() : done.error().Text();
}

}  // namespace

Status RefreshShutIn(const Places& places, const gate::HookSettings& settings) {
  if (Status made = MakeOwnDirectory(places); !made) return made;
  GitService service(places, nullptr);
  const process::ShutInOptions options{.sandbox = {.memory_bytes = kMemory,
                                                   .cpu = kDeadline,
                                                   .file_bytes = kIndexBytes,
                                                   .readable = ReadableOf(places),
                                                   .writable = {places.Own()}},
                                       .deadline = std::chrono::steady_clock::now() + kDeadline,
                                       .services = service.Services()};
  Result<process::ShutInResult> result =
      process::RunShutIn(options, [&](const process::Broker& broker, const process::SandboxLevel& level) {
        return RefreshInside(places, settings, broker, level);
      });
  if (!result) return result.error();
  if (!result->answered) return Failed("the index could not be written: " + result->trouble);
  if (!result->answer.empty()) return Failed("the index could not be written: " + result->answer);
  return Ok{};
}

void StartRefresh(const Places& places, const gate::HookSettings& settings) {
  if (!MakeOwnDirectory(places)) return;
  const pid_t child = fork();
  if (child == 0) {
    // Its own session: nobody who ends the push ends it too.
    if (setsid() < 0 || fork() != 0) _exit(0);
    RefreshAlone(places, settings);
  }
  if (child > 0)
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace sluice::hooks
