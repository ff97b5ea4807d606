// What else a removal does: the finalizers that it waits for, and the objects that
// the garbage collector takes away with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/dry_run.h"
#include "manifests/document.h"

namespace sluice::cluster {

// Which kinds may belong to an object of a kind, as Kubernetes' own controllers
// make them. Objects that other controllers make are not looked for.
struct Dependants {
  std::string_view owner_group, owner_kind;
  std::string_view api_version, kind;
};
std::vector<Dependants> DependantsOf(const ObjectName& owner);

// Names of the objects in `list` whose ownerReferences have `uid`; up to ten, and
// how many there are in all.
struct Owned {
  std::vector<std::string> names;
  std::size_t count = 0;
};
Owned OwnedIn(const manifests::Node& list, std::string_view uid);

std::string_view UidOf(const manifests::Node& live);

// Of rule cluster/warning, for a removal that would be taken.
std::vector<DryRunCause> FinalizerCauses(const ObjectName& name, const manifests::Node& live);
DryRunCause DependantCause(const Dependants& kind, const Owned& owned);

}  // namespace sluice::cluster
