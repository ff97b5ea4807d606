// buildMetadata: managedByLabel and originAnnotations, as kustomize 5.7 writes them.
#include <fmt/core.h>

#include <algorithm>

#include "manifests/render/edit.h"
#include "manifests/render/transformers.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kManagedBy = "kustomize-v5.7.1";

bool Asks(const Layer& layer, std::string_view option) {
  return std::ranges::any_of(layer.Elements("buildMetadata"),
                             [&](const Node& each) { return each.text == option; });
}

// From the directory of the build to a file of the repository: "../base/web.yaml".
std::string RelativePath(std::string_view from, std::string_view to) {
  std::size_t common = 0;  // bytes of the directories that both have
  for (std::size_t slash = from.find('/');; slash = from.find('/', slash + 1)) {
    const std::size_t end = std::min(slash, from.size());
    if (from.empty() || to.size() <= end || to[end] != '/' || to.substr(0, end) != from.substr(0, end)) break;
    common = end + 1;
    if (slash == from.npos) break;
  }
  std::string path;
  if (common < from.size()) {
    const std::string_view left = from.substr(common);
    const auto up = 1 + std::ranges::count(left, '/');
    for (std::ptrdiff_t i = 0; i < up; ++i) path += "../";
  }
  return path.append(to.substr(std::min(common, to.size())));
}

std::string OriginText(const Layer& layer, const ResourceOrigin& origin) {
  const std::string path = RelativePath(layer.directory.text(), origin.file);
  if (origin.generator.empty()) return fmt::format("path: {}\n", path);
  std::string text = fmt::format("configuredIn: {}\nconfiguredBy:\n  apiVersion: builtin\n  kind: {}\n", path,
                                 origin.generator);
  if (!origin.name.empty()) text += fmt::format("  name: {}\n", origin.name);
  return text;
}

bool SetInMetadata(Layer& layer, Resource& resource, std::string_view field, std::string_view key,
                   std::string_view text, Range place) {
  Node pair = AsMember(layer.arena, TextNode(layer.arena, text, place), key, place);
  const FieldSpec spec =
      MakeFieldSpec(layer.arena, {}, layer.arena.Keep(fmt::format("metadata/{}", field)), true);
  const FieldChange change{
      Made::kMapping, place, [&](const Node& old, std::string& problem) -> std::optional<Node> {
        if (old.kind == NodeKind::kMapping) return WithMember(layer.arena, old, pair);
        problem = fmt::format("buildMetadata sets metadata.{} here, and this is not a mapping", field);
        return std::nullopt;
      }};
  return ChangeFields(layer, resource, std::span(&spec, 1), change);
}

}  // namespace

bool AddBuildMetadata(Layer& layer, Accumulation& all) {
  const Node* field = layer.Field("buildMetadata");
  if (field == nullptr) return true;
  if (Asks(layer, "transformerAnnotations")) {
    layer.LeaveOut(field->range, "the annotations of buildMetadata: transformerAnnotations are not built");
  }
  const bool managed = Asks(layer, "managedByLabel"), origins = Asks(layer, "originAnnotations");
  return std::ranges::all_of(all.resources, [&](Resource& resource) {
    return (!managed || SetInMetadata(layer, resource, "labels", "app.kubernetes.io/managed-by", kManagedBy,
                                      field->range)) &&
           (!origins || resource.origin == nullptr ||
            SetInMetadata(layer, resource, "annotations", "config.kubernetes.io/origin",
                          OriginText(layer, *resource.origin), field->range));
  });
}

}  // namespace sluice::manifests::render
