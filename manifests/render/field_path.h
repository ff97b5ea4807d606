// Paths of replacements and vars: "spec.containers.[name=web].image", "a.b[0]",
// "spec.rules.*.host"; a dot in a name is written "\." or in brackets
// (kyaml/yaml: PathGetter, PathMatcher; kyaml/utils/pathsplitter.go).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/arena.h"
#include "manifests/document.h"

namespace sluice::manifests::render {

using FieldPathParts = std::vector<std::string_view>;

FieldPathParts SplitFieldPath(Arena& arena, std::string_view path);

// The one node at a path, or null. "[name=web]" is the first element that has
// exactly this.
const Node* LookUp(const Node& root, const FieldPathParts& path);

// Changes every node that a path matches; "[name=web]" holds for elements whose
// name the regular expression is found in.
struct PathChange {
  std::function<std::optional<Node>(const Node& value, std::string& problem)> set;
  std::optional<NodeKind> create;  // what to make of an absent end; nullopt: nothing
  Range made_at{};
};
struct PathResult {
  Node root;
  std::size_t matches = 0;
  std::string problem;
};
PathResult ChangeMatches(Arena& arena, const Node& root, const FieldPathParts& path,
                         const PathChange& change);

}  // namespace sluice::manifests::render
