// Files of other people to bundles.
#include "schemas/import.h"

#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {
namespace {

const char* kIndex =
    R"([{"apiVersion": "example.org/v1", "kind": "PoolSet", "file": "example.org/poolset_v1.json"}])";
const char* kPoolSet =
    R"({"type": "object", "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"},
  "metadata": {"type": "object"}, "spec": {"type": "object", "additionalProperties": false, "required": ["size"], "properties": {
  "size": {"type": "integer"}, "port": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": true},
  "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]}, "maybe": {"type": ["string", "null"]}, "free": {"type": "object",
  "x-kubernetes-preserve-unknown-fields": true}, "ref": {"$ref": "#/definitions/x"}, "only": {"type": "object",
  "anyOf": [{"properties": {"a": {"type": "string"}}}]}}}}})";

// What an imported bundle finds in a PoolSet.
std::string PoolVerdict(const std::string& spec) {
  Result<ImportedBundle> bundle =
      ImportFiles({{"index.json", kIndex}, {"example.org/poolset_v1.json", kPoolSet}});
  REQUIRE(bundle);
  Catalog catalog = MakeCatalog();
  REQUIRE(catalog.AddBundle(bundle->bytes));
  return Words(CheckText(catalog, "apiVersion: example.org/v1\nkind: PoolSet\nmetadata: {name: a}\nspec: " +
                                      spec + "\n")
                   .findings);
}

}  // namespace

TEST_CASE("JSON Schemas of a catalogue are folded back to what the API server checks") {
  CHECK(PoolVerdict("{}") == "schema/required spec.size");
  CHECK(PoolVerdict("{size: x}") == "schema/wrong-type spec.size");
  CHECK(PoolVerdict("{size: 1, sise: 1}") == "schema/unknown-field spec.sise");
  CHECK(PoolVerdict("{size: 1, port: true}") == "schema/wrong-type spec.port");
  CHECK(PoolVerdict("{size: 1, either: 1.5}") == "schema/wrong-type spec.either");
  CHECK(PoolVerdict("{size: 1, port: http, either: 1, maybe: null, free: {x: 1}, ref: {x: 1}, only: {a: b}}")
            .empty());
  CHECK(PoolVerdict("{size: 1, port: 80, either: a, only: {c: d}}").empty());
}

TEST_CASE("an index that has lost the case of a kind is told of") {
  const std::string lost =
      R"([{"apiVersion": "example.org/v1", "kind": "poolset", "file": "example.org/poolset_v1.json"}])";
  Result<ImportedBundle> bundle =
      ImportFiles({{"index.json", lost}, {"example.org/poolset_v1.json", kPoolSet}});
  REQUIRE(bundle);
  REQUIRE(bundle->notes.size() == 1);
  CHECK(
      bundle->notes[0] ==
      "example.org/poolset_v1.json: the index has the kind as \"poolset\": only objects that spell it so are "
      "checked");
  bundle = ImportFiles({{"index.json", kIndex}, {"example.org/poolset_v1.json", kPoolSet}});
  REQUIRE(bundle);
  CHECK(bundle->notes.empty());
}

TEST_CASE("CRDs of several documents are imported, with their problems as notes") {
  const std::string second = ThingCrd("{properties: {a: {type: string}}}");
  Result<ImportedBundle> bundle =
      ImportFiles({{"crds.yaml", ThingCrd("{type: object}") + "---\nkind: Other\n---\n" + second}});
  REQUIRE(bundle);
  CHECK(bundle->kinds == 2);
  REQUIRE(bundle->notes.size() == 1);
  CHECK(bundle->notes[0].find("crds.yaml:") == 0);
  CHECK(bundle->notes[0].find("type is missing") != std::string::npos);
}

