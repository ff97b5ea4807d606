#include <algorithm>
#include <array>

#include "schemas/schema_reader.h"

// What a CustomResourceDefinition must not say. Source:
// apiextensions-apiserver pkg/apiserver/schema/{validation,complete}.go and
// pkg/apis/apiextensions/validation. Test: crd_test.cc.

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::array<std::string_view, 5> kForbidden{"definitions", "dependencies", "additionalItems",
                                                     "patternProperties", "id"};
constexpr std::array<std::string_view, 11> kForbiddenInBranch{"type",
                                                              "default",
                                                              "title",
                                                              "description",
                                                              "nullable",
                                                              "additionalProperties",
                                                              "x-kubernetes-preserve-unknown-fields",
                                                              "x-kubernetes-embedded-resource",
                                                              "x-kubernetes-int-or-string",
                                                              "x-kubernetes-list-type",
                                                              "x-kubernetes-list-map-keys"};

bool IsTrue(const Node* node) { return node != nullptr && node->kind == NodeKind::kBool && node->value.boolean; }

}  // namespace

void SchemaReader::CheckStructural(const Node& schema, Level level) {
  for (const std::string_view word : kForbidden) {
    const Node* const found = schema.Find(word);
    if (found != nullptr) Problem(*found, std::string(word) + " is not allowed in a CustomResourceDefinition");
  }
  if (const Node* const unique = schema.Find("uniqueItems"); IsTrue(unique)) {
    Problem(*unique, "uniqueItems must not be true: use x-kubernetes-list-type: set");
  }
  if (level == Level::kBranch) {
    for (const std::string_view word : kForbiddenInBranch) {
      const Node* const found = schema.Find(word);
      if (found != nullptr) Problem(*found, std::string(word) + " is not allowed inside allOf, anyOf, oneOf or not");
    }
    return;
  }
  const Node* const type = schema.Find("type");
  const bool free = IsTrue(schema.Find("x-kubernetes-int-or-string")) ||
                    IsTrue(schema.Find("x-kubernetes-preserve-unknown-fields"));
  if (type == nullptr && !free) Problem(schema, "type is missing");
  if (level == Level::kRoot && type != nullptr && type->String() != "object") Problem(*type, "the type of a resource must be object");
  const Node* const additional = schema.Find("additionalProperties");
  if (additional == nullptr) return;
  if (level == Level::kRoot) Problem(*additional, "additionalProperties is not allowed at the root");
  const Node* const properties = schema.Find("properties");
  if (properties != nullptr && !properties->children.empty()) {
    Problem(*additional, "properties and additionalProperties must not stand together");
  }
  if (additional->kind == NodeKind::kBool && !additional->value.boolean) {
    Problem(*additional, "additionalProperties must not be false: fields that are not declared are unknown anyway");
  }
}

void SchemaReader::CheckListType(const Node& schema, const SchemaNode& node) {
  const Node* const type = schema.Find("type");
  const bool array = type != nullptr && type->String() == "array";
  if (array && node.items == kNoNode) Problem(schema, "items is missing");
  const Node* const list_type = schema.Find("x-kubernetes-list-type");
  if (list_type == nullptr) return;
  if (!array) Problem(*list_type, "x-kubernetes-list-type is for lists only");
  const Node* const keys = schema.Find("x-kubernetes-list-map-keys");
  if (list_type->String() != "map") {
    if (list_type->String() != "atomic" && list_type->String() != "set") Problem(*list_type, "must be atomic, set or map");
    if (keys != nullptr) Problem(*keys, "x-kubernetes-list-map-keys is for list type map only");
    return;
  }
  if (keys == nullptr || keys->children.empty()) return Problem(*list_type, "list type map needs x-kubernetes-list-map-keys");
  if (node.items == kNoNode) return;
  const SchemaNode& item = graph_.nodes[node.items];
  for (const Node& key : keys->children) {
    const auto property = std::find_if(item.properties.begin(), item.properties.end(),
                                       [&](const SchemaProperty& each) { return each.name == key.String(); });
    if (property == item.properties.end()) {
      Problem(key, "the key \"" + std::string(key.String()) + "\" is no property of the elements");
    } else if (!property->required && !property->fallback) {
      Problem(key, "the key \"" + std::string(key.String()) + "\" must be required or have a default");
    }
  }
}

// For a CRD a branch that knows more is a mistake; elsewhere it opens the node,
// because a schema that is not structural may declare fields in branches alone.
void SchemaReader::MatchBranch(NodeId structural, NodeId branch, const Node& schema) {
  if (structural == kNoNode || branch == kNoNode || structural == branch) return;
  const SchemaNode partial = graph_.nodes[branch];
  for (const SchemaProperty& property : partial.properties) {
    SchemaNode& node = graph_.nodes[structural];
    const auto known = std::find_if(node.properties.begin(), node.properties.end(),
                                    [&](const SchemaProperty& each) { return each.name == property.name; });
    if (known != node.properties.end()) {
      MatchBranch(known->node, property.node, schema);
    } else if (node.additional != kNoNode || (node.flags & kOpen) != 0) {
      continue;
    } else if (dialect_ == Dialect::kStructural) {
      Problem(schema, "\"" + property.name + "\" stands in allOf, anyOf, oneOf or not, but is no property");
    } else {
      node.flags |= kOpen;
    }
  }
  MatchBranch(graph_.nodes[structural].items, partial.items, schema);
  for (const auto* list : {&partial.all_of, &partial.any_of, &partial.one_of}) {
    for (const NodeId below : *list) MatchBranch(structural, below, schema);
  }
  if (partial.negated != kNoNode) MatchBranch(structural, partial.negated, schema);
}

}  // namespace sluice::schemas
