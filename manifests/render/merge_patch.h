// Two ways to patch an object, as kustomize 5.7 applies them. Every node of a
// result keeps the range of whoever wrote it.
//
// Strategic merge (sigs.k8s.io/kustomize/kyaml/yaml/merge2 with the schema of the
// kind): mappings merge, lists merge by their key where the kind says so and are
// replaced else, null deletes, `$patch: delete|replace|merge` directs mappings
// and lists. kustomize does not know `$setElementOrder`, `$retainKeys` and
// `$deleteFromPrimitiveList`: they become fields of the object, and the check of
// its shape says so.
#pragma once

#include <cstddef>
#include <vector>

#include "base/limits.h"
#include "manifests/arena.h"
#include "manifests/document.h"
#include "manifests/render/kind_facts.h"
#include "manifests/render/problem.h"

namespace sluice::manifests::render {

struct PatchResult {
  bool deleted = false;                 // `$patch: delete` at the top
  Node root;                            // else: the object after the patch
  std::vector<RenderProblem> problems;  // places in the patch; not empty: nothing else counts
  std::size_t steps = 0;                // elements and values that were looked at
};

// `type`: of the object, KindFacts::TypeOf. `limits`: depth, of which each side may
// have its own. At most 20,000,000 steps, as for a JSON patch.
PatchResult StrategicMerge(Arena& arena, const KindFacts& facts, TypeId type, const Node& object,
                           const Node& patch, const Limits& limits);

// RFC 6902 as kustomize applies it (evanphx/json-patch v4): `operations` is a
// list of mappings. A missing parent, a failed test, an unknown operation is a
// problem at the operation's place. `limits`: depth and expansion_nodes, which
// operations may add; at most 10,000 operations.
PatchResult JsonPatch(Arena& arena, const Node& object, const Node& operations, const Limits& limits);

}  // namespace sluice::manifests::render
