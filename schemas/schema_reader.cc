#include "schemas/schema_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "schemas/schema_words.h"
#include "schemas/text_words.h"

// One reader for three dialects, because they differ in few places: references
// (OpenAPI), what is forbidden (CRDs), what a converter added and is folded back
// (catalogue: additionalProperties: false where a CRD prunes, int-or-string
// spelled out as branches). Test: reader_test.cc.

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;

struct TypeEntry {
  std::string_view name;
  std::uint8_t types;
};
constexpr std::array<TypeEntry, 6> kTypes{{{"object", kObjectBit},
                                           {"array", kArrayBit},
                                           {"string", kStringBit},
                                           {"boolean", kBoolBit},
                                           {"integer", kIntegerBit},
                                           {"number", kIntegerBit | kNumberBit}}};

std::uint8_t TypeBits(std::string_view name) {
  for (const TypeEntry& entry : kTypes) {
    if (entry.name == name) return entry.types;
  }
  return 0;
}

bool IsMapping(const Node* node) { return node != nullptr && node->kind == NodeKind::kMapping; }
bool IsSequence(const Node* node) { return node != nullptr && node->kind == NodeKind::kSequence; }

std::string_view LastPart(std::string_view reference) { return reference.substr(reference.rfind('/') + 1); }

SchemaProperty* FindProperty(SchemaNode& node, std::string_view name) {
  const auto found = std::find_if(node.properties.begin(), node.properties.end(),
                                  [&](const SchemaProperty& each) { return each.name == name; });
  return found == node.properties.end() ? nullptr : &*found;
}

void SetProperty(SchemaNode& node, std::string_view name, NodeId id, bool required) {
  if (SchemaProperty* const known = FindProperty(node, name)) {
    known->node = id;
    known->required = known->required || required;
  } else {
    node.properties.push_back({std::string(name), id, required, std::nullopt});
  }
}

}  // namespace

SchemaReader::SchemaReader(SchemaGraph& graph, Dialect dialect, ReadLimits limits, Definitions definitions)
    : graph_(graph), dialect_(dialect), limits_(limits), definitions_(std::move(definitions)) {}

NodeId SchemaReader::Read(const Node& schema) { return Schema(schema, Level::kField); }

NodeId SchemaReader::ReadResource(const Node& schema) {
  const NodeId id = Schema(schema, Level::kRoot);
  SchemaNode node = graph_.nodes[id];
  MakeResource(node, false);
  graph_.nodes[id] = std::move(node);
  return id;
}

NodeId SchemaReader::Child(const Node& schema, Level level, std::string_view step, std::string_view name) {
  path_.push_back(name.empty() ? std::string(step) : std::string(step) + "." + std::string(name));
  const NodeId id = Schema(schema, level);
  path_.pop_back();
  return id;
}

NodeId SchemaReader::Schema(const Node& schema, Level level) {
  if (full_) return AnyNode();
  if (++count_ > limits_.nodes || depth_ >= limits_.depth) {
    full_ = true;
    Problem(schema, depth_ >= limits_.depth
                        ? "the schema nests deeper than " + std::to_string(limits_.depth) + " levels"
                        : "the schema has more than " + std::to_string(limits_.nodes) + " parts");
    return AnyNode();
  }
  if (schema.kind != NodeKind::kMapping) {
    if (dialect_ == Dialect::kStructural) Problem(schema, "a schema must be a mapping");
    return AnyNode();
  }
  if (const NodeId target = Reference(schema); target != kNoNode) return target;
  ++depth_;
  SchemaNode node;
  if (level == Level::kBranch) node.flags |= kPartial;
  Types(schema, node);
  FormatOf(schema, node);
  Values(schema, node);
  Members(schema, level, node);
  Items(schema, level, node);
  Extensions(schema, level, node);
  if (dialect_ == Dialect::kStructural) CheckStructural(schema, level);
  Branches(schema, node);
  const NodeId id = graph_.Add(std::move(node));
  if (const Node* const fallback = Word(schema, "default");
      fallback != nullptr && level != Level::kBranch && in_map_ == 0) {
    defaults_.push_back({fallback, id, Path()});
  }
  if (level != Level::kBranch) {
    const SchemaNode branches = graph_.nodes[id];
    for (const auto* list : {&branches.all_of, &branches.any_of, &branches.one_of}) {
      for (const NodeId branch : *list) MatchBranch(id, branch, schema, level);
    }
    if (branches.negated != kNoNode) MatchBranch(id, branches.negated, schema, level);
  }
  --depth_;
  return id;
}

