// Landlock: which files a process may still reach, by raw system calls and with
// our own constants (Debian 12's headers know ABI 1; kernels are far ahead).
#pragma once

#include <string>
#include <vector>

namespace sluice::process {

struct LandlockRules {
  std::vector<std::string> readable;  // beneath them too; a path that is not there is left out
  std::vector<std::string> writable;
  bool may_execute = false;  // of what is readable
  bool may_network = false;  // TCP, where the kernel can tell (ABI 4)
};

struct LandlockLevel {
  int abi = 0;          // 0: not in force
  std::string missing;  // why it is not in force
};

// Needs no_new_privs. What the kernel's ABI cannot restrict is left open.
LandlockLevel RestrictFiles(const LandlockRules& rules);

}  // namespace sluice::process
