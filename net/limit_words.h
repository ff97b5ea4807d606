// Times and sizes as people read them, for messages that name a limit.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace sluice::net {

// "30 s", "250 ms".
inline std::string TimeWords(std::chrono::milliseconds time) {
  const auto count = time.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

// "16 MiB", "64 KiB", "100 bytes".
inline std::string SizeWords(std::size_t bytes) {
  if (bytes != 0 && bytes % (1u << 20) == 0) return std::to_string(bytes >> 20) + " MiB";
  if (bytes != 0 && bytes % 1024 == 0) return std::to_string(bytes >> 10) + " KiB";
  return std::to_string(bytes) + " bytes";
}

}  // namespace sluice::net
