#include <algorithm>
#include <array>

#include "schemas/schema_reader.h"
#include "schemas/schema_words.h"

// What a CustomResourceDefinition must not say. Source: apiextensions-apiserver
// pkg/apis/apiextensions/validation/validation.go and
// pkg/apiserver/schema/{validation,complete}.go; each line was tried on a real
// API server. Test: crd_test.cc.

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::array<std::string_view, 5> kForbidden{"definitions", "dependencies", "additionalItems",
                                                     "patternProperties", "id"};
constexpr std::array<std::string_view, 12> kForbiddenInBranch{"type",
                                                              "default",
                                                              "title",
                                                              "description",
                                                              "nullable",
                                                              "additionalProperties",
                                                              "x-kubernetes-preserve-unknown-fields",
                                                              "x-kubernetes-embedded-resource",
                                                              "x-kubernetes-int-or-string",
                                                              "x-kubernetes-list-type",
                                                              "x-kubernetes-list-map-keys",
                                                              "x-kubernetes-map-type"};

// Whether a keyword counts as written: empty texts, lists and false do not.
bool IsSet(const Node* node) {
  if (node == nullptr || IsFalse(node)) return false;
  if (node->IsString()) return !node->text.empty();
  const bool collection = node->kind == NodeKind::kSequence || node->kind == NodeKind::kMapping;
  return !collection || !node->children.empty();
}

bool IsType(const Node& schema, std::string_view type) {
  const Node* const found = Word(schema, "type");
  return found != nullptr && found->String() == type;
}

}  // namespace

void SchemaReader::CheckStructural(const Node& schema, Level level) {
  for (const std::string_view word : kForbidden) {
    if (const Node* const found = Word(schema, word); IsSet(found)) {
      Problem(*found, std::string(word) + " is not allowed in a CustomResourceDefinition");
    }
  }
  if (const Node* const unique = Word(schema, "uniqueItems"); IsTrue(unique)) {
    Problem(*unique, "uniqueItems must not be true: use x-kubernetes-list-type: set");
  }
  const Node* const preserve = Word(schema, "x-kubernetes-preserve-unknown-fields");
  if (IsFalse(preserve)) Problem(*preserve, "x-kubernetes-preserve-unknown-fields must be true or left out");
  const Node* const items = Word(schema, "items");
  if (items != nullptr && items->kind == NodeKind::kSequence) Problem(*items, "items must be one schema");
  if (level == Level::kBranch) {
    for (const std::string_view word : kForbiddenInBranch) {
      const Node* const found = Word(schema, word);
      const bool schema_of_others = word == "additionalProperties";
      const bool written =
          schema_of_others ? found != nullptr && found->kind == NodeKind::kMapping : IsSet(found);
      if (written) Problem(*found, std::string(word) + " is not allowed inside allOf, anyOf, oneOf or not");
    }
    return;
  }
  CheckType(schema, level);
  CheckAdditional(schema, level);
  CheckExtensions(schema);
  CheckListType(schema);
}

void SchemaReader::CheckType(const Node& schema, Level level) {
  const Node* const type = Word(schema, "type");
  const bool free = IsTrue(Word(schema, "x-kubernetes-int-or-string")) ||
                    IsTrue(Word(schema, "x-kubernetes-preserve-unknown-fields"));
  if (!IsSet(type) && !free) Problem(schema, "type is missing");
  if (level == Level::kRoot && type != nullptr && type->String() != "object") {
    Problem(*type, "the type of a resource must be object");
  }
}

void SchemaReader::CheckAdditional(const Node& schema, Level level) {
  const Node* const additional = Word(schema, "additionalProperties");
  if (additional == nullptr) return;
  if (level == Level::kRoot) Problem(*additional, "additionalProperties is not allowed at the root");
  if (IsSet(Word(schema, "properties")) && !IsTrue(additional)) {
    Problem(*additional, "properties and additionalProperties must not stand together");
  }
}

void SchemaReader::CheckExtensions(const Node& schema) {
  const Node* const preserve = Word(schema, "x-kubernetes-preserve-unknown-fields");
  const Node* const int_or_string = Word(schema, "x-kubernetes-int-or-string");
  if (IsTrue(int_or_string) && IsTrue(preserve)) {
    Problem(*int_or_string,
            "x-kubernetes-int-or-string does not go with x-kubernetes-preserve-unknown-fields");
  }
  if (const Node* const map_type = Word(schema, "x-kubernetes-map-type")) {
    if (!IsType(schema, "object")) Problem(*map_type, "x-kubernetes-map-type is for type object only");
    if (map_type->String() != "atomic" && map_type->String() != "granular")
      Problem(*map_type, "must be atomic or granular");
  }
  const Node* const embedded = Word(schema, "x-kubernetes-embedded-resource");
  if (!IsTrue(embedded)) return;
  if (!IsType(schema, "object")) Problem(*embedded, "x-kubernetes-embedded-resource is for type object only");
  if (Word(schema, "additionalProperties") != nullptr)
    Problem(*embedded, "an embedded resource must not have additionalProperties");
  if (!IsTrue(preserve) && !IsSet(Word(schema, "properties"))) {
    Problem(*embedded, "an embedded resource needs properties or x-kubernetes-preserve-unknown-fields");
  }
}

