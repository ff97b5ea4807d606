// Where Flux takes values from: the ConfigMaps and Secrets that
// postBuild.substituteFrom and valuesFrom name, as the cluster will hold them.
//   1. Of the build that holds the definition: as it was built there.
//   2. Else of the files of the tree, where no build may change one of that name
//      and they all say the same.
// Anything else only the cluster knows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manifests/render/roots.h"

namespace sluice::manifests::render {

struct ValuesSource {
  const Object* object = nullptr;    // null: there is none, or it is not known
  std::vector<std::string> unknown;  // of what was built: why some of its values are not known
  std::string not_known;             // not empty: it is there and what it holds is not known, and why
};

// In the namespace of the root. Lives as long as the root and the session.
ValuesSource FindValues(const RootContext& context, const Root& root, std::string_view kind,
                        std::string_view name);

// What `definition`, one of the objects of `built`, names and that holds too.
std::vector<BuiltObject> ValuesBeside(const Built& built, const Object& definition);

}  // namespace sluice::manifests::render
