// Flux' postBuild substitution (github.com/fluxcd/pkg/kustomize, varsub): the
// variables are put into the YAML text of each built object, and the text is read
// again. So a value may change the type of a scalar, or add to the structure, as
// it does in the cluster: "${REPLICAS}" becomes the integer 3. What the text says
// beside its variables may not change: an object where it would is refused.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "manifests/arena.h"
#include "manifests/document.h"
#include "manifests/render/envsubst.h"
#include "manifests/render/problem.h"

namespace sluice::manifests::render {

// One variable; it owns its texts.
struct SetVariable {
  std::string value;      // as Flux takes it: line breaks are dropped
  Range place;            // of its value; of no line where that is not known
  std::string not_known;  // not empty: only the cluster knows the value, and why
};

struct VariableSet {
  std::map<std::string, SetVariable, std::less<>> variables;
  std::string others;   // not empty: any other variable may be set too, and why only the cluster knows
  bool strict = false;  // StrictPostBuildSubstitutions
  bool always = false;  // substituteStrategy: Always; else only where some variable is set
};

struct Substituted {
  Node root;                         // nodes of the object and of the arena
  bool changed = false;              // false: `root` is the object's
  std::vector<std::string> unknown;  // why values of it are not known; sorted, unique
  // The same where what is not known and has a default is not set in the cluster;
  // none: there is no such default.
  std::optional<Node> with_defaults;
  std::optional<RenderProblem> problem;  // then `root` means nothing
};

// Objects whose label or annotation kustomize.toolkit.fluxcd.io/substitute is
// "disabled" stay as they are. A scalar that was a variable and nothing else gets
// the place of the variable's value; what else changed keeps its own place.
// `steps`: what is left of kMostEnvsubstSteps; all objects of a build take from it.
Substituted Substitute(Arena& arena, const Node& object, const VariableSet& set, const Limits& limits,
                       std::size_t& steps);

}  // namespace sluice::manifests::render