// "$ref" and Kubernetes' way to write it: one allOf of a "$ref".
NodeId SchemaReader::Reference(const Node& schema) {
  const Node* reference = Word(schema, "$ref");
  const Node* const all_of = Word(schema, "allOf");
  if (reference == nullptr && IsSequence(all_of) && all_of->children.size() == 1) {
    reference = all_of->children.front().Find("$ref");
  }
  if (reference == nullptr) return kNoNode;
  if (dialect_ == Dialect::kOpenApi && definitions_) {
    const NodeId target = definitions_(LastPart(reference->String()));
    if (target != kNoNode) return target;
  }
  if (dialect_ != Dialect::kStructural) return AnyNode();
  Problem(*reference, "$ref is not allowed in a CustomResourceDefinition");
  return kNoNode;
}

void SchemaReader::Types(const Node& schema, SchemaNode& node) {
  const Node* const type = Word(schema, "type");
  const bool int_or_string =
      IsTrue(Word(schema, "x-kubernetes-int-or-string")) ||
      (Word(schema, "format") != nullptr && Word(schema, "format")->String() == "int-or-string");
  if (int_or_string) {
    node.types = kIntegerBit | kStringBit;
  } else if (IsSequence(type)) {
    node.types = 0;
    for (const Node& each : type->children) {
      node.types = static_cast<std::uint8_t>(node.types | TypeBits(each.String()));
      if (each.String() == "null") node.flags |= kNullable;
    }
  } else if (type != nullptr) {
    node.types = TypeBits(type->String());
    if (node.types == 0 && dialect_ == Dialect::kStructural) Problem(*type, "no such type");
    if (node.types == 0) node.types = kAnyBits;
  } else if (dialect_ != Dialect::kStructural) {
    FoldTypeBranches(schema, node);
  }
  // A custom resource may hold null wherever its schema names no type.
  if (type == nullptr && node.types == kAnyBits && dialect_ != Dialect::kOpenApi) node.flags |= kNullable;
  if (IsTrue(Word(schema, "nullable"))) node.flags |= kNullable;
}

// anyOf or oneOf of nothing but types, without a type beside it: the types themselves.
bool SchemaReader::FoldTypeBranches(const Node& schema, SchemaNode& node) {
  for (const std::string_view word : {"anyOf", "oneOf"}) {
    const Node* const branches = Word(schema, word);
    if (!IsSequence(branches) || branches->children.empty()) continue;
    std::uint8_t types = 0;
    for (const Node& branch : branches->children) {
      const Node* const type = Word(branch, "type");
      if (branch.children.size() != 1 || type == nullptr || TypeBits(type->String()) == 0) return false;
      types = static_cast<std::uint8_t>(types | TypeBits(type->String()));
    }
    node.types = types;
    return true;
  }
  return false;
}

void SchemaReader::FormatOf(const Node& schema, SchemaNode& node) {
  const Node* const format = Word(schema, "format");
  if (format == nullptr) return;
  const std::string_view name = format->String();
  Format known = FormatFromName(name);
  if (dialect_ == Dialect::kOpenApi) {
    if (name == "byte") known = Format::kBytes;
    if (name == "date-time") known = Format::kTime;
    if (name == "int-or-string") known = Format::kIntOrString;
  }
  const std::uint8_t types = TypesOfFormat(known);
  if (known == Format::kFloat || known == Format::kDouble) known = Format::kNone;
  const bool partial = (node.flags & kPartial) != 0 && types == kStringBit;
  if (known != Format::kNone && (node.types == types || partial)) node.format = known;
}

void SchemaReader::Members(const Node& schema, Level level, SchemaNode& node) {
  const Node* const properties = Word(schema, "properties");
  const Level below = level == Level::kBranch ? Level::kBranch : Level::kField;
  if (IsMapping(properties)) {
    for (const Node& each : properties->children) {
      SchemaProperty property{std::string(each.key), Child(each, below, "properties", each.key), false,
                              std::nullopt};
      const Node* const fallback = Word(each, "default");
      if (fallback != nullptr) property.fallback = ValueOf(*fallback);
      node.properties.push_back(std::move(property));
    }
  }
  Required(schema, level, node);
  Additional(schema, level, node);
  // Defaults are filled in before fields are counted.
  const auto defaults = static_cast<std::uint32_t>(
      std::count_if(node.properties.begin(), node.properties.end(),
                    [](const SchemaProperty& each) { return each.fallback.has_value(); }));
  if (node.bounds.min_properties)
    *node.bounds.min_properties -= std::min(*node.bounds.min_properties, defaults);
  std::sort(node.properties.begin(), node.properties.end(),
            [](const SchemaProperty& a, const SchemaProperty& b) { return a.name < b.name; });
}

