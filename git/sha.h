// SHA-1 and SHA-256 (FIPS 180-4), one compression function each, with the
// processor's own instructions where it has them (three to four times as fast).
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::git {

// Folds `blocks` blocks of 64 bytes into `state` (5 words for SHA-1, 8 for
// SHA-256).
using ShaBlocks = void (*)(std::uint32_t* state, const std::uint8_t* data, std::size_t blocks);

void Sha1Blocks(std::uint32_t* state, const std::uint8_t* data, std::size_t blocks);
void Sha256Blocks(std::uint32_t* state, const std::uint8_t* data, std::size_t blocks);

// Null where this processor has no such instructions.
ShaBlocks Sha1BlocksInHardware();
ShaBlocks Sha256BlocksInHardware();

extern const std::uint32_t kSha256Constants[64];

}  // namespace sluice::git
