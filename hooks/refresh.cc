#include "hooks/refresh.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
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
constexpr std::chrono::seconds kAtLeastEach = std::chrono::hours(24);
constexpr int kNice = 10;
// Git is still telling the client what became of its push; and of pushes that
// come one after the other the last one is seen.
constexpr std::chrono::milliseconds kPause{200};

Descriptor Locked(const std::string& path, int how) {
  Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660));
  if (file && flock(file.get(), how) != 0) file.Close();
  return file;
}

std::string TurnPath(const Places& places) { return places.Own() + "/refresh.now"; }
std::string RequestPath(const Places& places) { return places.Own() + "/refresh.wanted"; }

// Holds the turn while it lives; empty where somebody waits already.
Descriptor TakeTurn(const Places& places) {
  const Descriptor queue = Locked(places.Own() + "/refresh.next", LOCK_EX | LOCK_NB);
  if (!queue) return {};
  std::this_thread::sleep_for(kPause);
  Descriptor turn = Locked(TurnPath(places), LOCK_EX);
  futimens(turn.get(), nullptr);
  return turn;
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

void AskForRefresh(const Places& places) {
  if (!MakeOwnDirectory(places)) return;
  const std::string path = RequestPath(places);
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660));
}

bool TakeRefreshRequest(const Places& places) {
  if (unlink(RequestPath(places).c_str()) == 0) return true;
  struct stat last;
  return stat(TurnPath(places).c_str(), &last) != 0 || last.st_mtime + kAtLeastEach.count() < time(nullptr);
}

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
