// Documents, styles and what is not YAML; the must-fail table is the longer one.
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

TEST_CASE("YAML is read as Kubernetes reads it") {
  const struct {
    std::string text;
    std::string_view reading;
  } cases[] = {
      {"", ""},
      {"\n\n", ""},
      {"# only\n", ""},
      {"---\n---\na: 1\n---\n", R"({"a":1})"},
      {"a: 1\n---\nnull\n---\nb: 2\n", R"({"a":1} {"b":2})"},
      {"a: 1\n...\n", R"({"a":1})"},
      {"a: 1\n...\n---\nb: 2\n", R"({"a":1} {"b":2})"},
      {"a: 1\n... # end\n", R"({"a":1})"},
      {"text\n", R"("text")"},
      {"- a\n- - b\n  - c\n", R"(["a",["b","c"]])"},
      {"a:\n- x\n- z\nb: 1\n", R"({"a":["x","z"],"b":1})"},
      {"   a: 1\n   b: 2\n", R"({"a":1,"b":2})"},
      {"a: {b: [1, {c: d}], }\n", R"({"a":{"b":[1,{"c":"d"}]}})"},
      {"a: {\nx: 1\n}\n", R"({"a":{"x":1}})"},
      {"a: [1, # c\n2]\n", R"({"a":[1,2]})"},
      {"[a: 1]\n", R"([{"a":1}])"},
      {"[{\"a\":1,\"b\":[1,2]}]\n", R"([{"a":1,"b":[1,2]}])"},
      {"a: x # c\nb: x#y\n", R"({"a":"x","b":"x#y"})"},
      {"a: x\n  z\n\n  w\n", R"({"a":"x z\nw"})"},
      {"a: |\n  l1\n   l2\n\n  l3\nb: 1\n", R"({"a":"l1\n l2\n\nl3\n","b":1})"},
      {"a: >\n  f1\n  f2\n\n  p2\n    more\n  end\n", R"({"a":"f1 f2\np2\n  more\nend\n"})"},
      {"a: |2-\n    x\n", R"({"a":"  x"})"},
      {"a: |+\n  x\n\n\nb: 1\n", R"({"a":"x\n\n\n","b":1})"},
      {"a: |-\n  x", R"({"a":"x"})"},
      {"a: \"x\n  z\n\n  w \\\n  v\"\n", R"({"a":"x z\nw v"})"},
      {"a: 'it''s\n  b'\n", R"({"a":"it's b"})"},
      {"a: \"\\x41\\u0041\\U0001F600\\n\\t\\e\\_\\0\"\n",
       "{\"a\":\"AA\xf0\x9f\x98\x80\\n\\t\\u001b\xc2\xa0\\u0000\"}"},
      {"a: \"b/c\\\\/d\"\n", R"({"a":"b/c\\/d"})"},
      {"a: b%\nc: =\nd: x, y\ne: x[0]\n", R"({"a":"b%","c":"=","d":"x, y","e":"x[0]"})"},
      {"u: http://x:80/y?z\n", R"({"u":"http://x:80/y?z"})"},
      {"u: [\"x?\"]\n", R"({"u":["x?"]})"},
      {"[?b]\n", R"([{"b":null}])"},
      {"u: [x]\nv: a?b\n", R"({"u":["x"],"v":"a?b"})"},
      {"a:\tb\nc: 1\t# c\n", R"({"a":"b","c":1})"},
      {"\xf0\x9f\x98\x80: b\n", "{\"\xf0\x9f\x98\x80\":\"b\"}"},
      {"\xef\xbb\xbf"
       "a: 1\n",
       R"({"a":1})"},
      {"a: 1\r\nb: |\r\n  x\r\n", R"({"a":1,"b":"x\n"})"},
      {"# warning! text\na: x!\n", R"({"a":"x!"})"},
  };
  for (const auto& [text, reading] : cases) {
    CAPTURE(text);
    CHECK(Reading(text) == reading);
  }
}

TEST_CASE("what Kubernetes does not take as YAML is refused") {
  for (const char* text : {",\n",
                           "a: 'x\n",
                           "a: \"x\n",
                           "- a\nb: 1\n",
                           "a: 1\n b: 2\n",
                           "a:\n    b: 1\n  c: 2\n",
                           "[a,,b]\n",
                           "[a\n",
                           "[{a: 1\n",
                           "a: {x\n",
                           "]\n",
                           "}\n",
                           "[a}\n",
                           "[{a]]\n",
                           ": v\n",
                           "a: b: c\n",
                           "a: - b\n",
                           "a: -\n",
                           "a: ?\n",
                           "a: :\n",
                           "a: *\n",
                           "a: &\n",
                           "a: @foo\n",
                           "a: `foo`\n",
                           "a: %foo\n",
                           "a: |x\n",
                           "a: \"\\q\"\n",
                           "a: \"\\ud83d\\ude00\"\n",
                           "a: \"\\ud800\"\n",
                           "a: \"\\U00110000\"\n",
                           "a: \"\\x4\"\n",
                           "a:\n\tb: 1\n",
                           "\ta: 1\n",
                           "a: 1\n\t\nb: 2\n",
                           "-\ta\n",
                           "a: \"x\" y\n",
                           "\"a\n b\": 1\n",
                           "a: x\n  # c\n  y\n",
                           "a: |\n    \n  x\n",
                           "a: 1\nb\n",
                           "a: 1\nb\nc: 2\n",
                           "a: [1.2.3.4, 001:db8::]\n",
                           "!<tag:x y\n",
                           "a: 1\n*x y\n",
                           "- &a &b c\n",
                           "a: >5x\n",
                           "a: |0\n x\n",
                           "a: {b: c}d: e\n",
                           "a: \"b\" : c\n",
                           "- - a\n - b\n",
                           "%FOO bar\n---\na: 1\n",
                           "a: [\n---\n]\n",
                           "a: \"\n---\n\"\n"}) {
    CAPTURE(text);
    CHECK(Reading(text) == "refused: yaml/syntax");
  }
}

TEST_CASE("documents that tools cut differently are refused") {
  for (const char* text : {"%YAML 1.1\n---\na: 1\n", "%YAML 1.2\n---\na: 1\n",
                           "%TAG ! tag:x,2000:\n---\na: 1\n", "a: 1\n...\nb: 2\n", "a: 1\n... x\n",
                           "[a]\nb\n", "\"a\"\n\"b\"\n", "a: 1\n---\n...\n", "{}\n{}\n---\n"}) {
    CAPTURE(text);
    const std::string reading = Reading(text);
    CHECK((reading == "refused: yaml/ambiguous-document" || reading == "refused: yaml/json"));
  }
}

TEST_CASE("spellings that one reader of YAML knows and another does not are refused") {
  for (const char* text :
       {"[a?, ?b]\n", "[{a?b: 1}]\n", "[http://x/?a=b]\n", "a: \"\\/\"\n", "a: \"b\\\\\\/c\"\n",
        "- \"x\n  \\/\"\n", "a: |\n  x", "a: >\n  x\n   ", "a: |+\n  x\n\n "}) {
    CAPTURE(text);
    CHECK(Reading(text) == "refused: yaml/ambiguous-value");
  }
}

TEST_CASE("a file that was refused has no documents and no other findings") {
  const ParsedFile file = ParseText("a: 1\n---\nb: [\xe2\x80\xae\n");
  CHECK(file.documents.empty());
  CHECK_FALSE(file.Readable());
  CHECK(file.findings.size() == 1);
}

TEST_CASE("a refusal never shows the text that it speaks of") {
  for (const char* text :
       {"password: \"hunter2\n", "password: hunter2\n bad: 1\n", "password: !vault hunter2\n",
        "password: *hunter2\n", "password: &hunter2 [*hunter2]\n", "password: hunter2\x01\n",
        "{\"password\": hunter2}"}) {
    CAPTURE(text);
    for (const Finding& finding : ParseText(text).findings) {
      CHECK(finding.message.find("hunter") == std::string::npos);
      CHECK(finding.source_line.empty());
    }
  }
}

TEST_CASE("messages of syntax say what was expected in which part") {
  const auto message = [](const char* text) { return ParseText(text).findings.at(0).message; };
  CHECK(message("a:\n\tb: 1\n") == "a tab cannot indent a line of YAML, only spaces can");
  CHECK(message("a:\n    b: 1\n  c: 2\n") == "did not find expected key while parsing a block mapping");
}

}  // namespace
}  // namespace sluice::manifests
