// SHA-256, over libcrypto without its provider start-up (0.9 ms).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::crypto {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 DigestSha256(std::string_view bytes);
std::string Hex(const Sha256& digest);  // 64 lower-case digits

}  // namespace sluice::crypto
