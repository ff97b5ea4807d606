// Fields of a kustomization over objects that are there already: what Flux does
// to the output of a chart (spec.postRenderers[].kustomize).
#pragma once

#include "manifests/render/root_build.h"

namespace sluice::manifests::render {

// Changes the objects of `build`; `fields` is a mapping with patches and images.
// False after a finding.
bool PostRender(RootBuild& build, const Node& fields);

}  // namespace sluice::manifests::render
