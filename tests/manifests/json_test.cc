// JSON files, as kubectl reads what begins with a brace.
#include "manifests/json.h"

#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

TEST_CASE("JSON is read by value") {
  const struct {
    std::string text;
    std::string_view reading;
  } cases[] = {
      {"{}", "{}"},
      {" \n\t{ } \r\n", "{}"},
      {R"({"a":[1,-2,{"b":null}],"c":true,"d":false})", R"({"a":[1,-2,{"b":null}],"c":true,"d":false})"},
      {R"({"a":"\"\\\/\b\f\n\r\t\u0041\u00e9"})", "{\"a\":\"\\\"\\\\/\\b\\f\\n\\r\\tA\xc3\xa9\"}"},
      {R"({"a":"\ud83d\ude00"})", "{\"a\":\"\xf0\x9f\x98\x80\"}"},
      {R"({"a":"\u2028\u0000"})", R"({"a":"\u2028\u0000"})"},
      {R"({"a":[0,-0,1.0,1e3,1E+2,0.5,-0.0,1e-7]})", R"({"a":[0,0,1,1000,100,0.5,0,1e-7]})"},
      {R"({"a":[9223372036854775807,18446744073709551615,18446744073709551616]})",
       R"({"a":[9223372036854775807,18446744073709551615,18446744073709552000]})"},
      {R"({"yes":"no","1":2})", R"({"1":2,"yes":"no"})"},
      {"{\"a\":1}\n{\"b\":2}", R"({"a":1} {"b":2})"},
      {"{}{}[1] 2 \"x\" null true", R"({} {} [1] 2 "x" true)"},
      {R"({"a\u0062":1})", R"({"ab":1})"},
      {R"({"":1})", R"({"":1})"},
  };
  for (const auto& [text, reading] : cases) {
    CAPTURE(text);
    CHECK(Reading(text) == reading);
  }
}

TEST_CASE("what is not JSON is refused, whatever YAML would make of it") {
  for (const char* text : {"{",
                           "{\"a\"",
                           "{\"a\":",
                           "{\"a\":1",
                           "{\"a\":1,",
                           "{\"a\":1,}",
                           "{\"a\":[1,]}",
                           "{\"a\":[,1]}",
                           "{\"a\":[1 2]}",
                           "{a: 1}",
                           "{'a': 1}",
                           "{\"a\": 'x'}",
                           "{\"a\": yes}",
                           "{\"a\": True}",
                           "{\"a\": nul}",
                           "{\"a\": }",
                           "{\"a\" 1}",
                           "{\"a\":1}}",
                           "{\"a\":1]",
                           "{\"a\":1}\n---\n{\"b\":2}",
                           "{\"a\":1} # c",
                           "{} x",
                           "{\"a\":01}",
                           "{\"a\":-}",
                           "{\"a\":+1}",
                           "{\"a\":.5}",
                           "{\"a\":1.}",
                           "{\"a\":1e}",
                           "{\"a\":1e+}",
                           "{\"a\":0x1}",
                           "{\"a\":1_0}",
                           "{\"a\":1e400}",
                           "{\"a\":NaN}",
                           "{\"a\":Infinity}",
                           "{\"a\":\"\\q\"}",
                           "{\"a\":\"\\u12\"}",
                           "{\"a\":\"\\u12g4\"}",
                           "{\"a\":\"\\ud83d\"}",
                           "{\"a\":\"\\ude00\"}",
                           "{\"a\":\"\\ud83d\\u0041\"}",
                           "{\"a\":\"\\ud83dx\"}",
                           "{\"a\":\"\\ud83d\\n\"}",
                           "{\"a\":\"x\ny\"}",
                           "{\"a\":\"\t\"}",
                           "{\"a\":\"x",
                           "{\"a\":\"\\",
                           "{\"a\":\"\\u",
                           "{1:2}",
                           "{null:1}",
                           "{{ .Values.x }}",
                           "{,}",
                           "{:1}",
                           "{\"a\":1,,\"b\":2}",
                           "{\"a\"::1}",
                           "{}--1",
                           "{\"a\":\xc2\xa0"
                           "1}"}) {
    CAPTURE(text);
    CHECK(Reading(text) == "refused: yaml/json");
  }
}

TEST_CASE("JSON nodes know their places in code points") {
  const ParsedFile file = ParseText("{\"\xc3\xa9\": [1,\n  {\"b\": \"\xf0\x9f\x98\x80\"}]}");
  REQUIRE(file.Readable());
  const Node& root = *file.documents[0].root;
  CHECK(root.range == Range{{1, 1}, {2, 15}});
  CHECK(root.style == NodeStyle::kFlow);
  const Node& list = root.children[0];
  CHECK(list.key_range == Range{{1, 2}, {1, 5}});
  CHECK(list.range == Range{{1, 7}, {2, 14}});
  CHECK(list.children[0].range == Range{{1, 8}, {1, 9}});
  const Node& text = list.children[1].children[0];
  CHECK(text.key_range == Range{{2, 4}, {2, 7}});
  CHECK(text.range == Range{{2, 9}, {2, 12}});
  CHECK(text.style == NodeStyle::kDoubleQuoted);
}

TEST_CASE("a refusal of JSON names its place") {
  CHECK(Places(ParseText("{\"a\": 1,\n \"b\": x}").findings) == "yaml/json 2:7-2:8");
  CHECK(Places(ParseText("{\"\xc3\xa9\": x}").findings) == "yaml/json 1:7-1:8");
  CHECK(Places(ParseText("{\"a\": 1, \"a\": 2}").findings) == "yaml/duplicate-key 1:10-1:13");
}

TEST_CASE("a separator of YAML between values of JSON is called what it is") {
  const ParsedFile file = Parse("a.json", "{\"a\":1}\n---\n{\"b\":2}\n", Limits{});
  REQUIRE(file.findings.size() == 1);
  CHECK(file.findings[0].message.starts_with("JSON has no \"---\""));
  CHECK(file.findings[0].range.begin.line == 2);
}

}  // namespace
}  // namespace sluice::manifests
