// What a build made is handed on as objects, never as a list of them.
#pragma once

#include "manifests/render/build.h"
#include "manifests/render/roots.h"

namespace sluice::manifests::render {

// Puts the parts of each list in its place. A list that kubectl, Flux and Argo CD
// do not all take apart in the same way is an error, and so is what may be one by
// a value that is not known here.
void TakeListsApart(const Sources& sources, const Root& root, Built& built);

}  // namespace sluice::manifests::render