// What has a default is never missing in a custom resource. Of a Go type the
// default is no promise of the server's, and the field stays required.
void SchemaReader::Required(const Node& schema, Level level, SchemaNode& node) {
  const Node* const required = Word(schema, "required");
  if (!IsSequence(required)) return;
  for (const Node& name : required->children) {
    SchemaProperty* const property = level == Level::kBranch ? nullptr : FindProperty(node, name.String());
    if (property == nullptr) {
      node.required.emplace_back(name.String());
    } else if (dialect_ == Dialect::kOpenApi || !property->fallback) {
      property->required = true;
    }
  }
  std::sort(node.required.begin(), node.required.end());
  node.required.erase(std::unique(node.required.begin(), node.required.end()), node.required.end());
}

void SchemaReader::Additional(const Node& schema, Level level, SchemaNode& node) {
  const Node* const additional = Word(schema, "additionalProperties");
  if (IsMapping(additional)) {
    const bool empty = additional->children.empty() && dialect_ != Dialect::kStructural;
    const Level below = level == Level::kBranch ? Level::kBranch : Level::kField;
    ++in_map_;
    node.additional = empty ? AnyNode() : Child(*additional, below, "additionalProperties");
    --in_map_;
    const Node* const fallback = Word(*additional, "default");  // which takes the place of null
    if (fallback != nullptr) graph_.nodes[node.additional].flags |= kNullable;
  } else if (IsTrue(additional)) {
    node.additional = dialect_ == Dialect::kStructural ? TypelessNode() : AnyNode();
  }
  if (dialect_ == Dialect::kStructural || level == Level::kBranch) return;
  const bool any_object = node.types == kAnyBits && !IsFalse(additional);
  const bool free_form = dialect_ == Dialect::kOpenApi && node.types == kObjectBit &&
                         node.properties.empty() && node.additional == kNoNode;
  const bool patterns = Word(schema, "patternProperties") != nullptr;
  if ((any_object && node.additional == kNoNode) || free_form || patterns) node.flags |= kOpen;
}

void SchemaReader::Items(const Node& schema, Level level, SchemaNode& node) {
  const Node* const items = Word(schema, "items");
  if (IsMapping(items))
    node.items = Child(*items, level == Level::kBranch ? Level::kBranch : Level::kItem, "items");
  const Node* const fallback = items == nullptr ? nullptr : Word(*items, "default");
  if (fallback != nullptr && dialect_ != Dialect::kOpenApi) node.flags |= kNullElements;
  if (level != Level::kBranch) ListTypeOf(schema, node);
}

// The list type; where Kubernetes' own schemas have none, server-side apply
// goes by the patch strategy (kube-openapi pkg/schemaconv/smd.go).
void SchemaReader::ListTypeOf(const Node& schema, SchemaNode& node) {
  const Node* const type = Word(schema, "x-kubernetes-list-type");
  const Node* const strategy = Word(schema, "x-kubernetes-patch-strategy");
  if (type != nullptr) {
    if (type->String() == "set") node.list_type = ListType::kSet;
    if (type->String() == "map") node.list_type = ListType::kMap;
    const Node* const keys = Word(schema, "x-kubernetes-list-map-keys");
    if (IsSequence(keys) && node.list_type == ListType::kMap) {
      for (const Node& key : keys->children) node.list_keys.emplace_back(key.String());
    }
  } else if (dialect_ == Dialect::kOpenApi && node.types == kArrayBit && strategy != nullptr &&
             strategy->String().substr(0, 5) == "merge") {
    const Node* const key = Word(schema, "x-kubernetes-patch-merge-key");
    node.list_type = key == nullptr ? ListType::kSet : ListType::kMap;
    if (key != nullptr) node.list_keys.emplace_back(key->String());
  }
  if (node.list_type == ListType::kMap && node.list_keys.empty()) node.list_type = ListType::kAtomic;
}

