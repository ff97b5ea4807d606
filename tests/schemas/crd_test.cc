// What is wrong with a CustomResourceDefinition itself.
#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {
namespace {

// Findings of rule schema/crd alone, without the way to the schema.
std::string CrdVerdict(const std::string& spec) {
  Catalog catalog = MakeCatalog();
  const std::string way = "spec.versions[0].schema.openAPIV3Schema.properties.spec";
  std::string words;
  for (const Finding& finding : CheckText(catalog, ThingCrd(spec)).findings) {
    if (!words.empty()) words += " | ";
    const bool below = finding.field.rfind(way, 0) == 0;
    const std::string field = below ? finding.field.substr(way.size()) : finding.field;
    words += (finding.rule == "schema/crd" ? "" : finding.rule + " ") + (field.empty() ? "itself" : field);
  }
  return words.empty() ? "-" : words;
}

}  // namespace

TEST_CASE("a definition that an API server would not take is found at its part") {
  const std::pair<const char*, const char*> cases[] = {
      {"{properties: {a: {type: string}}}", "itself"},
      {"{type: object, properties: {a: {}}}", ".properties.a"},
      {"{type: object, properties: {a: {type: null}}}", ".properties.a"},
      {"{type: object, properties: {a: {description: text}}}", ".properties.a"},
      {"{type: object, properties: {a: {type: text}}}", ".properties.a"},
      {"{type: object, properties: {l: {type: array}}}", ".properties.l"},
      {"{type: object, properties: {l: {type: array, items: {}}}}", ".properties.l.items"},
      {"{type: object, properties: {l: {type: array, items: [{type: string}]}}}", ".properties.l"},
      {"{type: object, properties: {a: {type: string}}, additionalProperties: {type: string}}", "itself"},
      {"{type: object, properties: {a: {type: string}}, additionalProperties: false}", "itself"},
      {"{type: object, properties: {a: {type: string, $ref: \"#/definitions/a\"}}}", ".properties.a"},
      {"{type: object, definitions: {a: {type: string}}}", "itself"},
      {"{type: object, patternProperties: {a: {type: string}}}", "itself"},
      {"{type: object, properties: {l: {type: array, uniqueItems: true, items: {type: string}}}}",
       ".properties.l"},
      {"{type: object, properties: {a: {type: string, pattern: \"(\"}}}", ".properties.a"},
      {"{type: object, properties: {a: {type: string, pattern: \"(?=a)\"}}}", ".properties.a"},
      {"{type: object, x-kubernetes-preserve-unknown-fields: false}", "itself"},
      {"{type: object, properties: {a: {x-kubernetes-int-or-string: true, "
       "x-kubernetes-preserve-unknown-fields: true}}}",
       ".properties.a"},
      {"{type: object, properties: {a: {type: string, x-kubernetes-map-type: atomic}}}", ".properties.a"},
      {"{type: object, x-kubernetes-map-type: other}", "itself"},
      {"{type: object, properties: {a: {type: string, x-kubernetes-embedded-resource: true}}}",
       ".properties.a | .properties.a"},
      {"{type: object, properties: {a: {type: object, x-kubernetes-embedded-resource: true}}}",
       ".properties.a"},
      {"{type: object, properties: {a: {type: string}}, anyOf: [{type: object}]}", ".anyOf[0]"},
      {"{type: object, properties: {a: {type: string}}, oneOf: [{properties: {a: {default: x}}}]}",
       ".oneOf[0].properties.a"},
      {"{type: object, properties: {a: {type: string}}, oneOf: [{description: text}]}", ".oneOf[0]"},
      {"{type: object, properties: {a: {type: string}}, oneOf: [{additionalProperties: {minLength: 1}}]}",
       ".oneOf[0]"},
      {"{type: object, properties: {a: {type: string}}, not: {required: [a], nullable: true}}", ".not"},
      {"{type: object, properties: {a: {x-kubernetes-int-or-string: true, oneOf: [{type: integer}, {type: "
       "string}]}}}",
       ".properties.a.oneOf[0] | .properties.a.oneOf[1]"},
      {"{type: object, properties: {l: {type: array, x-kubernetes-list-type: map, items: {type: object}}}}",
       ".properties.l"},
      {"{type: object, properties: {l: {type: array, x-kubernetes-list-type: map, "
       "x-kubernetes-list-map-keys: [a], "
       "items: {type: object, properties: {a: {type: string}}}}}}",
       ".properties.l"},
      {"{type: object, properties: {l: {type: array, x-kubernetes-list-type: map, "
       "x-kubernetes-list-map-keys: [a], "
       "items: {type: object, properties: {b: {type: string}}}}}}",
       ".properties.l"},
      {"{type: object, properties: {l: {type: array, x-kubernetes-list-type: map, "
       "x-kubernetes-list-map-keys: [a], "
       "items: {type: object, required: [a], properties: {a: {type: object}}}}}}",
       ".properties.l"},
      {"{type: object, properties: {l: {type: array, x-kubernetes-list-map-keys: [a], items: {type: "
       "string}}}}",
       ".properties.l"},
      {"{type: object, properties: {l: {type: array, x-kubernetes-list-type: set, items: {type: object}}}}",
       ".properties.l"},
      {"{type: object, properties: {l: {type: array, x-kubernetes-list-type: set, items: {type: string, "
       "nullable: true}}}}",
       ".properties.l"},
      {"{type: object, properties: {l: {type: array, x-kubernetes-list-type: list, items: {type: string}}}}",
       ".properties.l"},
      {"{type: object, properties: {a: {type: string, x-kubernetes-list-type: set}}}", ".properties.a"},
      {"{type: object, properties: {a: {type: string, default: 5}}}", ".properties.a.default"},
      {"{type: object, properties: {a: {type: string, enum: [x], default: w}}}", ".properties.a.default"},
      {"{type: object, properties: {a: {type: object, default: {b: 1}, properties: {c: {type: string}}}}}",
       ".properties.a.default.b"},
  };
  for (const auto& [spec, verdict] : cases) {
    CAPTURE(spec);
    CHECK(CrdVerdict(spec) == verdict);
  }
}

