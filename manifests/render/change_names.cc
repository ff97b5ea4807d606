// namePrefix, nameSuffix, and the hash behind the names of generated objects
// (api/internal/builtins: PrefixTransformer, SuffixTransformer, HashTransformer).
#include <fmt/core.h>

#include <algorithm>

#include "manifests/render/edit.h"
#include "manifests/render/generate.h"
#include "manifests/render/transformers.h"

namespace sluice::manifests::render {
namespace {

constexpr Gvk kKeepTheirNames[] = {{"", "", "CustomResourceDefinition"},
                                   {"apiregistration.k8s.io", "", "APIService"},
                                   {"", "", "Namespace"}};

bool KeepsName(const ResourceId& id) {
  return std::ranges::any_of(kKeepTheirNames, [&](const Gvk& gvk) { return Selects(gvk, id.gvk); });
}

}  // namespace

bool ChangeNames(Layer& layer, Accumulation& all, Affix affix, const Node& text,
                 std::span<const FieldSpec> specs) {
  const std::string_view added = ScalarText(&text);
  if (added.empty()) return true;
  FieldChange change{Made::kScalar, text.range, {}};
  change.set = [&](const Node& old, std::string&) -> std::optional<Node> {
    const std::string_view name = ScalarText(&old);
    const std::string changed =
        affix == Affix::kPrefix ? fmt::format("{}{}", added, name) : fmt::format("{}{}", name, added);
    return ScalarLike(layer.arena, old, changed, text.range);
  };
  for (Resource& resource : all.resources) {
    const ResourceId id = OriginalId(resource);
    if (KeepsName(id)) continue;
    for (const FieldSpec& spec : specs) {
      if (!Selects(spec.gvk, id.gvk)) continue;
      if (spec.path == "metadata/name") {
        const TextList*& list = affix == Affix::kPrefix ? resource.prefixes : resource.suffixes;
        list = Add(layer.arena, list, added);
        RememberId(layer.arena, resource);
      }
      if (!ChangeFields(layer, resource, std::span(&spec, 1), change)) return false;
    }
  }
  return true;
}

bool AppendHashes(Layer& layer, Accumulation& all) {
  for (Resource& resource : all.resources) {
    if (!resource.hash_suffix) continue;
    const std::optional<std::string> hash = NameSuffixHash(resource.root);
    if (!hash) continue;
    RememberId(layer.arena, resource);
    const Node* metadata = resource.root.Find("metadata");
    const Node* name = metadata == nullptr ? nullptr : metadata->Find("name");
    resource.root = WithName(layer.arena, resource.root, fmt::format("{}-{}", ScalarText(name), *hash),
                             name == nullptr ? resource.root.range : name->range);
  }
  return true;
}

}  // namespace sluice::manifests::render
