// Places in a text. Lines and columns count from 1; a column counts Unicode
// code points. 0 means "not known" (line 0: the file as a whole).
#pragma once

#include <cstdint>

namespace sluice {

struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend constexpr bool operator==(const Position&, const Position&) = default;
  friend constexpr auto operator<=>(const Position&, const Position&) = default;
};

// From `begin` up to, not including, `end`.
struct Range {
  Position begin;
  Position end;

  friend constexpr bool operator==(const Range&, const Range&) = default;
};

}  // namespace sluice
