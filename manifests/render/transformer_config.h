// Which fields of which kinds transformers change, and which fields name other
// objects: kustomize's defaults, files named by `configurations`, and what
// `crds` tells. After api/internal/plugins/builtinconfig.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/render/field_spec.h"

namespace sluice::manifests::render {

enum class ConfigField : std::uint8_t {
  kNamePrefix,
  kNameSuffix,
  kNamespace,
  kCommonLabels,
  kLabels,
  kTemplateLabels,
  kCommonAnnotations,
  kVarReference,
  kImages,
  kReplicas,
};
inline constexpr std::size_t kConfigFields = 10;

// Fields that hold the name of an object of `target`.
struct NameReference {
  Gvk target;
  std::vector<FieldSpec> referrers;
};

struct TransformerConfig {
  std::array<std::vector<FieldSpec>, kConfigFields> fields;
  std::vector<NameReference> references;

  const std::vector<FieldSpec>& Of(ConfigField field) const {
    return fields[static_cast<std::size_t>(field)];
  }
  std::vector<FieldSpec>& Of(ConfigField field) { return fields[static_cast<std::size_t>(field)]; }
};
using ConfigPointer = std::shared_ptr<const TransformerConfig>;

// What kustomize knows by itself; made once.
const ConfigPointer& DefaultConfig();

// Field specs of one file, and properties of the types in a definition file: more
// are refused.
inline constexpr std::size_t kMostFieldSpecs = 10'000;
inline constexpr std::size_t kMostCrdProperties = 1'000'000;

std::size_t CountFieldSpecs(const TransformerConfig& config);
// Comparisons that MergeConfig takes at most.
std::size_t MergeCost(const TransformerConfig* config, const TransformerConfig* other);

// Adds `other` to `config`. Not empty: the field where both have the same path
// with another `create`, which kustomize refuses.
std::string MergeConfig(TransformerConfig& config, const TransformerConfig& other);
// The same for configurations that are often one and the same.
std::string MergeConfig(ConfigPointer& config, const ConfigPointer& other);

// Adds a reference to what is there for the same target.
bool MergeReference(std::vector<NameReference>& list, const NameReference& reference);

// A list of field specs as users write them; null for none.
std::vector<FieldSpec> ReadFieldSpecs(Arena& arena, const Node* list);

// A file of `configurations`; REQUIRES: its fields were checked. nullopt: more than
// kMostFieldSpecs.
std::optional<TransformerConfig> ReadConfig(Arena& arena, const Node& root);

// Fields that refer, as x-kubernetes extensions of an OpenAPI definition file
// (the field `crds`) tell them. Types may name each other without end: they are
// followed 16 deep. nullopt: more than kMostCrdProperties or kMostFieldSpecs.
std::optional<TransformerConfig> ReadCrdConfig(Arena& arena, const Node& root);

}  // namespace sluice::manifests::render
