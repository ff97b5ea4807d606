// One value at a path of Helm's --set ("a.b[0].c", "\." for a dot in a key), as
// valuesFrom.targetPath and Argo CD's helm.parameters give it
// (helm.sh/helm, pkg/strvals).
#pragma once

#include <optional>
#include <string_view>

#include "manifests/arena.h"
#include "manifests/document.h"

namespace sluice::manifests::render {

// `values` with `value` at the path; mappings and lists on the way are made.
// Nothing where the path is not one of Helm's, or names an index above 65,536 or
// more than 30 steps.
std::optional<Node> WithValueAt(Arena& arena, const Node& values, std::string_view path, const Node& value);

// true, false, null and integers as such, all else as text.
Node TypedValue(Arena& arena, std::string_view text, Range place);

}  // namespace sluice::manifests::render
