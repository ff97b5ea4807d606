// The variables of a Flux Kustomization: spec.postBuild.
#pragma once

#include <optional>

#include "manifests/render/problem.h"
#include "manifests/render/root_build.h"
#include "manifests/render/substitute.h"

namespace sluice::manifests::render {

// At most 10,000 (Limits::mapping_keys) variables, and names that Flux takes.
std::optional<RenderProblem> ReadVariables(RootBuild& build, const Node& post_build, VariableSet& set);

}  // namespace sluice::manifests::render
