// The kustomization that Flux works with: the directory's own, or one that it
// generates where there is none (github.com/fluxcd/pkg/kustomize).
#pragma once

#include <memory>

#include "manifests/render/root_build.h"
#include "manifests/render/source_ignore.h"

namespace sluice::manifests::render {

// The file of the build's directory, readable or not; null: there is none.
std::shared_ptr<const SourceFile> OwnKustomization(RootBuild& build);

// The list `resources` of a generated one: every manifest below the directory that
// is not left out; directories that have a kustomization are named themselves.
Node GeneratedResources(RootBuild& build, SourceIgnore& ignore);

// The list `images` of a spec for a file that has `own`. Of an image that both
// name, Flux changes the new name where one is given, and tag and digest, which are
// one thing, where either is.
Node MergedImages(Arena& arena, const Node& images, const Node& own);

}  // namespace sluice::manifests::render
