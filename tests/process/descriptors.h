// What a test must leave behind as it found it: its descriptors and children.
#pragma once

#include <dirent.h>
#include <sys/wait.h>

#include <cerrno>

namespace sluice::process {

inline int OpenDescriptors() {
  DIR* directory = opendir("/proc/self/fd");
  int count = 0;
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count;
}

// Running or waiting to be reaped.
inline bool HasChildren() { return waitpid(-1, nullptr, WNOHANG) == 0 || errno != ECHILD; }

}  // namespace sluice::process
