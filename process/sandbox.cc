// The order matters: limits first, no_new_privs before Landlock and seccomp
// (they need it), the system call filter last, since it forbids the others.
#include "process/sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "process/landlock.h"
#include "process/syscall_filter.h"

namespace sluice::process {
namespace {

// AddressSanitizer's shadow counts as writable memory and would pass any bound.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kBoundMemory = false;
#else
constexpr bool kBoundMemory = true;
#endif

// Never above the hard limit that is there already.
bool Limit(__rlimit_resource resource, rlim_t most) {
  rlimit now;
  if (getrlimit(resource, &now) != 0) return false;
  now.rlim_max = std::min(now.rlim_max, most);
  now.rlim_cur = std::min(now.rlim_cur, now.rlim_max);
  return setrlimit(resource, &now) == 0;
}

bool SetLimits(const Sandbox& sandbox) {
  // A dump would hold what was pushed.
  bool all = Limit(RLIMIT_CORE, 0) && Limit(RLIMIT_FSIZE, sandbox.file_bytes);
  if (kBoundMemory && sandbox.memory_bytes != 0) all = Limit(RLIMIT_DATA, sandbox.memory_bytes) && all;
  if (sandbox.cpu.count() > 0) all = Limit(RLIMIT_CPU, static_cast<rlim_t>(sandbox.cpu.count())) && all;
  if (sandbox.processes != 0) all = Limit(RLIMIT_NPROC, sandbox.processes) && all;
  return all;
}

void Note(SandboxLevel& level, const std::string& what) {
  if (!level.missing.empty()) level.missing += "; ";
  level.missing += what;
}

}  // namespace

SandboxLevel ShutIn(const Sandbox& sandbox) {
  SandboxLevel level;
  level.rlimits = SetLimits(sandbox);
  if (!level.rlimits) Note(level, std::string("rlimits: ") + std::strerror(errno));
  level.no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  if (!level.no_new_privs) Note(level, std::string("no_new_privs: ") + std::strerror(errno));

  const LandlockLevel files =
      RestrictFiles({sandbox.readable, sandbox.writable, sandbox.may_execute, sandbox.may_network});
  level.landlock = files.abi > 0;
  level.landlock_abi = files.abi;
  if (!level.landlock) Note(level, files.missing);

  const std::string refused =
      RestrictSystemCalls({sandbox.may_execute, sandbox.may_network, !sandbox.writable.empty()});
  level.seccomp = refused.empty();
  if (!level.seccomp) Note(level, refused);
  return level;
}

bool BoundMemory(std::uint64_t bytes) {
  const bool limited = Limit(RLIMIT_CORE, 0) && (!kBoundMemory || Limit(RLIMIT_DATA, bytes));
  return limited && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

}  // namespace sluice::process
