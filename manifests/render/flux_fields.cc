// Tested by tests/manifests/render/flux_test.cc and helm_release_test.cc.
#include "manifests/render/flux_fields.h"

#include <algorithm>
#include <string>

#include "manifests/render/edit.h"
#include "manifests/render/yaml_text.h"

namespace sluice::manifests::render {
namespace {

std::string_view Wrong(NodeKind wanted) {
  return wanted == NodeKind::kString ? " is not a string" : " is not a list";
}

// The element with the fields that it may have.
Node Only(Arena& arena, const Node& element, std::span<const std::string_view> fields) {
  std::vector<Node> members;
  for (const Node& member : element.children) {
    if (std::ranges::find(fields, member.key) != fields.end()) members.push_back(member);
  }
  return WithChildren(arena, element, members);
}

bool TakeList(RootBuild& build, const Rule& rule, const std::string& where, const Node& list,
              std::span<const std::string_view> of_elements, std::vector<Node>& elements) {
  for (const Node& element : list.children) {
    if (element.kind != NodeKind::kMapping) {
      return build.Fail(rule, element.range, where + ": an element is not a mapping");
    }
    elements.push_back(of_elements.empty() ? element : Only(build.arena, element, of_elements));
  }
  return true;
}

// A patch that is YAML here and text there.
Node AsText(Arena& arena, const Node& patch) { return TextNode(arena, YamlText(patch), patch.range); }

}  // namespace

bool TakeFluxFields(RootBuild& build, const Rule& rule, std::string_view where, const Node& from,
                    std::span<const FluxField> fields, std::vector<Node>& kustomization) {
  for (const FluxField& field : fields) {
    const Node* value = MemberOf(&from, field.name);
    if (value == nullptr) continue;
    const std::string shown = std::string(where) + std::string(field.name);
    if (value->kind != field.kind)
      return build.Fail(rule, value->range, shown + std::string(Wrong(field.kind)));
    Node taken = *value;
    if (!field.of_elements.empty()) {
      std::vector<Node> elements;
      if (!TakeList(build, rule, shown, *value, field.of_elements, elements)) return false;
      taken = WithChildren(build.arena, *value, elements);
    }
    kustomization.push_back(AsMember(build.arena, taken, field.in_kustomization, value->key_range));
  }
  return true;
}

bool TakeOldFluxPatches(RootBuild& build, const Rule& rule, std::string_view where, const Node& from,
                        std::vector<Node>& kustomization) {
  if (const Node* merges = MemberOf(&from, "patchesStrategicMerge")) {
    std::vector<Node> texts;
    for (const Node& merge : merges->children) texts.push_back(AsText(build.arena, merge));
    const Node list = WithChildren(build.arena, *merges, texts);
    kustomization.push_back(AsMember(build.arena, list, "patchesStrategicMerge", merges->key_range));
  }
  if (const Node* patches = MemberOf(&from, "patchesJson6902")) {
    const std::string shown = std::string(where) + "patchesJson6902";
    std::vector<Node> texts;
    for (const Node& patch : patches->children) {
      const Node* operations = MemberOf(&patch, "patch");
      if (operations == nullptr) return build.Fail(rule, patch.range, shown + ": an element without a patch");
      const Node text =
          AsMember(build.arena, AsText(build.arena, *operations), "patch", operations->key_range);
      texts.push_back(WithMember(build.arena, Only(build.arena, patch, kFieldsOfPatch), text));
    }
    const Node list = WithChildren(build.arena, *patches, texts);
    kustomization.push_back(AsMember(build.arena, list, "patchesJson6902", patches->key_range));
  }
  return true;
}

}  // namespace sluice::manifests::render
