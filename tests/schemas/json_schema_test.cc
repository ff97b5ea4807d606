// General JSON Schema: valijson, with places, patterns in RE2 and bounds.
#include "schemas/json_schema.h"

#include "tests/catch.h"

namespace sluice::schemas {
namespace {

std::string Verdict(const std::string& schema, const std::string& text, bool shows_values = true) {
  const Result<JsonSchema> parsed = JsonSchema::Parse(schema, shows_values);
  if (!parsed) return "schema: " + parsed.error().message;
  std::string words;
  for (const Finding& finding : parsed->Check(manifests::Parse("f.yaml", text, Limits()))) {
    if (!words.empty()) words += " | ";
    words += std::to_string(finding.range.begin.line) + ":" + std::to_string(finding.range.begin.column) +
             " " + finding.field + ": " + finding.message;
  }
  return words;
}

struct Case {
  const char* schema;
  const char* text;
  const char* verdict;
};

}  // namespace

TEST_CASE("of other files no value is told") {
  const std::string integer = R"({"properties": {"a": {"type": "string"}}})";
  CHECK(Verdict(integer, "a: 87654321\n", false) ==
        "1:4 a: write it in quotes: without them it is an integer");
  const std::string said =
      R"({"properties": {"a": {"pattern": "^vault:", "x-says": "{} is not a reference"}}})";
  CHECK(Verdict(said, "a: hunter22\n", false) == "1:4 a: a string is not a reference");
  CHECK(Verdict(said, "a: hunter22\n") == "1:4 a: \"hunter22\" is not a reference");
}

TEST_CASE("what is wrong very often is weighed as far as it can be told") {
  const std::string schema =
      R"({"items": {"anyOf": [{"type": "object", "additionalProperties": false}, {"type": "string"}]}})";
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "- {a: 1}\n";
  const Result<JsonSchema> parsed = JsonSchema::Parse(schema);
  REQUIRE(parsed);
  CHECK(parsed->Check(manifests::Parse("f.yaml", text, Limits())).size() == 100);
}

TEST_CASE("what a schema refuses is found at its place") {
  const Case cases[] = {
      {R"({"type": "object"})", "[1]\n", "1:1 : got a list, want a mapping"},
      {R"({"properties": {"a": {"type": "integer"}}})", "b: 1\na: x\n",
       "2:4 a: got a string, want an integer"},
      {R"({"properties": {"l": {"items": {"type": "integer"}}}})", "l:\n- 1\n- x\n",
       "3:3 l[1]: got a string, want an integer"},
      {R"({"required": ["a"]})", "b: 1\n", "1:1 : missing key \"a\""},
      {R"({"properties": {"a": {}}, "additionalProperties": false})", "a: 1\nb: 2\n",
       "2:1 : unknown key \"b\""},
      {R"({"properties": {"a": {"enum": ["x"]}}})", "a: w\n", "1:4 a: the value must be one of \"x\""},
      {R"({"properties": {"a": {"const": 1}}})", "a: 2\n",
       "1:4 a: failed to match expected value set by 'const' constraint"},
      {R"({"properties": {"a": {"minimum": 3}}})", "a: 2\n",
       "1:4 a: expected number greater than or equal to 3"},
      {R"({"properties": {"a": {"pattern": "^x"}}})", "a: w\n",
       "1:4 a: the text does not match the pattern ^x"},
      {R"({"patternProperties": {"^x": {"type": "integer"}}})", "xa: a\nw: b\n",
       "1:5 xa: got a string, want an integer"},
      {R"({"patternProperties": {"^x": {}}, "additionalProperties": false})", "xa: a\nw: b\n",
       "2:1 : unknown key \"w\""},
      {R"({"patternProperties": {"^x": {"pattern": "b$"}}})", "xa: a\nxb: b\n",
       "1:5 xa: the text does not match the pattern b$"},
      {R"({"properties": {"x": {"minLength": 2}}, "patternProperties": {"x": {"pattern": "a"}}})", "x: bb\n",
       "1:4 x: the text does not match the pattern a"},
      {R"({"propertyNames": {"pattern": "^[a-z]+$"}})", "A: 1\n", "1:1 : the file does not fit its schema"},
      {R"({"properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "boolean"}]}}})", "a: x\n",
       "1:4 a: fits none of the alternatives (anyOf)"},
      {R"({"properties": {"a": {"oneOf": [{"type": "integer"}, {"minimum": 1}]}}})", "a: 5\n",
       "1:4 a: fits more than one of the alternatives (oneOf)"},
      {R"({"properties": {"a": {"not": {"type": "integer"}}}})", "a: 5\n",
       "1:4 a: this is what the schema forbids (not)"},
      {R"({"$ref": "#/definitions/a", "definitions": {"a": {"type": "object", "properties": {"m": {"$ref": "#/definitions/a"}}}}})",
       "m:\n  m: 5\n", "2:6 m.m: got an integer, want a mapping"},
      {R"({"additionalProperties": {"type": ["boolean", "null"]}})", "a: x\n",
       "1:4 a: got a string, want a boolean or null"},
      {R"({"properties": {"a": {"allOf": [{"type": "integer"}]}}})", "a: x\n",
       "1:4 a: a string may not stand here"},
      {R"({"properties": {"a": {"enum": [{"b": 1}, 2]}}})", "a: w\n",
       "1:4 a: the value is none of those allowed (enum)"},
      {R"({"properties": {"a": {"enum": [1, null, "x"]}}})", "a: w\n",
       "1:4 a: the value must be one of 1, null, \"x\""},
      {R"({"properties": {"replicas": {}}, "additionalProperties": false})", "replica: 1\n",
       "1:1 : unknown key \"replica\", did you mean \"replicas\"?"},
      {R"({"required": ["v"], "properties": {"v": {"enum": [1]}}})", "b: 1\n",
       "1:1 : missing key \"v\": write v: 1"},
      {R"({"properties": {"a": {"type": "string"}}})", "a: 1.30\n",
       "1:4 a: write \"1.30\" in quotes: without them it is a number with a fraction, and 1.30 would read as "
       "1.3"},
      {R"({"properties": {"a": {"type": "string", "pattern": "^x"}}})", "a: 5\n",
       "1:4 a: got an integer, want a string"},
      {R"({"properties": {"a": {"pattern": "^[0-9]+h$", "x-says": "{} is not a time: 3h"}}})", "a: 3 hours\n",
       "1:4 a: \"3 hours\" is not a time: 3h"},
      {R"({"properties": {"a": {"$ref": "#/definitions/s"}}, "definitions": {"s": {"type": "integer", "x-says": "{} is no s"}}})",
       "a: [1]\n", "1:4 a: a list is no s"},
      {R"({"properties": {"l": {"type": "array", "minItems": 1, "x-says": "{} is not a list of names"}}})",
       "l: []\n", "1:4 l: array should contain no fewer than 1 elements"},
      {R"({"patternProperties": {"^[a-z]+$": {}}, "additionalProperties": false, "x-keys": "{} is not a name"})",
       "A: 1\n", "1:1 : \"A\" is not a name"},
      // Of several alternatives, the one for a mapping speaks of a mapping.
      {R"({"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["b"], "properties": {"b": {"enum": [1, 2]}}}]}}})",
       "a: {b: 3}\n", "1:8 a.b: the value must be one of 1, 2"},
      {R"({"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["b"]}]}}})",
       "a: {c: 3}\n", "1:4 a: missing key \"b\""},
      {R"({"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["b"]}], "x-says": "{} is no a"}}})",
       "a: 5\n", "1:4 a: 5 is no a"},
      {R"({"type": "integer"})", "1\n---\nx\n", "3:1 : got a string, want an integer"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.schema, each.text);
    CHECK(Verdict(each.schema, each.text) == each.verdict);
  }
}

