// Big-endian numbers, as Git's files hold them; `at` points at 4 or 8 bytes.
#pragma once

#include <cstdint>

namespace sluice::git {

inline std::uint32_t Be32(const void* at) {
  const auto* b = static_cast<const std::uint8_t*>(at);
  return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
}

inline std::uint64_t Be64(const void* at) {
  return std::uint64_t{Be32(at)} << 32 | Be32(static_cast<const std::uint8_t*>(at) + 4);
}

}  // namespace sluice::git
