// Runs a build in a child that is killed by the kernel when it asks for a
// socket, another program or another process, and when it passes its processor
// time or its memory. What the child says comes back; how it ended, too.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace sluice::manifests::render {

struct Confined {
  std::string said;
  int signal = 0;  // SIGSYS: it asked for something forbidden; SIGXCPU: too much time
  bool ended = false;
};

struct Bounds {
  unsigned cpu_seconds = 20;
  std::uint64_t memory_bytes = 1u << 30;  // not under a sanitizer, which maps terabytes
};

Confined RunConfined(const std::function<std::string()>& work, const Bounds& bounds = {});

}  // namespace sluice::manifests::render