TEST_CASE("what a schema takes passes") {
  const Case cases[] = {
      {R"({})", "a: [1, {b: null}]\n", ""},
      {R"({"type": "object"})", "", ""},
      {R"({"properties": {"a": {"type": "integer"}}})", "a: 5\n", ""},
      {R"({"properties": {"a": {"pattern": "^x"}}})", "a: xy\nb: z\n", ""},
      {R"({"properties": {"a": {"pattern": "^x"}}})", "a: 5\n", ""},
      {R"({"patternProperties": {"^x": {"type": "integer"}}})", "xa: 1\nw: b\n", ""},
      {R"j({"properties": {"pattern": {"type": "string"}}})j", "pattern: \"(\"\n", ""},
      {R"({"properties": {"a": {"format": "date-time"}}})", "a: whenever\n", ""},
      {R"({"properties": {"a": {"type": "number"}}})", "a: 1.5\n", ""},
      {R"({"properties": {"a": {"not": {"pattern": "^x"}}}})", "a: w\n", ""},
      {R"({"properties": {"a": {"anyOf": [{"pattern": "^x"}, {"pattern": "^w"}]}}})", "a: wx\n", ""},
      {R"({"if": {"properties": {"a": {"pattern": "^x"}}}, "then": {"required": ["b"]}})", "a: w\n", ""},
      {R"j({"enum": [{"pattern": "("}]})j", "pattern: \"(\"\n", ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.schema, each.text);
    CHECK(Verdict(each.schema, each.text) == each.verdict);
  }
}

TEST_CASE("patterns mean the same in every place of a schema") {
  CHECK_FALSE(Verdict(R"({"properties": {"a": {"not": {"pattern": "^x"}}}})", "a: xy\n").empty());
  CHECK_FALSE(
      Verdict(R"({"properties": {"a": {"anyOf": [{"pattern": "^x"}, {"pattern": "^y"}]}}})", "a: zz\n")
          .empty());
  CHECK_FALSE(
      Verdict(R"({"if": {"properties": {"a": {"pattern": "^x"}}}, "then": {"required": ["b"]}})", "a: x\n")
          .empty());
  CHECK_FALSE(
      Verdict(
          R"({"$ref": "#/definitions/p", "definitions": {"p": {"properties": {"a": {"pattern": "^x"}}}}})",
          "a: w\n")
          .empty());
}

TEST_CASE("a schema that is not usable fails as configuration") {
  for (
      const char* schema :
      {"", "{", "[]", "5", "{\"a\": }", R"({"type": 5})", R"({"properties": []})",
       R"({"$ref": "http://example.org/schema"})", R"({"$ref": "other.json#/a"})", R"({"$ref": "#/nowhere"})",
       R"({"$ref": "#"})", R"({"allOf": [{"$ref": "#"}]})",
       R"({"$ref": "#/definitions/a", "definitions": {"a": {"anyOf": [{"$ref": "#/definitions/b"}]}, "b": {"not": {"$ref": "#/definitions/a"}}}})",
       R"j({"properties": {"a": {"pattern": "("}}})j", R"j({"patternProperties": {"(?=x)": {}}})j"}) {
    CAPTURE(schema);
    const Result<JsonSchema> parsed = JsonSchema::Parse(schema);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().kind == ErrorKind::kConfiguration);
  }
}

TEST_CASE("no schema and no file hangs or crashes the check") {
  const std::string long_text(300'000, 'a');
  CHECK(Verdict(R"({"properties": {"a": {"pattern": "^(a+)+$"}}})", "a: " + long_text + "\n").empty());
  CHECK_FALSE(Verdict(R"({"properties": {"a": {"pattern": "^(a+)+b$"}}})", "a: " + long_text + "\n").empty());
  CHECK(Verdict(R"({"properties": {"a": {"format": "date-time"}}})", "a: " + long_text + "\n").empty());
  // Twice as often with each level: 2^60 visits without a bound.
  std::string nest = "1";
  for (int i = 0; i < 60; ++i) nest = "{\"a\": " + nest + "}";
  CHECK(
      Verdict(
          R"({"anyOf": [{"properties": {"a": {"$ref": "#"}}, "required": ["z"]}, {"properties": {"a": {"$ref": "#"}}, "required": ["z"]}]})",
          nest + "\n") == "1:1 : the schema branches too much to be checked against a file of this size");
  CHECK_FALSE(JsonSchema::Parse(std::string(100'000, '[')));
  std::string deep = "{}";
  for (int i = 0; i < 200; ++i) deep = "{\"not\": " + deep + "}";
  CHECK_FALSE(JsonSchema::Parse(deep));
}

TEST_CASE("a large ordinary schema and file are checked") {
  std::string properties;
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    properties +=
        (i > 0 ? ", \"p" : "\"p") + std::to_string(i) +
        R"(": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"pattern": "^x"}}})";
    text += "p" + std::to_string(i) + ": {a: 1, b: xy}\n";
  }
  const std::string schema =
      R"({"type": "object", "additionalProperties": false, "properties": {)" + properties + "}}";
  CHECK(Verdict(schema, text).empty());
  CHECK(Verdict(schema, text + "q: 1\n") == "1001:1 : unknown key \"q\"");
}

}  // namespace sluice::schemas
