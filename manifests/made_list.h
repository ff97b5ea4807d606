// The part of object.h for a list that no file holds: one that a build made.
#pragma once

#include "manifests/object.h"

namespace sluice::manifests {

// What kubectl makes of one object, by the rule of Objects: a list of "items" is
// taken apart, anything else is one object. `path` names it in the findings and
// must live as long as the objects, as must `root`.
ObjectList ObjectsOf(const Node& root, std::string_view path, const Limits& limits);

}  // namespace sluice::manifests
