// Keys, merge keys, anchors and aliases.
#include <string>
#include <vector>

#include "manifests/members.h"
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

struct Case {
  std::string text;
  std::string reading;
};

void Check(std::initializer_list<Case> cases) {
  for (const auto& [text, reading] : cases) {
    CAPTURE(text);
    CHECK(Reading(text) == reading);
  }
}

TEST_CASE("keys become strings as sigs.k8s.io/yaml makes them") {
  Check({{"1: a\n", R"({"1":"a"})"},
         {"0x10: a\n", R"({"16":"a"})"},
         {"y: a\n", R"({"true":"a"})"},
         {"off: a\n", R"({"false":"a"})"},
         {"1.0: a\n", R"({"1":"a"})"},
         {"1.20: a\n", R"({"1.2":"a"})"},
         {"1e6: a\n", R"({"1e+06":"a"})"},
         {"1000000: a\n", R"({"1000000":"a"})"},
         {"-0.0: a\n", R"({"-0":"a"})"},
         {"'1': a\n", R"({"1":"a"})"},
         {"2001-01-01: a\n", R"({"2001-01-01":"a"})"},
         {"\"\": a\n", R"({"":"a"})"},
         {"? a\n: b\n", R"({"a":"b"})"},
         {"!!str 1: a\n", R"({"1":"a"})"},
         {"!!binary aGk=: a\n", R"({"hi":"a"})"},
         {"a: &k x\n*k : z\n", R"({"a":"x","x":"z"})"},
         {"a: &k 1.0\n*k : z\n", R"({"1":"z","a":1})"}});
}

TEST_CASE("keys that have no name in JSON are refused") {
  for (const char* text :
       {"null: a\n", "~: a\n", "? \n: a\n", "? [a]\n: b\n", "? {a: 1}\n: b\n", "[a]: b\n", "---\n{a: 1}: b\n",
        "---\n{{ x }}: z\n", "a: {{ x }}\n", "18446744073709551615: a\n", "a: &m {b: 1}\n*m : c\n",
        "!!null \"\": a\n", "? - a\n: b\n"}) {
    CAPTURE(text);
    CHECK(Reading(text) == "refused: yaml/key");
  }
}

TEST_CASE("a key that stands twice is refused, also where it does only as a string") {
  for (const char* text : {"a: 1\na: 2\n", "[{a: 1, a: 2}]\n", "a: 1\n\"a\": 2\n", "1: a\n'1': b\n",
                           "1: a\n1.0: b\n", "1: a\n0x1: b\n", "true: a\n'true': b\n", "y: a\nyes: b\n",
                           "x: {b: {c: 1, c: 2}}\n", "- a: 1\n  a: 1\n", "a:\na:\n", "{\"a\":1,\"a\":2}",
                           "{\"a\":1,\"\\u0061\":2}", "a: &x k\nk: 1\n*x : 2\n", "\"\\x61\": 1\na: 2\n"}) {
    CAPTURE(text);
    CHECK(Reading(text) == "refused: yaml/duplicate-key");
  }
  CHECK(Reading("a: 1\nA: 2\n") == R"({"A":2,"a":1})");
}

TEST_CASE("every double key is shown, at its second place, up to twenty") {
  CHECK(Places(ParseText("a: 1\nb: {c: 1, c: 2}\na: 2\na: 3\n").findings) ==
        "yaml/duplicate-key 2:11-2:12, yaml/duplicate-key 3:1-3:2, yaml/duplicate-key 4:1-4:2");
  std::string many = "k: 0\n";
  for (int i = 0; i < 100; ++i) many += "k: 1\n";
  CHECK(ParseText(many).findings.size() == 20);
  std::string deep;
  for (int i = 0; i < 50; ++i) deep += "- {k: 1, k: 2}\n";
  CHECK(ParseText(deep).findings.size() == 20);
}

TEST_CASE("double keys are found in large mappings, with their first place") {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "key" + std::to_string(i) + ": 1\n";
  CHECK(ParseText(text).Readable());
  const ParsedFile file = ParseText(text + "key7: 2\nkey3: 2\nkey150: 2\nkey9: 2\nkey1: 2\n");
  REQUIRE(file.findings.size() == 5);
  for (std::uint32_t i = 0; i < 5; ++i) CHECK(file.findings[i].range.begin == Position{201 + i, 1});
  REQUIRE(file.findings[0].message == "duplicate key \"key7\", first on line 8");
}

TEST_CASE("keys with one hash are still two keys") {
  // These collide under 32-bit FNV-1a.
  REQUIRE(HashKey("costarring") == HashKey("liquid"));
  CHECK(Reading("costarring: 1\nliquid: 2\n") == R"({"costarring":1,"liquid":2})");
  const ParsedFile file = ParseText("costarring: 1\nliquid: 2\n");
  CHECK(file.documents[0].root->Find("liquid")->value.integer == 2);
  CHECK(file.documents[0].root->Find("altarage") == nullptr);
}

