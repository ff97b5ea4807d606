// All bytes into a descriptor that may take them in parts.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace sluice {

// False with errno where not all were taken.
inline bool WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace sluice
