// In a hook of the kill tests alone: ends the process at the point that
// SLUICE_CRASH_AT names, as `kill -9` does, with SLUICE_CRASH_PARENT also git's
// receive-pack that waits for it; and says so first, a line in SLUICE_CRASH_LOG.
// SLUICE_CRASH_SKIP lets that point pass so many times.
// At the point that SLUICE_STOP_AT names it waits until somebody has opened
// the FIFO SLUICE_STOP_FOR to write.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "base/crash_point.h"
#include "base/write_all.h"

namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Read before main(), which takes the environment away.
const std::string kAt = Variable("SLUICE_CRASH_AT"), kLog = Variable("SLUICE_CRASH_LOG");
const std::string kStopAt = Variable("SLUICE_STOP_AT"), kStopFor = Variable("SLUICE_STOP_FOR");
std::atomic<int> left{std::atoi(Variable("SLUICE_CRASH_SKIP").c_str())};
const bool kParent = !Variable("SLUICE_CRASH_PARENT").empty();

void Tell(const std::string& name) {
  const int log = open(kLog.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0 || !sluice::WriteAll(log, name + "\n")) _exit(99);
}

}  // namespace

extern "C" void SluiceCrashPoint(const char* name) {
  if (kStopAt == name) close(open(kStopFor.c_str(), O_RDONLY | O_CLOEXEC));
  if (kAt != name || left-- > 0) return;
  if (!kLog.empty()) Tell(name);
  if (kParent) kill(getppid(), SIGKILL);
  kill(getpid(), SIGKILL);
}
