// Values in Helm's ways (pkg/chart/common/util/coalesce.go, pkg/cli/values):
// files merge over one another, their result over the chart's own defaults.
// Tested by tests/manifests/render/values_test.cc.
#include <vector>

#include "manifests/render/edit.h"
#include "manifests/render/helm.h"

namespace sluice::manifests::render {
namespace {

bool AreMappings(const Node& a, const Node& b) {
  return a.kind == NodeKind::kMapping && b.kind == NodeKind::kMapping;
}

// `later` over `base`; both are mappings.
Node Merged(Arena& arena, const Node& base, const Node& later) {
  std::vector<Node> members(base.children.begin(), base.children.end());
  for (const Node& member : later.children) {
    const Node* old = base.Find(member.key);
    if (old == nullptr) {
      members.push_back(member);
      continue;
    }
    Node& place = members[static_cast<std::size_t>(old - base.children.data())];
    place = AreMappings(*old, member)
                ? AsMember(arena, Merged(arena, *old, member), member.key, member.key_range)
                : member;
  }
  return WithChildren(arena, later, members);
}

}  // namespace

Node MergeValues(Arena& arena, std::span<const Node* const> layers) {
  Node all = MappingNode(arena, {}, {});
  for (const Node* layer : layers)
    if (layer != nullptr && layer->kind == NodeKind::kMapping) all = Merged(arena, all, *layer);
  return all;
}

Node Coalesce(Arena& arena, const Node& defaults, const Node& values) {
  if (defaults.kind != NodeKind::kMapping) return values;
  std::vector<Node> members;
  for (const Node& member : values.children) {
    const Node* fallback = defaults.Find(member.key);
    if (fallback != nullptr && member.kind == NodeKind::kNull) continue;  // deletes
    const bool both = fallback != nullptr && AreMappings(*fallback, member);
    members.push_back(both ? AsMember(arena, Coalesce(arena, *fallback, member), member.key, member.key_range)
                           : member);
  }
  for (const Node& member : defaults.children)
    if (values.Find(member.key) == nullptr) members.push_back(member);
  return WithChildren(arena, values, members);
}

}  // namespace sluice::manifests::render
