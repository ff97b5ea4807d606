// In a hook of the kill tests alone: ends the process at the point that
// SLUICE_CRASH_AT names, as `kill -9` does, with SLUICE_CRASH_PARENT also
// git's receive-pack that waits for it.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/crash_point.h"

namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Read before main(), which takes the environment away.
const std::string kAt = Variable("SLUICE_CRASH_AT");
const bool kParent = !Variable("SLUICE_CRASH_PARENT").empty();

}  // namespace

extern "C" void SluiceCrashPoint(const char* name) {
  if (kAt != name) return;
  if (kParent) kill(getppid(), SIGKILL);
  kill(getpid(), SIGKILL);
}