// Comparing each with each would take minutes.
TEST_CASE("keys that were made to collide are still compared in good time") {
  std::vector<std::string> keys(300'000);
  std::vector<Node> members(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    keys[i] = std::to_string(i);
    members[i].key = keys[i];
    members[i].key_hash = 7;
  }
  ParsedFile file;
  Problems problems(file);
  CHECK(SettleMembers(members, 0, {}, problems));
  CHECK(file.findings.empty());
  members.back().key = "5";
  CHECK(SettleMembers(members, 0, {}, problems));
  CHECK(file.findings.size() == 1);
}

TEST_CASE("aliases stand for what was anchored last under their name") {
  Check({{"a: &x 1\nb: *x\n", R"({"a":1,"b":1})"},
         {"a: &x {k: v}\nb: *x\n", R"({"a":{"k":"v"},"b":{"k":"v"}})"},
         {"a: &x\nb: *x\n", R"({"a":null,"b":null})"},
         {"a: &x 1\nb: *x\nc: &x 2\nd: *x\n", R"({"a":1,"b":1,"c":2,"d":2})"},
         {"a: &x [&x 1, *x]\nb: *x\n", R"({"a":[1,1],"b":1})"},
         {"&k a: 1\nb: *k\n", R"({"a":1,"b":"a"})"},
         {"a: &x 1.0\nb: *x\n", R"({"a":1,"b":1})"}});
  for (const char* text : {"a: *x\n", "a: &x 1\n---\nb: *x\n", "a: &x\n  b: *x\n", "&a [*a]\n",
                           "a: *x\nb: &x 1\n", "a: &x {b: &y {c: *x}}\n", "&x {*x : 1}\n"}) {
    CAPTURE(text);
    CHECK(Reading(text) == "refused: yaml/alias");
  }
}

TEST_CASE("a node that came through an alias or merge key says so and keeps its place") {
  const ParsedFile file = ParseText("a: &x {k: 1}\nb: *x\nc: {<<: *x}\n");
  REQUIRE(file.Readable());
  const Node& root = *file.documents[0].root;
  CHECK_FALSE(root.Find("a")->aliased);
  CHECK(root.Find("b")->aliased);
  CHECK(root.Find("b")->range == root.Find("a")->range);
  CHECK(root.Find("b")->key_range == Range{{2, 1}, {2, 2}});
  CHECK_FALSE(root.Find("c")->aliased);
  CHECK(root.Find("c")->Find("k")->aliased);
  CHECK(root.Find("c")->Find("k")->key_range == Range{{1, 8}, {1, 9}});
  CHECK(file.aliases);
}

TEST_CASE("merge keys give members to their mapping") {
  Check(
      {{"b: &b {x: 1, z: 2}\na:\n  <<: *b\n  z: 3\n", R"({"a":{"x":1,"z":3},"b":{"x":1,"z":2}})"},
       {"b: &b {x: 1}\nd: &d {z: 1}\na:\n  <<: [*b, *d]\n", R"({"a":{"x":1,"z":1},"b":{"x":1},"d":{"z":1}})"},
       {"b: &b {x: 1}\nd: &d {x: 2}\na:\n  <<: [*b, *d]\n", R"({"a":{"x":1},"b":{"x":1},"d":{"x":2}})"},
       {"b: &b {x: 1}\nd: &d {z: 1}\na:\n  <<: *b\n  <<: *d\n",
        R"({"a":{"x":1,"z":1},"b":{"x":1},"d":{"z":1}})"},
       {"a: {<<: {x: 1}, z: 2}\n", R"({"a":{"x":1,"z":2}})"},
       {"a: {<<: [{x: 1}, {x: 2}]}\n", R"({"a":{"x":1}})"},
       {"a: {<<: []}\n", R"({"a":{}})"},
       {"b: &b {x: 1}\nc: &c {<<: *b, z: 2}\na: {<<: *c}\n",
        R"({"a":{"x":1,"z":2},"b":{"x":1},"c":{"x":1,"z":2}})"},
       {"b: &b {x: 1}\na:\n  \"<<\": *b\n", R"({"a":{"<<":{"x":1}},"b":{"x":1}})"},
       {"a: <<\n", R"({"a":"<<"})"},
       {"!!str <<: 1\n", R"({"<<":1})"}});
}

TEST_CASE("merge keys that readers resolve differently are refused") {
  for (const char* text :
       {"b: &b {x: 1}\na:\n  x: 9\n  <<: *b\n", "b: &b {x: 1}\nd: &d {x: 2}\na:\n  <<: *b\n  <<: *d\n",
        "a:\n  <<: x\n", "a:\n  <<:\n", "a:\n  <<: [x]\n", "b: &b [{x: 1}]\na:\n  <<: *b\n",
        "a:\n  <<: [[{x: 1}]]\n", "b: &b x\na:\n  <<: *b\n", "b: &b x\na:\n  <<: [*b]\n",
        "a: {&k <<: {x: 1}}\n", "b: &b {x: 1}\na: {<<: {x: 2}, <<: *b}\n"}) {
    CAPTURE(text);
    CHECK(Reading(text) == "refused: yaml/merge");
  }
  CHECK(Reading("b: &b {x: 1}\na: {<<: *b, x: 2, x: 3}\n") == "refused: yaml/duplicate-key");
}

}  // namespace
}  // namespace sluice::manifests
