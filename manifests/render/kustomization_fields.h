// The fields of a kustomization and what each takes, after
// sigs.k8s.io/kustomize/api/types of 5.7. kustomize decodes strictly: a field
// that it does not know, or of another type, ends the build. Go's decoder takes
// names of fields in any case.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/rule.h"
#include "manifests/arena.h"
#include "manifests/document.h"

namespace sluice::manifests::render {

using ReportField = std::function<void(const Rule& rule, Range place, std::string message)>;

// Reports each unknown field and each value of the wrong type in a mapping of
// the type `type`: "Kustomization", "Replacement", …
void CheckFields(const Node& node, std::string_view type, const ReportField& report);

// The mapping with the names of its fields as kustomize spells them; nullopt
// where they are so already.
std::optional<Node> WithFieldNames(Arena& arena, const Node& node, std::string_view type);

}  // namespace sluice::manifests::render