TEST_CASE("lists of definitions, as kubectl and API servers print them") {
  const std::string version = R"("versions":[{"name":"v1","served":true,"storage":true,
    "schema":{"openAPIV3Schema":{"type":"object"}}}]}})";
  const auto item = [&](const std::string& head, const std::string& kind) {
    return "{" + head + R"("metadata":{"name":"things.example.org"},"spec":{"group":"example.org",
      "scope":"Namespaced","names":{"kind":")" +
           kind + R"(","plural":"things"},)" + version;
  };
  const std::string named = R"("kind":"CustomResourceDefinition",)";
  const auto imported = [&](const std::string& kind, const std::string& items) {
    return ImportFiles({{"list.json", R"({"kind":")" + kind + R"(","items":)" + items + "}"}});
  };
  CHECK(imported("CustomResourceDefinitionList", "[" + item("", "A") + "," + item("", "B") + "]")->kinds ==
        2);
  const Result<ImportedBundle> mixed =
      imported("List", "[" + item(named, "A") + R"(,{"kind":"Pod"},)" + item("", "B") + "]");
  REQUIRE(mixed);
  CHECK(mixed->kinds == 1);
  for (const char* items : {"[]", "7", "{}", "[7]", R"([{"kind":"Pod"}])"})
    CHECK_FALSE(imported("List", items));
  CHECK_FALSE(imported("PodList", "[" + item(named, "A") + "]"));
  const Result<ImportedBundle> odd =
      imported("CustomResourceDefinitionList", "[7," + item("", "A").insert(1, R"("x":1,)") + "]");
  REQUIRE(odd);
  CHECK(odd->kinds == 1);
}

TEST_CASE("an OpenAPI document of a cluster gives its custom kinds, with scope from discovery") {
  const char* openapi = R"({"openapi": "3.0.0", "components": {"schemas": {
    "org.example.v1.Pool": {"type": "object", "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"},
      "metadata": {"allOf": [{"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}]},
      "spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
      "x-kubernetes-group-version-kind": [{"group": "example.org", "version": "v1", "kind": "Pool"}]},
    "org.example.v1.PoolList": {"type": "object", "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"},
      "metadata": {}, "items": {"type": "array", "items": {}}},
      "x-kubernetes-group-version-kind": [{"group": "example.org", "version": "v1", "kind": "PoolList"}]},
    "io.k8s.api.apps.v1.Deployment": {"type": "object", "properties": {"apiVersion": {}, "kind": {}, "metadata": {}},
      "x-kubernetes-group-version-kind": [{"group": "apps", "version": "v1", "kind": "Deployment"}]}}}})";
  const char* discovery =
      R"({"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "example.org"}, "versions": [{"version": "v1",
    "resources": [{"resource": "pools", "responseKind": {"kind": "Pool"}, "scope": "Cluster", "shortNames": ["po"]}]}]}]})";
  Result<ImportedBundle> bundle = ImportFiles({{"openapi.json", openapi}, {"discovery.json", discovery}});
  REQUIRE(bundle);
  CHECK(bundle->kinds == 1);
  Catalog catalog = MakeCatalog();
  REQUIRE(catalog.AddBundle(bundle->bytes));
  CHECK(catalog.Find("example.org", "v1", "Pool").scope == Scope::kCluster);
  CHECK(
      Words(CheckText(catalog,
                      "apiVersion: example.org/v1\nkind: Pool\nmetadata: {name: a, x: 1}\nspec: {size: x}\n")
                .findings) == "schema/unknown-field metadata.x | schema/wrong-type spec.size");
}

TEST_CASE("files without a custom kind fail, and say why") {
  for (const ImportSource& source : std::vector<ImportSource>{{"a.yaml", ""},
                                                              {"a.yaml", "kind: Pod\n"},
                                                              {"a.yaml", "a: b: c\n"},
                                                              {"a/b_v1.json", kPoolSet},
                                                              {"a.json", "[1,2]"},
                                                              {"a.json", "{\"openapi\": 1}"}}) {
    CAPTURE(source.bytes);
    const Result<ImportedBundle> bundle = ImportFiles({source});
    REQUIRE_FALSE(bundle);
    CHECK(bundle.error().kind == ErrorKind::kUsage);
  }
}

}  // namespace sluice::schemas