void SchemaReader::Extensions(const Node& schema, Level level, SchemaNode& node) {
  if (Word(schema, "x-kubernetes-validations") != nullptr) has_cel_rules_ = true;
  if (level == Level::kBranch) return;
  if (IsTrue(Word(schema, "x-kubernetes-preserve-unknown-fields"))) {
    node.flags |= kOpen;
    // Pruning goes on in the elements of such a list as if they had it themselves.
    if (node.items != kNoNode && (node.types & kArrayBit) != 0) {
      SchemaNode item = graph_.nodes[node.items];
      item.flags |= kOpen;
      node.items = graph_.Add(std::move(item));
    }
  }
  if (IsTrue(Word(schema, "x-kubernetes-embedded-resource"))) MakeResource(node, true);
}

void SchemaReader::MakeResource(SchemaNode& node, bool required) {
  SchemaNode text;
  text.types = kStringBit;
  SchemaNode meta;
  meta.types = kObjectBit;
  meta.format = Format::kObjectMeta;
  if (const SchemaProperty* const written = FindProperty(node, "metadata")) {
    // A CRD may narrow name and generateName; nothing else of it counts.
    SchemaNode narrow = graph_.nodes[written->node];
    if (!narrow.properties.empty()) {
      narrow.flags |= kPartial;
      narrow.types = kAnyBits;
      meta.all_of.push_back(graph_.Add(std::move(narrow)));
    }
  }
  if (required) text.bounds.min_length = 1;
  const NodeId text_id = graph_.Add(std::move(text));
  const NodeId meta_id = graph_.Add(std::move(meta));
  for (const std::string_view name : {"apiVersion", "kind"}) {
    const SchemaProperty* const written = FindProperty(node, name);
    SetProperty(node, name, written == nullptr || required ? text_id : written->node, required);
  }
  SetProperty(node, "metadata", meta_id, false);
  std::sort(node.properties.begin(), node.properties.end(),
            [](const SchemaProperty& a, const SchemaProperty& b) { return a.name < b.name; });
}

void SchemaReader::Branches(const Node& schema, SchemaNode& node) {
  // Branches of nothing but types are folded into the node's own types; a CRD
  // may have those of int-or-string alone, in anyOf or in the first allOf.
  const bool allowed = std::exchange(int_or_string_allowed_, false);
  const bool outside = dialect_ == Dialect::kStructural && (node.flags & kPartial) != 0 && !allowed;
  SchemaNode folded;
  bool types_only = !outside && FoldTypeBranches(schema, folded);
  const bool int_or_string = folded.types == (kIntegerBit | kStringBit);
  if (types_only && int_or_string && Word(schema, "oneOf") == nullptr) {
    node.types = static_cast<std::uint8_t>(node.types & folded.types);
  } else if (dialect_ == Dialect::kStructural ||
             (node.types != folded.types && Word(schema, "type") != nullptr)) {
    types_only = false;
  }
  const auto read = [&](std::string_view word, std::vector<NodeId>& out) {
    const Node* const branches = Word(schema, word);
    if (!IsSequence(branches) || (types_only && word != "allOf")) return;
    int_or_string_allowed_ = word == "allOf" && (node.flags & kPartial) == 0;
    for (std::size_t i = 0; i < branches->children.size(); ++i) {
      out.push_back(
          Child(branches->children[i], Level::kBranch, std::string(word) + "[" + std::to_string(i) + "]"));
      int_or_string_allowed_ = false;
    }
  };
  read("allOf", node.all_of);
  read("anyOf", node.any_of);
  read("oneOf", node.one_of);
  const Node* const negated = Word(schema, "not");
  if (IsMapping(negated)) node.negated = Child(*negated, Level::kBranch, "not");
}

NodeId SchemaReader::AnyNode() {
  if (any_ != kNoNode) return any_;
  SchemaNode node;
  node.flags = kOpen | kNullable;
  return any_ = graph_.Add(std::move(node));
}

NodeId SchemaReader::TypelessNode() {
  if (typeless_ != kNoNode) return typeless_;
  SchemaNode node;
  node.flags = kTypeless | kNullable;
  return typeless_ = graph_.Add(std::move(node));
}

std::string SchemaReader::Path() const {
  std::string field;
  for (const std::string& step : path_) field += (field.empty() ? "" : ".") + step;
  return field;
}

void SchemaReader::Problem(const Node& at, std::string message) {
  if (problems_.size() < 50) problems_.push_back({&at, Path(), std::move(message)});
}

}  // namespace sluice::schemas
