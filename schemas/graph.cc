#include "schemas/graph.h"

#include <array>
#include <bit>
#include <unordered_map>

// Minimization by refinement, as for automata: nodes start in one class, and a
// round splits classes by what a node is and the classes of its children, until
// nothing splits. Cycles (a CRD's JSONSchemaProps) need no care that way.
// Invariant: two nodes of one final class take and refuse the same values.
// Classes are told apart by 128-bit hashes. Test: graph_test.cc.

namespace sluice::schemas {
namespace {

struct Hash {
  std::uint64_t low = 0x9e3779b97f4a7c15u;
  std::uint64_t high = 0xc2b2ae3d27d4eb4fu;
  friend bool operator==(const Hash&, const Hash&) = default;

  void Add(std::uint64_t value) {
    low = std::rotl((low ^ value) * 0xff51afd7ed558ccdu, 31) + value;
    high = (std::rotl(high + value, 29) ^ low) * 0xc4ceb9fe1a85ec53u;
  }
  void Add(const std::string& text) {
    Add(text.size());
    for (const char c : text) Add(static_cast<unsigned char>(c));
  }
};

struct HashOfHash {
  std::size_t operator()(const Hash& hash) const { return static_cast<std::size_t>(hash.low ^ hash.high); }
};

std::uint64_t Code(const std::optional<double>& value) {
  return value ? std::bit_cast<std::uint64_t>(*value) : 0x7ff8dead00000000u;
}
std::uint64_t Code(const std::optional<std::uint32_t>& value) { return value ? *value : 0x100000000u; }

// All of a node but which nodes its children are.
Hash OwnHash(const SchemaNode& node) {
  Hash hash;
  hash.Add(node.types);
  hash.Add(static_cast<std::uint64_t>(node.format));
  hash.Add(node.flags);
  hash.Add(static_cast<std::uint64_t>(node.list_type));
  hash.Add(node.list_keys.size());
  for (const std::string& key : node.list_keys) hash.Add(key);
  hash.Add(node.required.size());
  for (const std::string& name : node.required) hash.Add(name);
  hash.Add(node.properties.size());
  for (const SchemaProperty& property : node.properties) {
    hash.Add(property.name);
    hash.Add((property.required ? 1 : 0) + (property.fallback ? 2 : 0));
    if (property.fallback) hash.Add(property.fallback->json);
  }
  const Bounds& bounds = node.bounds;
  for (const auto& value : {bounds.minimum, bounds.maximum, bounds.multiple_of}) hash.Add(Code(value));
  for (const auto& value : {bounds.min_length, bounds.max_length, bounds.min_items, bounds.max_items,
                            bounds.min_properties, bounds.max_properties}) {
    hash.Add(Code(value));
  }
  hash.Add(node.pattern);
  hash.Add(node.values.size());
  for (const SchemaValue& value : node.values) hash.Add(value.json);
  for (const std::size_t count : {node.all_of.size(), node.any_of.size(), node.one_of.size()})
    hash.Add(count);
  return hash;
}

// Calls `visit` on each child id, in an order that OwnHash fixes.
template <class Node, class Visit>
void EachChild(Node& node, Visit visit) {
  for (auto& property : node.properties) visit(property.node);
  visit(node.additional);
  visit(node.items);
  for (auto& branch : node.all_of) visit(branch);
  for (auto& branch : node.any_of) visit(branch);
  for (auto& branch : node.one_of) visit(branch);
  visit(node.negated);
}

// Class of each node; classes are numbered by first appearance.
std::vector<NodeId> Classes(const SchemaGraph& graph) {
  std::vector<Hash> own;
  own.reserve(graph.nodes.size());
  for (const SchemaNode& node : graph.nodes) own.push_back(OwnHash(node));
  std::vector<NodeId> classes(graph.nodes.size(), 0);
  std::size_t count = 0;
  while (true) {
    std::unordered_map<Hash, NodeId, HashOfHash> found;
    std::vector<NodeId> next(graph.nodes.size());
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      Hash hash = own[i];
      EachChild(graph.nodes[i], [&](NodeId child) { hash.Add(child == kNoNode ? kNoNode : classes[child]); });
      next[i] = found.emplace(hash, static_cast<NodeId>(found.size())).first->second;
    }
    classes = std::move(next);
    if (found.size() == count) return classes;
    count = found.size();
  }
}

}  // namespace

void Minimize(SchemaGraph& graph) {
  const std::vector<NodeId> classes = Classes(graph);
  std::vector<NodeId> first(graph.nodes.size(), kNoNode);  // a node of each class
  for (std::size_t i = classes.size(); i-- > 0;) first[classes[i]] = static_cast<NodeId>(i);

  std::vector<SchemaNode> kept;
  std::vector<NodeId> renamed(graph.nodes.size(), kNoNode);  // class to place in `kept`
  std::vector<NodeId> queue;
  const auto reach = [&](NodeId& id) {
    if (id == kNoNode) return;
    NodeId& place = renamed[classes[id]];
    if (place == kNoNode) {
      place = static_cast<NodeId>(kept.size());
      kept.push_back(graph.nodes[first[classes[id]]]);
      queue.push_back(place);
    }
    id = place;
  };
  for (SchemaKind& kind : graph.kinds) {
    for (NodeId& root : kind.roots) reach(root);
  }
  reach(graph.object_meta);
  while (!queue.empty()) {
    const NodeId place = queue.back();
    queue.pop_back();
    SchemaNode node = std::move(kept[place]);
    EachChild(node, reach);
    kept[place] = std::move(node);
  }
  graph.nodes = std::move(kept);
}

}  // namespace sluice::schemas
