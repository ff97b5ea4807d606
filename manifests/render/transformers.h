// What kustomize's built-in transformers do, each a function over everything that
// was gathered. Fields are those of the kustomization, or of a transformer's own
// configuration (the field `transformers`), which has the same ones.
//
// Each returns false after a finding in layer.log, the first that it meets; `all`
// is then changed in part and of no use. New nodes live in layer.arena and share
// those of the objects and of the fields, whose owners layer.log keeps; Resources
// are changed in place, added and taken away. Work is charged by Layer::Spend
// before it is done, and an object that grows by CheckSize behind it. One thread
// at a time has a Layer and its Accumulation.
#pragma once

#include <span>

#include "manifests/render/layer.h"

namespace sluice::manifests::render {

enum class Subjects : std::uint8_t { kDefaultOnly, kAllServiceAccounts, kNone };

struct NamespaceChange {
  const Node* ns = nullptr;  // the value, where it was written
  std::span<const FieldSpec> specs;
  bool unset_only = false;
  Subjects subjects = Subjects::kDefaultOnly;
};
bool ChangeNamespace(Layer& layer, Accumulation& all, const NamespaceChange& change);

enum class Affix : std::uint8_t { kPrefix, kSuffix };
bool ChangeNames(Layer& layer, Accumulation& all, Affix affix, const Node& text,
                 std::span<const FieldSpec> specs);
// The hashes of generated ConfigMaps and Secrets; only once, at the top.
bool AppendHashes(Layer& layer, Accumulation& all);

// Labels or annotations: members of `pairs` set in the mappings at `specs`.
bool AddPairs(Layer& layer, Accumulation& all, const Node& pairs, std::span<const FieldSpec> specs);
// The entries of `labels`, then commonLabels.
bool AddLabels(Layer& layer, Accumulation& all);

bool ChangeImage(Layer& layer, Accumulation& all, const Node& entry, std::span<const FieldSpec> specs);
bool ChangeReplicas(Layer& layer, Accumulation& all, const Node& entry, std::span<const FieldSpec> specs);

// An entry of `patches`, of patchesJson6902, an element of patchesStrategicMerge.
bool ApplyPatch(Layer& layer, Accumulation& all, const Node& entry);
bool ApplyJsonPatch(Layer& layer, Accumulation& all, const Node& entry);
bool ApplyMergePatch(Layer& layer, Accumulation& all, const Node& path_or_text);

bool ApplyReplacements(Layer& layer, Accumulation& all, std::span<const Node> entries);

// Names that others have for what was renamed; only once, at the top.
bool FixNameReferences(Layer& layer, Accumulation& all);

// `vars`: noted where they stand, resolved at the top.
bool MergeVars(Layer& layer, Accumulation& all);
bool ResolveVars(Layer& layer, Accumulation& all);

// `buildMetadata`: what kustomize says of its own work in labels and annotations.
bool AddBuildMetadata(Layer& layer, Accumulation& all);

}  // namespace sluice::manifests::render
