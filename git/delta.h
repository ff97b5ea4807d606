// Deltas as packs hold them (gitformat-pack, "Deltified representation").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::git {

struct DeltaSizes {
  std::uint64_t base = 0;
  std::uint64_t result = 0;
};

// Takes both sizes off the front of a delta; false where they are malformed or
// cut off (they take at most 20 bytes).
bool TakeDeltaSizes(std::string_view* delta, DeltaSizes* sizes);

// `base` changed by `delta`. kLimit where the result would pass `limit` bytes,
// kFailed where the delta is malformed or is of another base.
Result<std::string> ApplyDelta(std::string_view base, std::string_view delta, std::size_t limit);

}  // namespace sluice::git
