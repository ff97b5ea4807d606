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

// Parts are views of `path` or live in `arena`. Linear; any text is a path.
FieldPathParts SplitFieldPath(Arena& arena, std::string_view path);

// The one node at a path, or null; a node of `root`. Each part looks at the members
// or elements of one node. "[name=web]" is the first element that has
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
  Node root;  // of the arena along the paths, else of the object
  std::size_t matches = 0;
  std::string problem;
};
// Depth is that of the path: callers bound its parts by limits().depth. "*" and
// patterns look at every element: at most the nodes of `root` at each part. With
// `problem` the root means nothing.
PathResult ChangeMatches(Arena& arena, const Node& root, const FieldPathParts& path,
                         const PathChange& change);

}  // namespace sluice::manifests::render
