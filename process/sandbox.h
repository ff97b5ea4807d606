// Shutting a process in: rlimits, no_new_privs, Landlock, seccomp. What the
// kernel cannot give is reported; below the floor (rlimits, no_new_privs,
// seccomp) the caller decides.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace sluice::process {

struct Sandbox {
  bool enabled = false;
  std::uint64_t memory_bytes = 0;       // address space; 0: unbounded
  std::chrono::seconds cpu{0};          // 0: unbounded
  std::uint64_t file_bytes = 0;         // largest file it may write
  unsigned processes = 0;               // 0: unbounded; threads count
  std::vector<std::string> readable;    // directories and files, beneath them too
  std::vector<std::string> writable;
  bool may_execute = false;             // execve allowed
  bool may_network = false;             // sockets other than AF_UNIX allowed
};

struct SandboxLevel {
  bool rlimits = false, no_new_privs = false, seccomp = false, landlock = false;
  int landlock_abi = 0;
  std::string missing;   // what the kernel refused and why; empty: nothing
  bool AtFloor() const { return rlimits && no_new_privs && seccomp; }
};

// Shuts the calling process in, for ever. Call after fork, before hostile bytes
// are read. Never fails: the level says what was reached.
SandboxLevel ShutIn(const Sandbox& sandbox);

}  // namespace sluice::process
