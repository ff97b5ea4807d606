// Tested by tests/manifests/render/transformer_config_test.cc.
#include "manifests/render/transformer_config.h"

#include <algorithm>
#include <iterator>

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

// "#/definitions/x" is not followed by kustomize either: the text is the name.
const Node* Properties(const Node& root, std::string_view type) {
  const Node* definition = root.Find(type);
  const Node* schema = definition == nullptr ? nullptr : definition->Find("Schema");
  if (schema == nullptr && definition != nullptr) schema = definition->Find("schema");
  return schema == nullptr ? nullptr : schema->Find("properties");
}

// The x-kubernetes extensions of one type's properties, and of those behind $ref.
class CrdReader {
 public:
  CrdReader(Arena& arena, const Node& root, const Gvk& gvk, TransformerConfig& config)
      : arena_(arena), root_(root), gvk_(gvk), config_(config) {}

  void Read(std::string_view type, const std::string& path, std::size_t depth) {
    const Node* properties = Properties(root_, type);
    if (properties == nullptr || depth > kDeepest) return;
    for (const Node& property : properties->children) {
      const std::string here =
          path.empty() ? std::string(property.key) : path + "/" + std::string(property.key);
      Property(property, here);
      const std::string_view next = ScalarText(property.Find("$ref"));
      if (!next.empty()) Read(next, here, depth + 1);
    }
  }

 private:
  static constexpr std::size_t kDeepest = 16;  // types can refer to themselves; kustomize would never end

  FieldSpec Spec(const std::string& path) { return MakeFieldSpec(arena_, gvk_, arena_.Keep(path), false); }

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
  const Node& root_;
  Gvk gvk_;
  TransformerConfig& config_;
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

std::string_view ConfigFieldName(ConfigField field) { return kNames[static_cast<std::size_t>(field)]; }

bool MergeReference(std::vector<NameReference>& list, const NameReference& reference) {
  const auto same = std::ranges::find(list, reference.target, &NameReference::target);
  if (same != list.end()) return MergeAll(same->referrers, reference.referrers);
  list.push_back(reference);
  return true;
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

TransformerConfig ReadConfig(Arena& arena, const Node& root) {
  TransformerConfig config;
  for (std::size_t i = 0; i < kConfigFields; ++i)
    config.fields[i] = ReadFieldSpecs(arena, root.Find(kNames[i]));
  const Node* references = root.Find("nameReference");
  if (references == nullptr) return config;
  for (const Node& each : references->children) {
    MergeReference(config.references, {GvkIn(each), ReadFieldSpecs(arena, each.Find("fieldSpecs"))});
  }
  return config;
}

TransformerConfig ReadCrdConfig(Arena& arena, const Node& root) {
  TransformerConfig config;
  for (const Node& type : root.children) {
    const Node* properties = Properties(root, type.key);
    if (properties == nullptr) continue;
    const bool is_kind = properties->Find("kind") != nullptr && properties->Find("apiVersion") != nullptr &&
                         properties->Find("metadata") != nullptr;
    if (!is_kind) continue;
    const std::string_view kind = type.key.substr(type.key.rfind('.') + 1);
    CrdReader(arena, root, {"", "", kind}, config).Read(type.key, "", 0);
  }
  return config;
}

}  // namespace sluice::manifests::render
