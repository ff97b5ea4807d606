// An edit changes what it names and nothing else, and never an older root.
#include "manifests/render/edit.h"

#include "manifests/object.h"
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests::render {
namespace {

constexpr Range kPlace{{9, 1}, {9, 5}};

std::string Json(const Node& node) {
  std::string json;
  CanonicalJson(node, json);
  return json;
}

Step Key(std::string_view key) { return {key}; }
Step Each() { return {.key = {}, .each = true}; }
Step At(std::int64_t index) { return {.key = {}, .index = index}; }

TEST_CASE("edits reach what they name") {
  const struct {
    std::string text;
    std::vector<Step> way;
    bool make;
    const char* after;  // each place at the end of the way becomes "new"
  } cases[] = {
      {"a: 1\n", {Key("a")}, false, R"({"a":"new"})"},
      {"a: {b: 1, c: 2}\nd: 3\n", {Key("a"), Key("b")}, false, R"({"a":{"b":"new","c":2},"d":3})"},
      {"a: [{b: 1}, {b: 2}]\n", {Key("a"), Each(), Key("b")}, false, R"({"a":[{"b":"new"},{"b":"new"}]})"},
      {"a: [{b: 1}, {c: 2}]\n", {Key("a"), Each(), Key("b")}, false, R"({"a":[{"b":"new"},{"c":2}]})"},
      {"a: [1, 2]\n", {Key("a"), At(1)}, false, R"({"a":[1,"new"]})"},
      {"a: null\n", {Key("a")}, false, R"({"a":"new"})"},
      {"{}\n", {}, false, R"("new")"},
      {"a: {}\n", {Key("a"), Key("b")}, true, R"({"a":{"b":"new"}})"},
      {"{}\n", {Key("a"), Key("b"), Key("c")}, true, R"({"a":{"b":{"c":"new"}}})"},
      {"a: null\n", {Key("a"), Key("b")}, true, R"({"a":{"b":"new"}})"},
      {"a: [{}]\n", {Key("a"), Each(), Key("b")}, true, R"({"a":[{"b":"new"}]})"},
      // Nowhere to go: nothing changes.
      {"a: 1\n", {Key("b")}, false, nullptr},
      {"a: 1\n", {Key("a"), Key("b")}, false, nullptr},
      {"a: 1\n", {Key("a"), Key("b")}, true, nullptr},
      {"a: null\n", {Key("a"), Key("b")}, false, nullptr},
      {"a: null\n", {Key("a"), Each()}, true, nullptr},
      {"a: {b: 1}\n", {Key("a"), Each()}, false, nullptr},
      {"a: {b: 1}\n", {Key("a"), At(0)}, false, nullptr},
      {"a: [1]\n", {Key("a"), At(1)}, false, nullptr},
      {"a: [1]\n", {Key("a"), Key("b")}, true, nullptr},
      {"a: []\n", {Key("a"), Each()}, false, nullptr},
      {"[]\n", {Key("a")}, true, nullptr},
      {"text\n", {Key("a")}, true, nullptr},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    const ParsedFile file = ParseText(each.text);
    const Node& root = *file.documents.at(0).root;
    const std::string before = Json(root);
    Arena arena(0);
    const Node after =
        EditAt(arena, root, each.way, [&](const Node&) { return TextNode(arena, "new", kPlace); },
               {.make = each.make, .made_at = kPlace});
    CHECK(Json(after) == (each.after == nullptr ? before : each.after));
    CHECK(Json(root) == before);
  }
}

TEST_CASE("an edit that leaves everything gives the root itself") {
  const ParsedFile file = ParseText("a: [{b: 1}]\n");
  const Node& root = *file.documents.at(0).root;
  Arena arena(0);
  const Step way[] = {Key("a"), Each(), Key("b")};
  const Node after = EditAt(arena, root, way, [](const Node&) { return std::nullopt; });
  CHECK(after.children.data() == root.children.data());
}

TEST_CASE("what an edit does not touch is shared, and keeps its place") {
  const ParsedFile file = ParseText("a: {b: 1}\nc: {d: 2}\n");
  const Node& root = *file.documents.at(0).root;
  Arena arena(0);
  const Step way[] = {Key("a"), Key("b")};
  const Node after = EditAt(arena, root, way, [&](const Node&) { return IntegerNode(arena, 7, kPlace); });
  CHECK(Json(after) == R"({"a":{"b":7},"c":{"d":2}})");
  CHECK(after.Find("c")->children.data() == root.Find("c")->children.data());
  CHECK(after.Find("a")->range == root.Find("a")->range);
  CHECK(after.Find("a")->Find("b")->range == kPlace);
  CHECK(after.Find("a")->Find("b")->key_range == root.Find("a")->Find("b")->key_range);
}

TEST_CASE("what an edit makes stands at the place it was told") {
  const ParsedFile file = ParseText("{}\n");
  Arena arena(0);
  const Step way[] = {Key("a"), Key("b")};
  const Node after =
      EditAt(arena, *file.documents.at(0).root, way, [&](const Node&) { return BoolNode(true, {}); },
             {.make = true, .made_at = kPlace});
  CHECK(Json(after) == R"({"a":{"b":true}})");
  CHECK(after.Find("a")->key_range == kPlace);
  CHECK(after.Find("a")->range == kPlace);
  CHECK(after.Find("a")->Find("b")->key_range == kPlace);
}

TEST_CASE("members are replaced where they stand, added behind, and taken away") {
  const ParsedFile file = ParseText("a: 1\nb: 2\n");
  const Node& root = *file.documents.at(0).root;
  Arena arena(0);
  const auto member = [&](const char* key) {
    return AsMember(arena, TextNode(arena, "x", kPlace), key, kPlace);
  };
  const Node replaced = WithMember(arena, root, member("a"));
  CHECK(replaced.children[0].key == "a");
  CHECK(Json(replaced) == R"({"a":"x","b":2})");
  const Node added = WithMember(arena, root, member("c"));
  CHECK(added.children[2].key == "c");
  CHECK(added.Find("c") != nullptr);
  CHECK(Json(WithoutMember(arena, root, "a")) == R"({"b":2})");
  CHECK(WithoutMember(arena, root, "c").children.data() == root.children.data());
}

TEST_CASE("texts are copied, elements carry no keys") {
  Arena arena(0);
  std::string text = "abc";
  const Node node = TextNode(arena, text, kPlace);
  text = "xyz";
  CHECK(node.text == "abc");
  const Node member = AsMember(arena, node, "k", kPlace);
  const Node list = SequenceNode(arena, std::span(&member, 1), kPlace);
  CHECK(list.children[0].key.empty());
  CHECK(list.children[0].key_range == Range{});
  CHECK(Json(MappingNode(arena, std::span(&member, 1), kPlace)) == R"({"k":"abc"})");
}

TEST_CASE("values are the same whatever their order and place") {
  const struct {
    const char* a;
    const char* b;
    bool same;
  } cases[] = {
      {"a: 1\nb: [x]\n", "b:\n- x\na: 1\n", true},
      {"a: 'x'", "a: x", true},
      {"{}", "{}", true},
      {"a: null", "a: ~", true},
      {"a: 1.5", "a: 1.50", true},
      {"a: 1", "a: '1'", false},
      {"a: 1", "a: 2", false},
      {"a: 1", "a: 1.5", false},
      {"a: 1.25", "a: 1.5", false},
      {"a: true", "a: false", false},
      {"a: -1", "a: 18446744073709551615", false},
      {"a: x", "a: y", false},
      {"a: 1", "b: 1", false},
      {"a: 1", "a: 1\nb: 2", false},
      {"a: [1, 2]", "a: [2, 1]", false},
      {"a: [1]", "a: [1, 2]", false},
      {"a: []", "a: {}", false},
      {"a: null", "{}", false},
      {"a: {b: 1}", "a: {b: 2}", false},
  };
  for (const auto& each : cases) {
    CAPTURE(each.a, each.b);
    const ParsedFile a = ParseText(each.a);
    const ParsedFile b = ParseText(each.b);
    CHECK(SameValue(*a.documents.at(0).root, *b.documents.at(0).root) == each.same);
    CHECK(SameValue(*b.documents.at(0).root, *a.documents.at(0).root) == each.same);
  }
}

}  // namespace
}  // namespace sluice::manifests::render
