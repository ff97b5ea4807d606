// Who renders charts, and where those from elsewhere lie. Empty: charts are not judged.
#pragma once

#include <string>

#include "manifests/render/roots.h"

namespace sluice::gate {

struct Charts {
  manifests::render::RunHelm helm;
  std::string cache;
};

}  // namespace sluice::gate
