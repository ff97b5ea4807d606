// What builds need that no tree tells: who renders charts, where those from
// elsewhere lie, and by which names others know the tree.
#pragma once

#include <string>
#include <vector>

#include "manifests/render/roots.h"

namespace sluice::gate {

struct BuildSettings {
  manifests::render::RunHelm helm;  // empty: charts are not judged
  std::string cache;
  std::vector<std::string> branches;  // RootContext::branches
};

}  // namespace sluice::gate
