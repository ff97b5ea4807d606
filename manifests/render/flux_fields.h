// Fields of Flux' own objects that become fields of a kustomization. Each is
// copied by name: what Flux' API does not know never reaches the engine, in
// whatever the user wrote.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "manifests/render/root_build.h"

namespace sluice::manifests::render {

struct FluxField {
  std::string_view name;
  std::string_view in_kustomization;
  NodeKind kind;
  std::span<const std::string_view> of_elements{};  // a list: fields that its elements have; empty: any
};

// What both APIs have: patches and images (github.com/fluxcd/pkg/apis/kustomize).
inline constexpr std::array<std::string_view, 2> kFieldsOfPatch = {"patch", "target"};
inline constexpr std::array<std::string_view, 4> kFieldsOfImage = {"name", "newName", "newTag", "digest"};
inline constexpr FluxField kFluxPatches = {"patches", "patches", NodeKind::kSequence, kFieldsOfPatch};
inline constexpr FluxField kFluxImages = {"images", "images", NodeKind::kSequence, kFieldsOfImage};

// Adds the members of `from` that are `fields` to `kustomization`, the members of
// a mapping whose nodes live in `build.arena` and behind `from`. `where`, as in
// "spec.", leads the names in findings. False after a finding of `rule`.
bool TakeFluxFields(RootBuild& build, const Rule& rule, std::string_view where, const Node& from,
                    std::span<const FluxField> fields, std::vector<Node>& kustomization);

// patchesStrategicMerge and patchesJson6902 of the beta APIs, which are YAML
// there and text in a kustomization.
bool TakeOldFluxPatches(RootBuild& build, const Rule& rule, std::string_view where, const Node& from,
                        std::vector<Node>& kustomization);

}  // namespace sluice::manifests::render
