// What `helm template` printed, as objects of the release: each with the place
// of every node and the template that it came from.
#pragma once

#include <string>

#include "manifests/render/chart.h"
#include "manifests/render/helm.h"
#include "manifests/render/helm_trace.h"

namespace sluice::manifests::render {

// Adds the objects of `text` to `built`, or findings about what is no object or
// cannot be read. `values` are those of `release`.
void AddOutput(Session& session, const Release& release, const Chart& chart, const ValueIndex& values,
               std::string text, Built& built);

// The place that a message of helm's speaks of ("NAME/templates/web.yaml:3:5"),
// in line space; line 0 where it names no template of the tree.
Range PlaceInMessage(Sources& sources, const Chart& chart, std::string_view message);

}  // namespace sluice::manifests::render
