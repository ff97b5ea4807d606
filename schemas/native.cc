#include <algorithm>
#include <unordered_map>

#include "schemas/graph.h"

// What decoding into Kubernetes' own Go types adds to what OpenAPI says:
//  - a null element of a list is a zero value, unless the list is a map or a
//    set, whose null elements server-side apply refuses;
//  - "" in a field with an enum is the field not set, which defaulting fills;
//  - an integer without a format is Go's int, 64 bits wide;
//  - `status` of a pushed object is decoded, then dropped: nothing in it is
//    required and no enum is looked at (registry strategies, PrepareForCreate).
// Test: native_test.cc.

namespace sluice::schemas {
namespace {

void AddGoFlags(SchemaNode& node) {
  node.flags |= kGoType;
  if ((node.types & kArrayBit) != 0 && node.list_type == ListType::kAtomic) node.flags |= kNullElements;
  if (!node.values.empty()) node.flags |= kEmptyIsUnset;
  if (node.types == kIntegerBit && node.format == Format::kNone) node.format = Format::kInt64;
}

// Copies of nodes that only decode: nothing required, no enum.
class DecodeOnly {
 public:
  explicit DecodeOnly(SchemaGraph& graph) : graph_(graph) {}

  NodeId Copy(NodeId id) {
    if (id == kNoNode) return id;
    const auto done = copies_.find(id);
    if (done != copies_.end()) return done->second;
    const NodeId copy = graph_.Add(graph_.nodes[id]);
    copies_.emplace(id, copy);
    SchemaNode node = graph_.nodes[id];
    node.required.clear();
    node.values.clear();
    for (SchemaProperty& property : node.properties) {
      property.required = false;
      property.node = Copy(property.node);
    }
    node.additional = Copy(node.additional);
    node.items = Copy(node.items);
    graph_.nodes[copy] = std::move(node);
    return copy;
  }

 private:
  SchemaGraph& graph_;
  std::unordered_map<NodeId, NodeId> copies_;
};

}  // namespace

void ApplyGoTypes(SchemaGraph& graph) {
  for (SchemaNode& node : graph.nodes) AddGoFlags(node);
  DecodeOnly decode(graph);
  for (SchemaKind& kind : graph.kinds) {
    kind.origin = Origin::kKubernetes;
    for (NodeId& root : kind.roots) {
      if (root == kNoNode) continue;
      SchemaNode node = graph.nodes[root];
      for (SchemaProperty& property : node.properties) {
        if (property.name == "status") property.node = decode.Copy(property.node);
        if (property.name == "metadata" && &root == &kind.roots.back()) graph.object_meta = property.node;
      }
      root = graph.Add(std::move(node));
    }
  }
}

}  // namespace sluice::schemas
