// Schemas in memory, as a graph: what every reader (OpenAPI, CRDs, JSON
// Schemas, our text form) makes and every writer (text form, bundle) takes.
// Made at build time, on import and for the CRDs of a tree; checks never see it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schemas/catalog.h"
#include "schemas/format.h"

namespace sluice::schemas {

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = 0xffffffff;

// Bits of SchemaNode::types. A node of no bit takes nothing.
enum TypeBit : std::uint8_t {
  kBoolBit = 1,
  kIntegerBit = 2,
  kNumberBit = 4,
  kStringBit = 8,
  kArrayBit = 16,
  kObjectBit = 32,
  kAnyBits = 63,
};

// Bits of SchemaNode::flags.
enum NodeFlag : std::uint16_t {
  kOpen = 1,  // x-kubernetes-preserve-unknown-fields: unknown members pass unseen
  kNullable = 2,
  kNullElements = 4,  // a list whose null elements are zero values (Go types) or the default
  kEmptyIsUnset = 8,  // "" passes any enum: the field of a Go type is then not set
  kUniqueItems = 16,
  kExclusiveMinimum = 32,
  kExclusiveMaximum = 64,
  kGoType = 128,    // decoded into a Go type: integers have a width, server-side apply differs
  kPartial = 256,   // a branch of allOf, anyOf, oneOf or not: says nothing of other members
  kTypeless = 512,  // every field below is unknown (additionalProperties: true): no list or map is kept
};

enum class ListType : std::uint8_t { kAtomic, kSet, kMap };

// One value of an enum, or a default: `json` is its canonical JSON.
struct SchemaValue {
  std::string json;
  friend bool operator==(const SchemaValue&, const SchemaValue&) = default;
};

struct SchemaProperty {
  std::string name;
  NodeId node = kNoNode;
  bool required = false;
  std::optional<SchemaValue> fallback;  // `default`
};

struct Bounds {
  std::optional<double> minimum, maximum, multiple_of;
  std::optional<std::uint32_t> min_length, max_length, min_items, max_items, min_properties, max_properties;
  friend bool operator==(const Bounds&, const Bounds&) = default;
};

struct SchemaNode {
  std::uint8_t types = kAnyBits;
  Format format = Format::kNone;
  std::uint16_t flags = 0;
  ListType list_type = ListType::kAtomic;
  std::vector<std::string> list_keys;      // of ListType::kMap
  std::vector<SchemaProperty> properties;  // sorted by name, names unique
  std::vector<std::string> required;       // names that are no properties here
  NodeId additional = kNoNode;             // members that are no properties
  NodeId items = kNoNode;                  // kNoNode: any
  Bounds bounds;
  std::string pattern;
  std::vector<SchemaValue> values;  // enum
  std::vector<NodeId> all_of, any_of, one_of;
  NodeId negated = kNoNode;
};

struct SchemaKind {
  std::string group, version, kind, plural;
  std::vector<std::string> short_names;
  Scope scope = Scope::kUnknown;
  Origin origin = Origin::kNone;
  bool has_cel_rules = false;
  std::vector<NodeId> roots;  // one a minor of the graph; kNoNode where the minor lacks the kind
};

// When an API came and went. Minor versions, 0 where not known or not yet.
struct LifecycleEntry {
  std::string group, version, kind;
  std::uint16_t introduced = 0, deprecated = 0, removed = 0;
  std::string replacement;  // "apps/v1 Deployment", or empty
};

struct SchemaGraph {
  std::vector<SchemaNode> nodes;
  std::vector<std::uint16_t> minors;  // 32 for 1.32, ascending; one entry 0 where schemas have no minor
  std::vector<SchemaKind> kinds;
  std::vector<LifecycleEntry> lifecycle;
  NodeId object_meta = kNoNode;  // of Kubernetes' newest minor

  NodeId Add(SchemaNode node) {
    nodes.push_back(std::move(node));
    return static_cast<NodeId>(nodes.size() - 1);
  }
};

// Nodes that mean the same become one, cycles included, and what no kind
// reaches goes away. Roots that are equal in several minors are then one id.
void Minimize(SchemaGraph& graph);

// What Kubernetes' own types add to what OpenAPI says: see native.cc.
void ApplyGoTypes(SchemaGraph& graph);

}  // namespace sluice::schemas
