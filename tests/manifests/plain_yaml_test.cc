// What lies in the plain subset, and what is left to the composer. That both
// read alike is held by plain_yaml_differential.cc.
#include "manifests/plain_yaml.h"

#include "manifests/arena.h"
#include "manifests/object.h"
#include "manifests/plain_yaml_source.h"
#include "tests/catch.h"

namespace sluice::manifests {
namespace {

struct Taken {
  bool plain = false;
  std::string json;
  std::size_t findings = 0;
};

Taken Take(std::string_view text) {
  const Limits limits;
  ParsedFile file;
  file.path = "file.yaml";
  file.bytes = std::make_shared<const std::string>(text);
  file.arena = std::make_shared<Arena>(4 * text.size());
  Taken taken;
  taken.plain = ReadPlainYaml(ScanBytes(text, limits.push_objects), limits, file);
  for (const Document& document : file.documents) CanonicalJson(*document.root, taken.json);
  taken.findings = file.findings.size();
  return taken;
}

TEST_CASE("the plain subset is read as it stands") {
  const struct {
    std::string_view text, json;
  } cases[] = {
      {"", ""},
      {"# only\n", ""},
      {"a: 1\nb: x y\nc: yes\nd: ~\ne:\n", R"({"a":1,"b":"x y","c":true,"d":null,"e":null})"},
      {"a:\n- 1\n-\n- - x\n  - w: 2\n    z: 3\n", R"({"a":[1,null,["x",{"w":2,"z":3}]]})"},
      {"a:\n  - b: |\n      one\n        two\n\n    c: >-\n      x\n      y\n\n      z\n",
       R"({"a":[{"b":"one\n  two\n","c":"x y\nz"}]})"},
      {"a: 'it''s'\nb: \"x\\n\\\"y\\\\\"\n'c': \"\"\n", R"({"a":"it's","b":"x\n\"y\\","c":""})"},
      {"a: {b: [1, x y, 'z'], c: {}}\nd: []\n", R"({"a":{"b":[1,"x y","z"],"c":{}},"d":[]})"},
      {"---\na: 1\n--- # two\nb: http://x:80/#y # z\n", R"({"a":1}{"b":"http://x:80/#y"})"},
      {"1: a\nyes: b\n", R"({"1":"a","true":"b"})"},
      {"a: |\n  x\nb: 1\n", R"({"a":"x\n","b":1})"},
      {"a: x\n  - y\n\n\n  z # end\nb:\n  c\n  d\n", R"({"a":"x - y\n\nz","b":"c d"})"},
      {"a: 'x \n\n  y''\n z'\nb: \"x\\t\n \t y\\n\n\n z\"\n", R"({"a":"x\ny' z","b":"x\t y\n\nz"})"},
      {"a: >\n  x\n   y\n  z\n  w\n", R"({"a":"x\n y\nz w\n"})"},
      {"a: \"\\u00e9\\u003c\"\nb: [-n, --x, a]\n", "{\"a\":\"\xC3\xA9<\",\"b\":[\"-n\",\"--x\",\"a\"]}"},
      {"---\n---\na: 1\n---\n", R"(null{"a":1}null)"},
  };
  for (const auto& [text, json] : cases) {
    CAPTURE(text);
    const Taken taken = Take(text);
    CHECK(taken.plain);
    CHECK(taken.json == json);
  }
}

TEST_CASE("what is not of the subset, or wrong, is left to the composer") {
  const std::string_view texts[] = {
      "a: &x 1\n",
      "a: *x\n",
      "a: !!str 1\n",
      "<<: {a: 1}\n",
      "? a\n: b\n",
      "a:\tb\n",
      "\ta: b\n",
      "a: b\t\n",
      "a: b\r\n",
      "a: b\n...\n",
      "%YAML 1.1\n",
      "text\n",
      "[a]\n: b\n",
      "a: \"\\x41\"\n",
      "a: \"\\u12\"\n",
      "a: \"\\ud800\"\n",
      "a: 'x\n---\n y'\n",
      "'a\n b': c\n",
      "a: ['x\n y']\n",
      "a: x\n  y: z\n",
      "a: x\n  :y\n",
      "a: x\n\ty\n",
      "a: \"x\\\n y\"\n",
      "a: [- x]\n",
      "'x'\n",
      "---\n'x'\n",
      "a: \"\\/\"\n",
      "a: |2\n   x\n",
      "a: |+\n  x\n",
      "a: |\n  x",
      "a: |\n\n",
      "a: |\nb: 1\n",
      "a: | # c\n  x\n",
      "a: |\n \tx\n",
      "a: {\n  b: 1}\n",
      "a: [x, ]\n",
      "a: [x: 1]\n",
      "a: [x?]\n",
      "a: {b}\n",
      "a: {b: }\n",
      "a: [b] c\n",
      "a: b: c\n",
      "a: - b\n",
      "a: 1\n b: 2\n",
      "  a: 1\n b: 2\n",
      "- a\nb: 1\n",
      "a: 1\n- b\n",
      "a:\n  - b\n - c\n",
      "a: 1\na: 2\n",
      "a: .inf\n",
      "[a]: b\n",
      "~: a\n",
      "a: @b\n",
      "a: `b\n",
      "a: 'b\n",
      "a: '''\n",
      "a: \"b\n",
      "a: \"b\\\"\n",
      "\"a\" : b\n",
      "a: ]\n",
      "a: }\n",
      "a: \"b\"c\n",
      "- |\nx\n",
      "a: [\"x\"y]\n",
      "a: {\"b\":c}\n",
      "- a: 1\n b: 2\n",
  };
  for (const std::string_view text : texts) {
    CAPTURE(text);
    const Taken taken = Take(text);
    CHECK_FALSE(taken.plain);
    CHECK(taken.json.empty());
    CHECK(taken.findings == 0);
  }
}

TEST_CASE("a key that libyaml would not look for is left to the composer") {
  const std::string longest(PlainYamlSource::kLongestKey, 'k');
  CHECK(Take(longest + ": 1\n").plain);
  CHECK_FALSE(Take(longest + "k: 1\n").plain);
}

TEST_CASE("collections nested past the limit are left to the composer") {
  std::string text = "a: ";
  for (int i = 0; i < 200000; ++i) text += '[';
  CHECK_FALSE(Take(text).plain);
  std::string dashes;
  for (int i = 0; i < 200000; ++i) dashes += "- ";
  CHECK_FALSE(Take(dashes + "x\n").plain);
}

}  // namespace
}  // namespace sluice::manifests
