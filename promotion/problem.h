// What is wrong in a part of the configuration, at its place: gate/ makes a
// finding of it, with the file's name.
#pragma once

#include <string>
#include <vector>

#include "base/range.h"

namespace sluice::promotion {

struct Problem {
  Range range;
  std::string message;    // no full stop
  bool of_today = false;  // no record is false for it: asked only since, or true of this machine alone
};
using Problems = std::vector<Problem>;

// A name that the configuration uses, and where.
struct Named {
  std::string name;
  Range range{};
};

}  // namespace sluice::promotion
