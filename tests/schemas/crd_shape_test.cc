// Objects of CRDs in the tree: each keyword, must-fail beside must-pass.
#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {
namespace {

struct Keyword {
  const char* what;
  const char* schema;
  std::vector<const char*> fails;
  std::vector<const char*> passes;
  const char* rule;
};

std::string In(const char* schema) { return "{type: object, properties: {f: " + std::string(schema) + "}}"; }

}  // namespace

TEST_CASE("each keyword of a custom resource refuses and takes what it should") {
  const Keyword keywords[] = {
      {"integer",
       "{type: integer}",
       {"a", "\"1\"", "1.5", "true", "[]", "{}"},
       {"1", "-1", "1.0", "1e3"},
       "schema/wrong-type"},
      {"number", "{type: number}", {"a", "\"1\"", "true"}, {"1", "1.5"}, "schema/wrong-type"},
      {"string", "{type: string}", {"1", "true", "[a]"}, {"a", "\"1\"", "\"\""}, "schema/wrong-type"},
      {"boolean", "{type: boolean}", {"\"true\"", "1"}, {"true", "no"}, "schema/wrong-type"},
      {"list",
       "{type: array, items: {type: string}}",
       {"a", "{a: b}", "[1]"},
       {"[]", "[a]"},
       "schema/wrong-type"},
      {"mapping", "{type: object}", {"a", "[]"}, {"{}"}, "schema/wrong-type"},
      {"map",
       "{type: object, additionalProperties: {type: integer}}",
       {"{a: b}"},
       {"{a: 1}"},
       "schema/wrong-type"},
      {"int-or-string",
       "{x-kubernetes-int-or-string: true}",
       {"true", "1.5", "[]"},
       {"1", "a", "\"50%\""},
       "schema/wrong-type"},
      {"int-or-string as generators write it",
       "{x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}], pattern: "
       "\"^[0-9]+%?$\"}",
       {"a%"},
       {"1", "50%", "\"7\""},
       "schema/pattern"},
      {"int32",
       "{type: integer, format: int32}",
       {"2147483648", "-2147483649"},
       {"2147483647"},
       "schema/out-of-range"},
      {"int64",
       "{type: integer, format: int64}",
       {"9223372036854775808"},
       {"9223372036854775807"},
       "schema/out-of-range"},
      {"enum", "{type: string, enum: [a, b]}", {"c", "A", "\"\""}, {"a"}, "schema/enum"},
      {"enum of integers", "{type: integer, enum: [1, 2]}", {"3"}, {"1", "2.0"}, "schema/enum"},
      {"enum of a nullable",
       "{type: string, nullable: true, enum: [a, null]}",
       {"null", "b"},
       {"a"},
       "schema/enum"},
      {"pattern", "{type: string, pattern: \"^[a-z]+$\"}", {"A", "a1", "\"\""}, {"abc"}, "schema/pattern"},
      {"pattern without anchors", "{type: string, pattern: \"[0-9]\"}", {"abc"}, {"a1c"}, "schema/pattern"},
      {"minimum", "{type: integer, minimum: 1}", {"0", "-5"}, {"1"}, "schema/out-of-range"},
      {"exclusive minimum",
       "{type: integer, minimum: 1, exclusiveMinimum: true}",
       {"1"},
       {"2"},
       "schema/out-of-range"},
      {"maximum", "{type: integer, maximum: 10}", {"11"}, {"10"}, "schema/out-of-range"},
      {"exclusive maximum",
       "{type: number, maximum: 1, exclusiveMaximum: true}",
       {"1", "1.5"},
       {"0.9"},
       "schema/out-of-range"},
      {"multiple of",
       "{type: integer, multipleOf: 5}",
       {"7", "-1"},
       {"10", "0", "-5"},
       "schema/out-of-range"},
      {"multiple of a huge number",
       "{type: integer, multipleOf: 1e300}",
       {"7"},
       {"0"},
       "schema/out-of-range"},
      {"multiple of a fraction", "{type: number, multipleOf: 0.5}", {"0.7"}, {"1.5"}, "schema/out-of-range"},
      {"length in code points",
       "{type: string, minLength: 2, maxLength: 3}",
       {"a", "abcd", "\"\""},
       {"ab", "äöü"},
       "schema/out-of-range"},
      {"items",
       "{type: array, items: {type: integer}, minItems: 1, maxItems: 2}",
       {"[]", "[1, 2, 3]"},
       {"[1]"},
       "schema/out-of-range"},
      {"properties",
       "{type: object, additionalProperties: {type: integer}, minProperties: 1, maxProperties: 2}",
       {"{}", "{a: 1, b: 2, c: 3}"},
       {"{a: 1}"},
       "schema/out-of-range"},
      {"date-time",
       "{type: string, format: date-time}",
       {"today", "2026-13-01T00:00:00Z"},
       {"2026-01-01T00:00:00Z", "2026-01-01t00:00:00z"},
       "schema/format"},
      {"duration",
       "{type: string, format: duration}",
       {"long", "\"5\""},
       {"1h30m", "5 days"},
       "schema/format"},
      {"byte", "{type: string, format: byte}", {"a", "\"\""}, {"YQ=="}, "schema/format"},
      {"ipv4",
       "{type: string, format: ipv4}",
       {"1.2.3", "1.2.3.256", "\"::1\""},
       {"1.2.3.4"},
       "schema/format"},
      {"cidr",
       "{type: string, format: cidr}",
       {"1.2.3.4", "1.2.3.4/33"},
       {"10.0.0.0/8", "fd00::/64"},
       "schema/format"},
      {"uuid",
       "{type: string, format: uuid}",
       {"abcd"},
       {"01234567-89ab-cdef-0123-456789abcdef"},
       "schema/format"},
      {"an unknown format says nothing", "{type: string, format: quantity}", {}, {"whatever"}, ""},
      {"null element",
       "{type: array, items: {type: string}}",
       {"[null]", "[a, null]"},
       {"[a]"},
       "schema/null"},
      {"nullable element", "{type: array, items: {type: string, nullable: true}}", {}, {"[null]"}, ""},
  };
  for (const Keyword& keyword : keywords) {
    for (const char* value : keyword.fails) {
      CAPTURE(keyword.what, value);
      const std::string verdict = ThingVerdict(In(keyword.schema), "{f: " + std::string(value) + "}");
      CHECK(verdict.substr(0, verdict.find(' ')) == keyword.rule);
      CHECK(verdict.find("spec.f") != std::string::npos);
    }
    for (const char* value : keyword.passes) {
      CAPTURE(keyword.what, value);
      CHECK(ThingVerdict(In(keyword.schema), "{f: " + std::string(value) + "}").empty());
    }
  }
}

