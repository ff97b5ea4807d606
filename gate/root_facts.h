// What the objects that have something built may read, as far as their texts
// tell: a change of any of it reaches their builds.
#pragma once

#include <string_view>
#include <vector>

#include "gate/facts.h"
#include "manifests/document.h"

namespace sluice::gate {

// True for a KindKey, or what begins with one and "/", of such objects.
bool HasThingsBuilt(std::string_view kind_key);

// Of one object, or of a thing that such objects name as their source; nothing
// for other kinds. `spec` may be as a build made it.
void ExtractRootFacts(std::string_view group, std::string_view kind, std::string_view name,
                      const manifests::Node& spec, std::vector<Fact>& out);

// Of a patch, which may be for such an object: a merge that names its kind, or
// JSON operations on its spec.
void ExtractPatchFacts(const manifests::Node& patch, std::vector<Fact>& out);

}  // namespace sluice::gate
