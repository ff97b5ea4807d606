// One source of an Argo CD Application.
#pragma once

#include <vector>

#include "manifests/render/root_build.h"

namespace sluice::manifests::render {

// Adds what the source brings to `build`. `all`: the sources of the Application,
// for value files of "$ref/…".
void BuildSource(RootBuild& build, const Node& source, const std::vector<const Node*>& all);

// The parts that have a file of their own.
Built BuildArgoDirectory(RootBuild& build, const RepoPath& directory, const Node* options);
void BuildArgoKustomize(RootBuild& build, const RepoPath& directory, const Node* options);
void BuildArgoHelm(RootBuild& build, const RepoPath& directory, const Node& source,
                   const std::vector<const Node*>& all);

}  // namespace sluice::manifests::render
