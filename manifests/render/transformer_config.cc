// Tested by tests/manifests/render/transformer_config_test.cc.
#include "manifests/render/transformer_config.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kNames[kConfigFields] = {
    "namePrefix",     "nameSuffix",        "namespace",    "commonLabels", "labels",
    "templateLabels", "commonAnnotations", "varReference", "images",       "replicas",
};

Gvk GvkIn(const Node& node) {
  return {ScalarText(node.Find("group")), ScalarText(node.Find("version")), ScalarText(node.Find("kind"))};
}

bool MergeAll(std::vector<FieldSpec>& list, const std::vector<FieldSpec>& more) {
  return std::ranges::all_of(more, [&](const FieldSpec& spec) { return MergeFieldSpec(list, spec); });
}

// The properties of each type of a file. "#/definitions/x" is not followed by
// kustomize either: the text is the name.
using Types = std::unordered_map<std::string_view, const Node*>;

Types ReadTypes(const Node& root) {
  Types types;
  for (const Node& definition : root.children) {
    const Node* schema = definition.Find("Schema");
    if (schema == nullptr) schema = definition.Find("schema");
    const Node* properties = schema == nullptr ? nullptr : schema->Find("properties");
    if (properties != nullptr) types.emplace(definition.key, properties);
  }
  return types;
}

// The x-kubernetes extensions of one type's properties, and of those behind $ref.
class CrdReader {
 public:
  CrdReader(Arena& arena, const Types& types, TransformerConfig& config)
      : arena_(arena), types_(types), config_(config) {}

  // False: the limits are passed.
  bool Read(const Gvk& gvk, std::string_view type) {
    gvk_ = gvk;
    Read(type, "", 0);
    return read_ <= kMostCrdProperties && made_ <= kMostFieldSpecs;
  }

 private:
  void Read(std::string_view type, const std::string& path, std::size_t depth) {
    const auto found = types_.find(type);
    if (found == types_.end() || depth > kDeepest) return;
    for (const Node& property : found->second->children) {
      if (++read_ > kMostCrdProperties || made_ > kMostFieldSpecs) return;
      const std::string here =
          path.empty() ? std::string(property.key) : path + "/" + std::string(property.key);
      Property(property, here);
      const std::string_view next = ScalarText(property.Find("$ref"));
      if (!next.empty()) Read(next, here, depth + 1);
    }
  }

  static constexpr std::size_t kDeepest = 16;  // types can refer to themselves; kustomize would never end

  FieldSpec Spec(const std::string& path) {
    ++made_;
    return MakeFieldSpec(arena_, gvk_, arena_.Keep(path), false);
  }

  void Property(const Node& property, const std::string& path) {
    const auto has = [&](std::string_view name) { return property.Find(name) != nullptr; };
    if (has("x-kubernetes-annotation"))
      MergeFieldSpec(config_.Of(ConfigField::kCommonAnnotations), Spec(path));
    if (has("x-kubernetes-label-selector"))
      MergeFieldSpec(config_.Of(ConfigField::kCommonLabels), Spec(path));
    if (has("x-kubernetes-identity")) MergeFieldSpec(config_.Of(ConfigField::kNamePrefix), Spec(path));
    const Node* version = property.Find("x-kubernetes-object-ref-api-version");
    const Node* kind = property.Find("x-kubernetes-object-ref-kind");
    if (version == nullptr || kind == nullptr) return;
    const Node* key = property.Find("x-kubernetes-object-ref-name-key");
    const std::string name = key == nullptr ? "name" : std::string(ScalarText(key));
    MergeReference(config_.references,
                   {{"", ScalarText(version), ScalarText(kind)}, {Spec(path + "/" + name)}});
  }

  Arena& arena_;
  const Types& types_;
  TransformerConfig& config_;
  Gvk gvk_;
  std::size_t read_ = 0, made_ = 0;
};

}  // namespace