TEST_CASE("structural definitions pass") {
  for (const char* spec : {
           "{type: object}",
           "{type: object, x-kubernetes-preserve-unknown-fields: true}",
           "{x-kubernetes-preserve-unknown-fields: true}",
           "{type: object, additionalProperties: {type: string}}",
           "{type: object, properties: {a: {type: string}}, additionalProperties: true}",
           "{type: object, additionalProperties: false}",
           "{type: object, properties: {a: {type: object, default: {}, properties: {c: {type: string}}}}}",
           "{type: object, properties: {l: {type: array, x-kubernetes-list-type: set, items: {type: object, "
           "x-kubernetes-map-type: atomic}}}}",
           "{type: object, properties: {a: {type: string}}, anyOf: [{properties: {b: {minLength: 1}}}]}",
           "{type: object, properties: {a: {x-kubernetes-int-or-string: true}}}",
           "{type: object, properties: {a: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, "
           "{type: string}]}}}",
           "{type: object, properties: {a: {x-kubernetes-int-or-string: true, allOf: [{anyOf: [{type: "
           "integer}, {type: string}]}]}}}",
           "{type: object, properties: {l: {type: array, x-kubernetes-list-type: map, "
           "x-kubernetes-list-map-keys: [a], "
           "items: {type: object, required: [a], properties: {a: {type: string}}}}}}",
           "{type: object, properties: {a: {type: string}}, anyOf: [{required: [a]}, {properties: {a: "
           "{minLength: 3}}}]}",
           "{type: object, properties: {a: {type: string, format: whatever, default: x}}}",
       }) {
    CAPTURE(spec);
    CHECK(CrdVerdict(spec) == "-");
  }
}

TEST_CASE("names and versions of a definition are checked") {
  const auto with = [](const std::string& from, const std::string& to) {
    std::string crd = ThingCrd("{type: object}");
    return crd.replace(crd.find(from), from.size(), to);
  };
  CHECK(Verdict(with("name: things.example.org", "name: thing.example.org")) == "schema/crd metadata.name");
  CHECK(Messages(with("name: things.example.org", "name: thing.example.org")) ==
        "the name must be spec.names.plural+\".\"+spec.group: things.example.org\n");
  CHECK(Verdict(with("storage: true", "storage: false")) == "schema/crd spec.versions");
  CHECK(Verdict(with("scope: Namespaced", "scope: Global")) == "schema/crd spec.scope");
  CHECK(Verdict(with("    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n       "
                     "   spec: {type: object}\n",
                     "")) == "schema/crd spec.versions[0].schema");
}

TEST_CASE("a definition past a limit is found, and its objects are let pass") {
  std::string deep = "{type: string}";
  for (int i = 0; i < 70; ++i) deep = "{type: array, items: " + deep + "}";
  CHECK(Messages(ThingCrd(deep)).find("the schema nests deeper than 64 levels") == 0);
  std::string wide = "{type: object, properties: {";
  for (int i = 0; i < 9000; ++i)
    wide += "p" + std::to_string(i) +
            ": {type: object, properties: {a: {type: string}, b: {type: string}, "
            "c: {type: string}, d: {type: string}, e: {type: string}}}, ";
  CHECK(Messages(ThingCrd(wide + "}}")).find("the schema has more than 50000 parts") == 0);
}

TEST_CASE("a value of the definition's own shape is found too") {
  CHECK(Verdict("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
                "a}\nspec: []\n") == "schema/wrong-type spec");
  CHECK(
      Verdict("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\n") ==
      "schema/required spec");
  CHECK(Verdict("apiVersion: apiextensions.k8s.io/v1beta1\nkind: CustomResourceDefinition\nmetadata: {name: "
                "a}\nspec: {}\n") == "api/removed apiVersion");
}

}  // namespace sluice::schemas