void SchemaReader::CheckListType(const Node& schema) {
  const Node* const items = Word(schema, "items");
  if (IsType(schema, "array") && items == nullptr) Problem(schema, "items is missing");
  const Node* const keys = Word(schema, "x-kubernetes-list-map-keys");
  const Node* const list_type = Word(schema, "x-kubernetes-list-type");
  const std::string_view type = list_type == nullptr ? std::string_view() : list_type->String();
  if (IsSet(keys) && type != "map")
    Problem(*keys, "x-kubernetes-list-map-keys needs x-kubernetes-list-type: map");
  if (list_type == nullptr) return;
  if (!IsType(schema, "array")) Problem(*list_type, "x-kubernetes-list-type is for type array only");
  if (type != "atomic" && type != "set" && type != "map") Problem(*list_type, "must be atomic, set or map");
  if (items == nullptr || items->kind != NodeKind::kMapping) return;
  if (type != "atomic" && IsTrue(Word(*items, "nullable")))
    Problem(*items, "elements of a " + std::string(type) + " must not be nullable");
  if (type == "set") CheckSetItems(*items);
  if (type == "map") CheckMapKeys(*list_type, keys, *items);
}

void SchemaReader::CheckSetItems(const Node& items) {
  const Node* const map_type = Word(items, "x-kubernetes-map-type");
  const Node* const list_type = Word(items, "x-kubernetes-list-type");
  const bool granular = IsType(items, "object") && (map_type == nullptr || map_type->String() != "atomic");
  const bool inner_list = IsType(items, "array") && list_type != nullptr && list_type->String() != "atomic";
  if (granular || inner_list) Problem(items, "elements of a set must be scalars or atomic");
}

void SchemaReader::CheckMapKeys(const Node& list_type, const Node* keys, const Node& items) {
  if (!IsSet(keys)) return Problem(list_type, "list type map needs x-kubernetes-list-map-keys");
  if (!IsType(items, "object")) Problem(items, "elements of a list of type map must be objects");
  const Node* const properties = Word(items, "properties");
  const Node* const required = Word(items, "required");
  for (const Node& key : keys->children) {
    const std::string name = "the key \"" + std::string(key.String()) + "\" ";
    const Node* const property = properties == nullptr ? nullptr : Word(*properties, key.String());
    if (property == nullptr) {
      Problem(key, name + "is not a property of the elements");
      continue;
    }
    const bool needed =
        required != nullptr && std::any_of(required->children.begin(), required->children.end(),
                                           [&](const Node& each) { return each.text == key.text; });
    if (!needed && Word(*property, "default") == nullptr)
      Problem(key, name + "must be required or have a default");
    if (IsTrue(Word(*property, "nullable"))) Problem(key, name + "must not be nullable");
    if (IsType(*property, "object") || IsType(*property, "array")) Problem(key, name + "must be a scalar");
    const auto same = [&](const Node& each) { return each.text == key.text; };
    if (std::count_if(keys->children.begin(), keys->children.end(), same) > 1)
      Problem(key, name + "is named twice");
  }
}

// Branches may only speak of what the structural part declares: at the root of
// a CRD the API server insists on it, further down it lets them. In a catalogue
// such a branch opens the node, because it may be the only declaration.
void SchemaReader::MatchBranch(NodeId structural, NodeId branch, const Node& schema, Level level) {
  if (structural == kNoNode || branch == kNoNode || structural == branch) return;
  const SchemaNode partial = graph_.nodes[branch];
  for (const SchemaProperty& property : partial.properties) {
    SchemaNode& node = graph_.nodes[structural];
    const auto known = std::find_if(node.properties.begin(), node.properties.end(),
                                    [&](const SchemaProperty& each) { return each.name == property.name; });
    if (known != node.properties.end()) {
      MatchBranch(known->node, property.node, schema, level);
    } else if (dialect_ != Dialect::kStructural) {
      if (node.additional == kNoNode) node.flags |= kOpen;
    } else if (level == Level::kRoot) {
      Problem(schema,
              "\"" + property.name + "\" stands in allOf, anyOf, oneOf or not, but is not a property");
    }
  }
  MatchBranch(graph_.nodes[structural].items, partial.items, schema, level);
  for (const auto* list : {&partial.all_of, &partial.any_of, &partial.one_of}) {
    for (const NodeId below : *list) MatchBranch(structural, below, schema, level);
  }
  if (partial.negated != kNoNode) MatchBranch(structural, partial.negated, schema, level);
}

}  // namespace sluice::schemas
