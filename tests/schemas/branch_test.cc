// allOf, anyOf, oneOf and not of custom resources.
#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {
namespace {

struct Case {
  const char* schema;
  const char* value;
  const char* verdict;
};

const char* kOneOf =
    "{type: object, properties: {a: {type: integer}, b: {type: integer}}, "
    "oneOf: [{required: [a]}, {required: [b]}]}";
const char* kAnyOf =
    "{type: object, properties: {a: {type: integer}, b: {type: integer}}, "
    "anyOf: [{required: [a]}, {required: [b], properties: {b: {minimum: 5}}}]}";
const char* kAllOf =
    "{type: object, properties: {a: {type: integer}}, allOf: [{required: [a]}, {properties: {a: {maximum: "
    "3}}}]}";
const char* kNot =
    "{type: object, properties: {a: {type: integer}, b: {type: integer}}, not: {required: [a, b]}}";
const char* kByType =
    "{type: object, properties: {type: {type: string, default: A, enum: [A, B]}, b: {type: integer}}, "
    "oneOf: [{properties: {type: {enum: [A]}}}, {properties: {type: {enum: [B]}}, required: [b]}]}";
const char* kNested =
    "{type: object, properties: {l: {type: array, items: {type: object, properties: {x: {type: string}}}}}, "
    "anyOf: [{properties: {l: {items: {required: [x]}}}}]}";

}  // namespace

TEST_CASE("branches refuse what an API server refuses") {
  const Case cases[] = {
      {kOneOf, "{}", "schema/composition spec"},
      {kOneOf, "{a: 1, b: 1}", "schema/composition spec"},
      {kOneOf, "{a: null}", "schema/null spec.a | schema/composition spec"},
      {kAnyOf, "{}", "schema/composition spec"},
      {kAnyOf, "{b: 4}", "schema/composition spec"},
      {kAllOf, "{}", "schema/required spec.a"},
      {kAllOf, "{a: 4}", "schema/out-of-range spec.a"},
      {kNot, "{a: 1, b: 1}", "schema/composition spec"},
      {kByType, "{type: B}", "schema/composition spec"},
      {kNested, "{l: [{}]}", "schema/composition spec"},
      {"{type: object, properties: {a: {type: string, anyOf: [{pattern: \"^a\"}, {pattern: \"^b\"}]}}}",
       "{a: c}", "schema/composition spec.a"},
      {"{type: object, properties: {a: {type: string, oneOf: [{format: ipv4}, {format: ipv6}]}}}",
       "{a: host}", "schema/composition spec.a"},
      {"{type: object, properties: {a: {type: string, not: {enum: [x]}}}}", "{a: x}",
       "schema/composition spec.a"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.schema, each.value);
    CHECK(ThingVerdict(each.schema, each.value) == each.verdict);
  }
}

TEST_CASE("branches take what an API server takes") {
  const Case cases[] = {
      {kOneOf, "{a: 1}", ""},
      {kAnyOf, "{a: 1, b: 1}", ""},
      {kAnyOf, "{b: 5}", ""},
      {kAllOf, "{a: 3}", ""},
      {kNot, "{a: 1}", ""},
      {kByType, "{}", ""},
      {kByType, "{type: B, b: 1}", ""},
      {kNested, "{l: [{x: w}]}", ""},
      {"{type: object, properties: {a: {type: string, oneOf: [{format: ipv4}, {format: ipv6}]}}}",
       "{a: \"::1\"}", ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.schema, each.value);
    CHECK(ThingVerdict(each.schema, each.value) == each.verdict);
  }
}

TEST_CASE("a composition says what keeps the value from the nearest alternative") {
  CHECK(Messages(ThingCrd(kAnyOf) + "---\n" + Thing("{b: 4}")) ==
        "fits none of 2 alternatives (anyOf); nearest: spec.a: required field \"a\" is missing\n");
  CHECK(Messages(ThingCrd(kOneOf) + "---\n" + Thing("{a: 1, b: 1}")) ==
        "fits 2 of 2 alternatives where one alone may fit (oneOf)\n");
}

TEST_CASE("a schema that branches a lot is checked within bounds") {
  std::string schema = "{required: [x]}";
  for (int i = 0; i < 12; ++i) schema = "{anyOf: [" + schema + ", " + schema + "]}";
  const std::string crd =
      ThingCrd("{type: object, properties: {x: {type: string}}, anyOf: [" + schema + "]}");
  CHECK(Verdict(crd + "---\n" + Thing("{x: a}")).empty());
  const std::string verdict = Verdict(crd + "---\n" + Thing("{}"));
  CHECK((verdict == "schema/composition spec" || verdict == "schema/crd "));
}

TEST_CASE("an object that needs too many checks is said not to be checked") {
  std::string branches;
  for (int i = 0; i < 3000; ++i) branches += "{required: [x" + std::to_string(i) + "]}, ";
  std::string properties;
  for (int i = 0; i < 3000; ++i) properties += "x" + std::to_string(i) + ": {type: string}, ";
  const std::string crd = ThingCrd("{type: object, additionalProperties: {type: object, properties: {" +
                                   properties + "}, anyOf: [" + branches + "]}}");
  std::string value;
  for (int i = 0; i < 2000; ++i) value += "k" + std::to_string(i) + ": {x2999: a}, ";
  CHECK(Messages(crd + "---\n" + Thing("{" + value + "}")) ==
        "the object needs more than 5,000,000 checks against its schema\n");
}

}  // namespace sluice::schemas
