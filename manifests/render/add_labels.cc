// labels, commonLabels and commonAnnotations: pairs set in mappings
// (api/filters/labels, annotations; api/internal/target/kusttarget_configplugin.go).
#include <algorithm>

#include "manifests/render/edit.h"
#include "manifests/render/kustomize_scalar.h"
#include "manifests/render/rules.h"
#include "manifests/render/shared_texts.h"
#include "manifests/render/transformers.h"

namespace sluice::manifests::render {
namespace {

bool IsTrue(const Node* node) {
  return node != nullptr && node->kind == NodeKind::kBool && node->value.boolean;
}

// Sets one pair in a mapping; null stays null where nothing is to be made of it.
// `made` counts the mappings that had no such pair.
std::optional<Node> WithPair(Arena& arena, const Node& old, const Node& pair, std::size_t& made,
                             std::string& problem) {
  if (old.kind == NodeKind::kNull) return std::nullopt;
  if (old.kind != NodeKind::kMapping) {
    problem = "kustomize sets labels or annotations here, and this is not a mapping";
    return std::nullopt;
  }
  if (old.Find(pair.key) == nullptr) {
    if (IsNoTextKey(pair.key)) problem = "kustomize writes this key without quotes, and then it is not text";
    ++made;
    return WithMember(arena, old, pair);
  }
  Node own = pair;
  own.text = arena.Keep(pair.text);
  return WithMember(arena, old, own);
}

bool MergeAll(std::vector<FieldSpec>& specs, const std::vector<FieldSpec>& more) {
  return std::ranges::all_of(more, [&](const FieldSpec& spec) { return MergeFieldSpec(specs, spec); });
}

// The fields that an entry of `labels` is set in.
bool FieldsOf(Layer& layer, const Node& entry, const TransformerConfig& config,
              std::vector<FieldSpec>& specs) {
  specs = ReadFieldSpecs(layer.arena, entry.Find("fields"));
  bool fits = MergeAll(specs, config.Of(ConfigField::kLabels));
  if (IsTrue(entry.Find("includeSelectors"))) {
    fits = fits && MergeAll(specs, config.Of(ConfigField::kCommonLabels));
  } else {
    if (IsTrue(entry.Find("includeTemplates"))) {
      fits = fits && MergeAll(specs, config.Of(ConfigField::kTemplateLabels));
    }
    fits = fits && MergeFieldSpec(specs, MakeFieldSpec(layer.arena, {}, "metadata/labels", true));
  }
  if (fits) return true;
  return layer.Fail(
      kKustomizationRule, entry.range,
      "conflicting fieldspecs: a field of this entry has another `create` than kustomize's own");
}

}  // namespace

bool AddPairs(Layer& layer, Accumulation& all, const Node& pairs, std::span<const FieldSpec> specs) {
  std::vector<Node> sorted;
  for (const Node& pair : pairs.children) {
    const Node text = TextNode(layer.arena, ScalarText(&pair), pair.range);
    sorted.push_back(AsMember(layer.arena, text, pair.key, pair.key_range));
  }
  std::ranges::sort(sorted, {}, &Node::key);
  if (!layer.Spend(sorted.size() * all.resources.size() * (specs.size() + 1), pairs.range)) return false;
  for (Resource& resource : all.resources) {
    for (const Node& pair : sorted) {
      std::size_t made = 0;
      const FieldChange change{Made::kMapping, pair.key_range, [&](const Node& old, std::string& problem) {
                                 return WithPair(layer.arena, old, pair, made, problem);
                               }};
      if (!ChangeFields(layer, resource, specs, change)) return false;
      if (made > 1) NoteShared(layer.arena, resource, pair.text);
    }
  }
  return true;
}

bool AddLabels(Layer& layer, Accumulation& all) {
  for (const Node& entry : layer.Elements("labels")) {
    const Node* pairs = entry.Find("pairs");
    std::vector<FieldSpec> specs;
    if (!FieldsOf(layer, entry, *all.config, specs)) return false;
    if (pairs != nullptr && !AddPairs(layer, all, *pairs, specs)) return false;
  }
  const Node* common = layer.Field("commonLabels");
  return common == nullptr || AddPairs(layer, all, *common, all.config->Of(ConfigField::kCommonLabels));
}

}  // namespace sluice::manifests::render