std::vector<FieldSpec> ReadFieldSpecs(Arena& arena, const Node* list) {
  std::vector<FieldSpec> specs;
  if (list == nullptr) return specs;
  for (const Node& each : list->children) {
    const Node* create = each.Find("create");
    specs.push_back(
        MakeFieldSpec(arena, GvkIn(each), ScalarText(each.Find("path")),
                      create != nullptr && create->kind == NodeKind::kBool && create->value.boolean));
  }
  return specs;
}

bool MergeReference(std::vector<NameReference>& list, const NameReference& reference) {
  const auto same = std::ranges::find(list, reference.target, &NameReference::target);
  if (same != list.end()) return MergeAll(same->referrers, reference.referrers);
  list.push_back(reference);
  return true;
}

std::size_t CountFieldSpecs(const TransformerConfig& config) {
  std::size_t count = 0;
  for (const std::vector<FieldSpec>& specs : config.fields) count += specs.size();
  for (const NameReference& reference : config.references) count += 1 + reference.referrers.size();
  return count;
}

std::size_t MergeCost(const TransformerConfig* config, const TransformerConfig* other) {
  if (config == other || other == nullptr || other == DefaultConfig().get()) return 0;
  const std::size_t added = CountFieldSpecs(*other);
  return added * (added + CountFieldSpecs(config == nullptr ? *DefaultConfig() : *config));
}

std::string MergeConfig(TransformerConfig& config, const TransformerConfig& other) {
  for (std::size_t i = 0; i < kConfigFields; ++i) {
    if (!MergeAll(config.fields[i], other.fields[i])) return std::string(kNames[i]);
  }
  for (const NameReference& reference : other.references) {
    if (!MergeReference(config.references, reference)) return "nameReference";
  }
  return {};
}

std::string MergeConfig(ConfigPointer& config, const ConfigPointer& other) {
  if (config == other || other == nullptr || other == DefaultConfig()) return {};
  if (config == nullptr || config == DefaultConfig()) {
    auto merged = std::make_shared<TransformerConfig>(*DefaultConfig());
    std::string problem = MergeConfig(*merged, *other);
    config = std::move(merged);
    return problem;
  }
  auto merged = std::make_shared<TransformerConfig>(*config);
  std::string problem = MergeConfig(*merged, *other);
  config = std::move(merged);
  return problem;
}

std::optional<TransformerConfig> ReadConfig(Arena& arena, const Node& root) {
  TransformerConfig config;
  std::size_t count = 0;
  for (std::size_t i = 0; i < kConfigFields; ++i)
    config.fields[i] = ReadFieldSpecs(arena, root.Find(kNames[i]));
  if ((count = CountFieldSpecs(config)) > kMostFieldSpecs) return std::nullopt;
  const Node* references = root.Find("nameReference");
  if (references == nullptr) return config;
  for (const Node& each : references->children) {
    const Node* specs = each.Find("fieldSpecs");
    count += 1 + (specs == nullptr ? 0 : specs->children.size());
    if (count > kMostFieldSpecs) return std::nullopt;
    MergeReference(config.references, {GvkIn(each), ReadFieldSpecs(arena, specs)});
  }
  return config;
}

std::optional<TransformerConfig> ReadCrdConfig(Arena& arena, const Node& root) {
  TransformerConfig config;
  const Types types = ReadTypes(root);
  CrdReader reader(arena, types, config);
  for (const Node& type : root.children) {
    const auto found = types.find(type.key);
    if (found == types.end()) continue;
    const Node& properties = *found->second;
    const bool is_kind = properties.Find("kind") != nullptr && properties.Find("apiVersion") != nullptr &&
                         properties.Find("metadata") != nullptr;
    if (!is_kind) continue;
    const std::string_view kind = type.key.substr(type.key.rfind('.') + 1);
    if (!reader.Read({"", "", kind}, type.key)) return std::nullopt;
  }
  return config;
}

}  // namespace sluice::manifests::render
