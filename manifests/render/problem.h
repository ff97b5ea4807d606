// What is wrong with a part of a build, found by whoever reads that part; the
// build makes a finding of it.
#pragma once

#include <string>

#include "base/range.h"

namespace sluice::manifests::render {

struct RenderProblem {
  std::string message;  // in the words of kustomize users, no full stop, no value of a Secret
  Range place;          // in line space
};

}  // namespace sluice::manifests::render
