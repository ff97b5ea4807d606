// Which builds a change may alter: from each changed file up to the
// kustomizations that name it and the objects that have a directory built. Only
// facts are asked; nothing is read or built.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/facts.h"

namespace sluice::gate {

// A file with Flux or Argo CD objects that have something built.
struct Definer {
  bool all = false;                   // whatever it defines: it changed, or what it asks for did
  std::set<std::string> directories;  // else: what is built from these
};

struct Affected {
  // Directories with a kustomization that may build something else now, each
  // with those whose kustomizations take it in as a resource or component.
  std::map<std::string, std::set<std::string>> directories;
  std::map<std::string, Definer> definers;

  bool Empty() const { return directories.empty() && definers.empty(); }
};

// A file that differs, and the objects in it before or after (IdentityKey).
struct ChangedObjects {
  std::string_view path;
  std::vector<std::string> identities;
};

// True where the facts speak of something that is built.
bool TellBuilds(const Facts& facts);

// Adds what `changed` reaches by the facts of one tree. Linear in what is
// reached; a circle ends.
void FindAffected(const Facts& facts, std::span<const ChangedObjects> changed, Affected& affected);

// Whether `changed` reaches what a definition may read, by the facts `own` of that
// definition (root_facts.h); `affected` is what it reaches by those of the tree.
bool ReachesDefinition(const Facts& tree, std::vector<Fact> own, std::span<const ChangedObjects> changed,
                       const Affected& affected);

// Every build that there is in a tree.
Affected AllBuilds(const Facts& facts);

}  // namespace sluice::gate
