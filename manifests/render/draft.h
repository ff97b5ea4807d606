// An object while a JSON patch works on it: mappings and lists are taken apart
// into vectors along the paths of its operations, and nowhere else. Nodes that are
// not taken apart stay those of the object; those of PutTogether live in the arena.
// Recursion is bounded by the depth that Extent::Passes allows.
// Tested by tests/manifests/render/json_patch_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "manifests/arena.h"
#include "manifests/document.h"

namespace sluice::manifests::render {

// A value that may be taken apart: then `children` counts and node.children does not.
struct Draft {
  Node node;
  bool apart = false;
  std::vector<Draft> children;
};

bool IsCollection(const Draft& draft);
void TakeApart(Draft& draft);
Node PutTogether(Arena& arena, const Draft& draft);

// How many nodes a value has and how deep they are nested; counts no further
// than `limits`, which must live as long.
struct Extent {
  const Limits& limits;
  std::size_t nodes = 0;
  std::size_t depth = 0;

  bool Passes() const { return nodes > limits.expansion_nodes || depth > limits.depth; }
  void Add(const Node& node, std::size_t at);
  void Add(const Draft& draft, std::size_t at);
};

// "/spec/a~1b/0" to its parts; none for the root.
std::vector<std::string> PointerParts(std::string_view pointer);
// An index as strconv.Atoi reads one: with a sign, with leading zeros.
std::optional<std::int64_t> PointerIndex(std::string_view part);

}  // namespace sluice::manifests::render
