// The keys and values that an entry of a generator names, in kustomize's order:
// env files, literals, files. Tested by tests/manifests/render/generate_test.cc.
#pragma once

#include <string_view>
#include <vector>

#include "manifests/render/generate.h"

namespace sluice::manifests::render {

// Views live as long as the entry and the files.
struct GeneratorPair {
  std::string_view key;
  std::string_view value;  // any bytes
  Range key_place;
  Range place;
};

// Adds a problem for each source that cannot be read as one.
std::vector<GeneratorPair> ReadPairs(const Node& entry, const ReadGeneratorFile& read,
                                     std::vector<RenderProblem>& problems);

}  // namespace sluice::manifests::render
