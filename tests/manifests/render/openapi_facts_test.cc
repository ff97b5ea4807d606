// What a user's OpenAPI document says of kinds.
#include "manifests/render/openapi_facts.h"

#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests::render {
namespace {

TEST_CASE("lists merge as the document says, through references and mappings in place") {
  const ParsedFile file = ParseText(R"({"definitions": {
    "a.Shop": {"x-kubernetes-group-version-kind": [{"group": "a", "version": "v1", "kind": "Shop"}],
      "properties": {"spec": {"$ref": "#/definitions/a.Spec"}, "self": {"$ref": "#/definitions/a.Shop"}}},
    "a.Spec": {"properties": {
      "items": {"type": "array", "items": {"$ref": "#/definitions/a.Item"},
                "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "id"},
      "ports": {"type": "array", "items": {"type": "object"}, "x-kubernetes-patch-strategy": "merge",
                "x-kubernetes-patch-merge-key": "port", "x-kubernetes-list-map-keys": ["port", "protocol"]},
      "plain": {"type": "array", "items": {"type": "string"}},
      "inside": {"properties": {"deep": {"type": "array", "x-kubernetes-patch-strategy": "merge"}}},
      "any": {"additionalProperties": {"$ref": "#/definitions/a.Item"}}}},
    "a.Item": {"properties": {"id": {}, "missing": {"$ref": "#/definitions/none"}}}}})");
  REQUIRE(file.Readable());
  const auto read = ReadOpenApi(*file.documents.at(0).root);
  const KindFacts& facts = read->facts;
  const TypeId shop = facts.TypeOf("a", "v1", "Shop");
  REQUIRE(shop != 0);
  CHECK(facts.Find(shop, "self")->type == shop);
  const TypeId spec = facts.Find(shop, "spec")->type;
  const FieldFacts* items = facts.Find(spec, "items");
  REQUIRE(items != nullptr);
  CHECK(items->merge);
  CHECK(items->merge_key == "id");
  CHECK(facts.Find(items->type, "missing")->type == 0);
  CHECK(facts.Find(spec, "ports")->second_key == "protocol");
  CHECK_FALSE(facts.Find(spec, "plain")->merge);
  CHECK(facts.Find(facts.Find(spec, "inside")->type, "deep")->merge);
  CHECK(facts.Find(facts.Find(spec, "any")->type, "whatever")->type == items->type);
  CHECK(facts.TypeOf("a", "v2", "Shop") == 0);
  CHECK(facts.TypeOf("", "v1", "Pod") == 0);
  CHECK(facts.Find(spec, "none") == nullptr);
}

TEST_CASE("types past those that are told apart are told of") {
  const auto read = [](std::size_t count) {
    std::string text = R"({"definitions": {"a": {"properties": {)";
    for (std::size_t i = 1; i < count; ++i)
      text += "\"p" + std::to_string(i) + R"(": {"properties": {"x": {}}},)";
    text.back() = '}';
    const ParsedFile file =
        Parse("schema.json", text + "}}}", {.mapping_keys = 100'000, .expansion_nodes = 1'000'000});
    REQUIRE(file.Readable());
    return ReadOpenApi(*file.documents.at(0).root)->too_many_types;
  };
  CHECK_FALSE(read(kMostOpenApiTypes));
  CHECK(read(kMostOpenApiTypes + 1));
}

TEST_CASE("what is no such document says nothing") {
  for (const char* text :
       {"{}", "a", "[a]", "{definitions: null}", "{definitions: [a]}", "{definitions: {a: b}}"}) {
    CAPTURE(text);
    const ParsedFile file = ParseText(std::string("# not JSON\n") + text);
    CHECK(ReadOpenApi(*file.documents.at(0).root)->facts.kinds.empty());
  }
}

}  // namespace
}  // namespace sluice::manifests::render
