// What a change does to the objects of builds, in numbers; and builds of which
// that is all there is to say.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gate/affected.h"
#include "gate/work.h"
#include "manifests/render/roots.h"

namespace sluice::gate {

// What a change does to the objects of one build.
struct ChangeCount {
  std::string name;  // BuildWords
  std::size_t added = 0, changed = 0, removed = 0;

  bool Nothing() const { return added + changed + removed == 0; }
};

// What people call a build: "kustomization overlays/prod/", so that nobody takes a
// folder for an environment. `name` is its own, which begins with that of the root.
std::string BuildWords(const manifests::render::Root& root, const std::string& name);

// A note for each of the first few, one for the rest.
void TellCounts(std::vector<ChangeCount> changes, Verdict& verdict);

// True: none of the affected builds needs to be made, since each would hold the
// objects of the changed files as they stand, and the notes are written. False:
// nothing is known, and nothing was done.
bool TellGathered(Work& work, const Affected& affected);

}  // namespace sluice::gate
