// Finds the bytes at places of a text, forwards only, so that all look-ups of a
// file together read it once.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/range.h"

namespace sluice::manifests {

// REQUIRES: each range begins where the one asked for before ends, or later.
class SourceCursor {
 public:
  // `bytes` have passed ScanBytes. A byte order mark in front is not a column of
  // the first line.
  explicit SourceCursor(std::string_view bytes);

  // The bytes of a range; a place past the end is the end.
  std::string_view Between(Range range);

 private:
  std::size_t Seek(Position position);

  std::string_view bytes_;
  std::size_t at_ = 0;
  Position position_{1, 1};  // of at_
};

// Where a block scalar with the bytes `source` ends when the blank lines behind
// it are left out. libyaml's `range` ends in front of the next token's line.
Position EndOfBlock(Range range, std::string_view source);

}  // namespace sluice::manifests
