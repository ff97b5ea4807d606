// Fields of a kustomization over objects that are there already: what Flux does
// to the output of a chart (spec.postRenderers[].kustomize).
#pragma once

#include "manifests/render/root_build.h"

namespace sluice::manifests::render {

// Changes the objects of `build` as helm-controller's post-renderer does. Of
// `kustomize`, a mapping, the fields of its API are taken and no others: patches
// and images, and those of its beta versions. False after a finding.
bool PostRender(RootBuild& build, const Node& kustomize);

}  // namespace sluice::manifests::render
