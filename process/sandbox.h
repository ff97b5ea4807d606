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
  bool enabled = false;                 // for Run(); ShutIn() is meant as called
  std::uint64_t memory_bytes = 0;       // writable memory; 0: unbounded. Files mapped to read do not count
  std::chrono::seconds cpu{0};          // 0: unbounded
  std::uint64_t file_bytes = 0;         // largest file it may write; 0: none
  unsigned processes = 0;               // of this user, threads count, root is exempt; 0: unbounded
  std::vector<std::string> readable{};  // directories and files, beneath them too; absent ones are left out
  std::vector<std::string> writable{};  // empty: nothing, also where there is no Landlock
  bool may_execute = false;             // execve allowed, of what is readable
  bool may_network = false;             // IP sockets (never AF_UNIX ones; inherited ones always)
};

struct SandboxLevel {
  bool rlimits = false, no_new_privs = false, seccomp = false, landlock = false;
  int landlock_abi = 0;
  std::string missing;  // what the kernel refused and why; empty: nothing
  bool AtFloor() const { return rlimits && no_new_privs && seccomp; }
};

// Shuts the calling process in, for ever. Call after fork, with one thread,
// before hostile bytes are read. Costs about 0.1 ms. Never fails: the level says
// what was reached. What the process may still do: process/filter_writer.cc.
SandboxLevel ShutIn(const Sandbox& sandbox);

// For a program that starts others which nobody knows (credential plugins): bounds
// writable memory, a process, and gives no_new_privs and no core dumps, to it and
// to what it starts. After fork. False where the kernel refuses.
bool BoundMemory(std::uint64_t bytes);

}  // namespace sluice::process