TEST_CASE("unknown fields of a custom resource are found where it would prune them") {
  const char* closed = "{type: object, properties: {a: {type: string}}}";
  CHECK(ThingVerdict(closed, "{b: 1}") == "schema/unknown-field spec.b");
  CHECK(ThingVerdict(closed, "{A: x}") == "schema/unknown-field spec.A");
  CHECK(ThingVerdict("{type: object}", "{b: 1}") == "schema/unknown-field spec.b");
  CHECK(ThingVerdict("{type: object, additionalProperties: true}", "{b: 1, c: [1]}").empty());
  CHECK(ThingVerdict("{type: object, additionalProperties: true}", "{b: {c: 1}}") ==
        "schema/unknown-field spec.b.c");
  CHECK(Verdict(ThingCrd(closed) + "---\n" + Thing("{a: b}") + "specs: {}\n") ==
        "schema/unknown-field specs");
}

TEST_CASE("x-kubernetes-preserve-unknown-fields lets fields pass and still checks those that it names") {
  const char* open =
      "{type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: object, "
      "properties: {b: {type: integer}}}}}";
  CHECK(ThingVerdict(open, "{x: {y: [1, null, {z: 1}]}}").empty());
  CHECK(ThingVerdict(open, "{a: {c: 1}}") == "schema/unknown-field spec.a.c");
  CHECK(ThingVerdict(open, "{a: {b: x}}") == "schema/wrong-type spec.a.b");
  CHECK(
      ThingVerdict("{type: object, properties: {l: {type: array, x-kubernetes-preserve-unknown-fields: true, "
                   "items: {type: object, properties: {a: {type: string}}}}}}",
                   "{l: [{a: b, z: 1}]}")
          .empty());
  CHECK(ThingVerdict("{x-kubernetes-preserve-unknown-fields: true}", "[1, {a: 2}]").empty());
  CHECK(ThingVerdict("{type: object, properties: {a: {x-kubernetes-preserve-unknown-fields: true}}}",
                     "{a: null}")
            .empty());
}

