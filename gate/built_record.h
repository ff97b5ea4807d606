// What a verdict keeps of a built object.
#pragma once

#include <string>

#include "base/verdict.h"

namespace sluice::gate {

struct BuiltRecord {
  JudgedObject judged;
  std::string canonical;  // canonical JSON, where it was asked for
};

}  // namespace sluice::gate
