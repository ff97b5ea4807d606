// Beside valijson: what surely fits it must take. The other way round "false"
// says nothing, but of what is known here a fit must be seen, else nothing is
// won. The published schemas: tests/gate/configuration_test.cc.
#include "schemas/json_schema_fits.h"

#include "schemas/json_schema.h"
#include "tests/catch.h"

namespace sluice::schemas {
namespace {

constexpr const char* kSchemas[] = {
    R"({})",
    R"({"type": "object", "additionalProperties": false, "properties": {"a": {}}})",
    R"({"type": "array", "items": {"type": "integer", "minimum": 2}, "minItems": 1, "maxItems": 2})",
    R"({"type": "array", "items": {"type": "number"}})",
    R"({"properties": {"a": {"type": "string", "minLength": 2, "maxLength": 3}}, "required": ["a"]})",
    R"({"properties": {"a": {"enum": ["off", false, 1, null]}}})",
    R"({"properties": {"a": {"anyOf": [{"type": "boolean"}, {"type": "array"}]}}})",
    R"({"properties": {"a": {"type": "string", "pattern": "^x"}}})",
    R"({"patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": false})",
    R"({"patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": {"type": "string"}})",
    R"({"properties": {"xa": {"minimum": 3}}, "patternProperties": {"^x": {"type": "integer"}}})",
    R"({"maxProperties": 1})",
    R"({"additionalProperties": {"$ref": "#/definitions/n"}, "definitions": {"n": {"type": "object", "properties": {"a": {"$ref": "#/definitions/n"}}}}})",
};

constexpr const char* kTexts[] = {
    "",
    "{}\n",
    "[]\n",
    "a: 1\n",
    "a: 2\n",
    "a: off\n",
    "a: \"off\"\n",
    "a: null\n",
    "a: true\n",
    "a: x\n",
    "a: xy\n",
    "a: xyz\n",
    "a: wxyz\n",
    "a: öö\n",
    "a: ööö\n",
    "a: [1]\n",
    "a: {a: {}}\n",
    "a: {a: {a: 1}}\n",
    "a: 1\nb: 2\n",
    "b: 2\n",
    "b: x\n",
    "xa: 1\n",
    "xa: 3\n",
    "xa: w\n",
    "xa: 3\nb: w\n",
    "[1]\n",
    "[2]\n",
    "[2, 3]\n",
    "[2, 3, 4]\n",
    "[2, x]\n",
    "[2.5]\n",
    "[18446744073709551615]\n",
    "x\n",
    "5\n",
    "a: 1\n---\na: x\n",
};

bool Takes(const char* schema, const manifests::ParsedFile& file) {
  const Result<JsonSchema> parsed = JsonSchema::Parse(schema);
  REQUIRE(parsed);
  return parsed->Check(file).empty();
}

// Whole numbers above 2^63 and fractions are left to valijson.
bool IsLeftOut(std::string_view text) {
  return text.find("2.5") != text.npos || text.find("184467") != text.npos;
}

}  // namespace

TEST_CASE("what surely fits valijson takes, and what it takes is seen to fit") {
  std::size_t taken = 0, refused = 0;
  for (const char* schema : kSchemas) {
    for (const char* text : kTexts) {
      CAPTURE(schema, text);
      const manifests::ParsedFile file = manifests::Parse("f.yaml", text, Limits());
      REQUIRE(file.Readable());
      const bool takes = Takes(schema, file);
      const bool fits = SurelyFits(schema, file);
      CHECK((takes || !fits));
      if (!IsLeftOut(text)) CHECK(fits == takes);
      takes ? ++taken : ++refused;
    }
  }
  CHECK(taken > 100);
  CHECK(refused > 100);
}

TEST_CASE("a keyword, a form or a pattern that is not known is a doubt") {
  const manifests::ParsedFile file = manifests::Parse("f.yaml", "a: x\n", Limits());
  for (
      const char* schema : {
          R"({"oneOf": [{}]})",
          R"({"not": {"type": "array"}})",
          R"({"allOf": [{}]})",
          R"({"properties": {"a": true}})",
          R"({"properties": {"a": {"type": ["string"]}}})",
          R"({"properties": {"a": {"maxLength": 2.5}}})",
          R"j({"patternProperties": {"(": {}}})j",
          R"j({"properties": {"a": {"pattern": "("}}})j",
          R"({"$ref": "#"})",
          R"({"$ref": "#/definitions/none"})",
          R"({"$ref": "other.json"})",
          R"({"$ref": "#/definitions/a", "maxProperties": 1, "definitions": {"a": {}}})",
          R"j({"anyOf": [{"$ref": "#/definitions/a"}], "definitions": {"a": {"anyOf": [{"$ref": "#/definitions/a"}]}}})j",
          R"([])",
          R"(true)",
          R"({"type": )",
          "",
      }) {
    CAPTURE(schema);
    CHECK_FALSE(SurelyFits(schema, file));
  }
}

}  // namespace sluice::schemas
