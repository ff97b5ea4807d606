// A type for each definition and for each mapping inside one. References are
// resolved by number, so that types may refer to themselves.
// Tested by tests/manifests/render/openapi_facts_test.cc.
#include "manifests/render/openapi_facts.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <unordered_map>

#include "manifests/render/resource.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kReferencePrefix = "#/definitions/";

class Reader {
 public:
  explicit Reader(OpenApiFacts& out) : out_(out) {}

  void Read(const Node& definitions) {
    for (const Node& definition : definitions.children) numbers_.emplace(definition.key, Number());
    for (const Node& definition : definitions.children) {
      const TypeId type = numbers_.at(definition.key);
      Kinds(definition, type);
      Properties(definition, type);
    }
    std::ranges::sort(out_.kinds, {},
                      [](const KindRow& row) { return std::tie(row.group, row.version, row.kind); });
    std::ranges::sort(out_.fields, {}, [](const FieldFacts& row) { return std::tie(row.owner, row.field); });
  }

 private:
  TypeId Number() {
    if (next_ <= kMostOpenApiTypes) return next_++;
    out_.too_many_types = true;
    return 0;
  }

  void Kinds(const Node& definition, TypeId type) {
    const Node* list = definition.Find("x-kubernetes-group-version-kind");
    if (list == nullptr) return;
    for (const Node& each : list->children) {
      out_.kinds.push_back({ScalarText(each.Find("group")), ScalarText(each.Find("version")),
                            ScalarText(each.Find("kind")), type, KindScope::kUnknown});
    }
  }

  // The type of a schema: a definition's, or one of its own where it has members.
  TypeId TypeOf(const Node& schema) {
    const std::string_view reference = ScalarText(schema.Find("$ref"));
    if (reference.starts_with(kReferencePrefix)) {
      const auto found = numbers_.find(reference.substr(kReferencePrefix.size()));
      return found == numbers_.end() ? TypeId{0} : found->second;
    }
    if (schema.Find("properties") == nullptr && schema.Find("additionalProperties") == nullptr) return 0;
    const TypeId type = Number();
    Properties(schema, type);
    return type;
  }

  void Properties(const Node& schema, TypeId owner) {
    if (owner == 0) return;
    if (const Node* properties = schema.Find("properties")) {
      for (const Node& property : properties->children) Field(property, owner, property.key);
    }
    const Node* any = schema.Find("additionalProperties");
    if (any != nullptr && any->kind == NodeKind::kMapping) Field(*any, owner, "*");
  }

  void Field(const Node& schema, TypeId owner, std::string_view name) {
    const Node* items = schema.Find("items");
    const std::string_view strategy = ScalarText(schema.Find("x-kubernetes-patch-strategy"));
    FieldFacts facts;
    facts.owner = owner;
    facts.field = name;
    facts.type = TypeOf(items == nullptr ? schema : *items);
    facts.merge = strategy.find("merge") != strategy.npos;
    facts.merge_key = ScalarText(schema.Find("x-kubernetes-patch-merge-key"));
    const Node* keys = schema.Find("x-kubernetes-list-map-keys");
    if (keys != nullptr && keys->children.size() > 1) facts.second_key = ScalarText(&keys->children[1]);
    out_.fields.push_back(facts);
  }

  OpenApiFacts& out_;
  std::unordered_map<std::string_view, TypeId> numbers_;
  TypeId next_ = 1;
};

}  // namespace

std::shared_ptr<const OpenApiFacts> ReadOpenApi(const Node& root) {
  auto facts = std::make_shared<OpenApiFacts>();
  if (const Node* definitions = root.Find("definitions")) Reader(*facts).Read(*definitions);
  facts->facts.kinds = facts->kinds;
  facts->facts.fields = facts->fields;
  return facts;
}

}  // namespace sluice::manifests::render
