// What a verdict keeps of a built object.
#pragma once

#include <string>
#include <vector>

#include "base/verdict.h"

namespace sluice::gate {

struct BuiltRecord {
  JudgedObject judged;
  std::string canonical;             // canonical JSON, where it was asked for
  bool encrypted = false;            // by SOPS: not what a cluster gets
  std::string unknown;               // why values in it are not known; empty: all are
  std::size_t number = 0;            // of the stage that built it, for Rendered::locate
  std::string root_file{};           // last of the way of its findings
  std::vector<std::string> paths{};  // by which a cluster runs it (gate/clusters.h)
};

// An object that the change takes away.
struct RemovedRecord {
  JudgedObject judged;
  std::vector<std::string> paths;
  std::vector<std::string> through;  // as Finding::through
};

}  // namespace sluice::gate