TEST_CASE("null is unset in a custom resource, which server-side apply takes only where there is a default") {
  const char* schema =
      "{type: object, required: [a, b], properties: {a: {type: string}, b: {type: string, default: x}, "
      "c: {type: string, nullable: true}, d: {type: object, properties: {e: {type: string}}}}}";
  CHECK(ThingVerdict(schema, "{a: w}").empty());
  CHECK(ThingVerdict(schema, "{a: w, b: null, c: null}").empty());
  CHECK(ThingVerdict(schema, "{a: w, d: null}") == "schema/null spec.d");
  CHECK(ThingVerdict(schema, "{a: null}") == "schema/null spec.a | schema/required spec.a");
  CHECK(ThingVerdict(schema, "{}") == "schema/required spec.a");
  CHECK(ThingVerdict(schema, "{a: w, d: {e: null}}") == "schema/null spec.d.e");
  CHECK(ThingVerdict("{type: object, additionalProperties: {type: string}}", "{a: null}") ==
        "schema/null spec.a");
  CHECK(ThingVerdict("{type: object, properties: {l: {type: array, items: {type: string, default: x}}}}",
                     "{l: [null]}")
            .empty());
  CHECK(
      ThingVerdict("{type: object, additionalProperties: {type: string, default: x}}", "{a: null}").empty());
  CHECK(ThingVerdict("{type: object, minProperties: 1, properties: {a: {type: string, default: x}}}", "{}")
            .empty());
  CHECK(Verdict(ThingCrd(schema) + "---\n" + Thing("{a: w}") + "status: null\n") ==
        "schema/unknown-field status");
}

TEST_CASE("metadata of a custom resource is that of every object") {
  const std::string crd = ThingCrd("{type: object}") + "---\n";
  CHECK(Verdict(crd + "apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: a, labels: {a: 1}}\n") ==
        "schema/wrong-type metadata.labels.a");
  CHECK(Verdict(crd + "apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: a, lables: {}}\n") ==
        "schema/unknown-field metadata.lables");
  CHECK(Verdict(crd + "apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: a, annotations: {a: b}}\n")
            .empty());
}

TEST_CASE("an embedded resource has apiVersion, kind and checked metadata") {
  const char* schema =
      "{type: object, properties: {t: {type: object, x-kubernetes-embedded-resource: true, "
      "x-kubernetes-preserve-unknown-fields: true}}}";
  CHECK(ThingVerdict(schema, "{t: {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {x: 1}}}").empty());
  CHECK(ThingVerdict(schema, "{t: {kind: Pod}}") == "schema/required spec.t.apiVersion");
  CHECK(ThingVerdict(schema, "{t: {apiVersion: v1, kind: \"\"}}") == "schema/out-of-range spec.t.kind");
  CHECK(ThingVerdict(schema, "{t: {apiVersion: v1, kind: Pod, metadata: {labels: {a: 1}}}}") ==
        "schema/wrong-type spec.t.metadata.labels.a");
}

TEST_CASE("a kind of the tree hides the catalogue's, an unserved version is not known") {
  Catalog catalog = MakeCatalog();
  CHECK(catalog.Find("cert-manager.io", "v1", "Certificate").origin == Origin::kCatalogue);
  std::string crd = ThingCrd("{type: object, properties: {only: {type: string}}}");
  const auto replace = [&](const std::string& from, const std::string& to) {
    for (std::size_t at = crd.find(from); at != crd.npos; at = crd.find(from, at + to.size()))
      crd.replace(at, from.size(), to);
  };
  replace("things.example.org", "certificates.cert-manager.io");
  replace("group: example.org", "group: cert-manager.io");
  replace("kind: Thing, plural: things", "kind: Certificate, plural: certificates");
  CHECK(Words(CheckText(catalog, crd + "---\napiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: "
                                       "{name: a}\nspec: {secretName: b}\n")
                  .findings) == "schema/unknown-field spec.secretName");
  const KindInfo info = catalog.Find("cert-manager.io", "v1", "Certificate");
  CHECK(info.origin == Origin::kTree);
  CHECK(info.scope == Scope::kNamespaced);
  CHECK(info.plural == "certificates");
  CHECK(catalog.Find("cert-manager.io", "v9", "Certificate").origin == Origin::kNone);
}

}  // namespace sluice::schemas
