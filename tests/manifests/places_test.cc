// Where nodes begin and end: lines and columns from 1, columns in code points,
// the end exclusive, blank lines and comments behind a node not part of it.
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

std::string Show(Range range) {
  const auto place = [](Position at) { return std::to_string(at.line) + ":" + std::to_string(at.column); };
  return place(range.begin) + "-" + place(range.end);
}

std::string At(const std::string& text, std::initializer_list<const char*> keys) {
  const ParsedFile file = ParseText(text);
  if (!file.Readable()) return "refused";
  const Node* node = file.documents.at(0).root;
  for (const char* key : keys) node = node->Find(key);
  return Show(node->key_range) + " " + Show(node->range);
}

TEST_CASE("block collections end with their last child") {
  const std::string text =
      "spec:\n"
      "  containers:\n"
      "  - name: web\n"
      "    image: nginx\n"
      "\n"
      "# about replicas\n"
      "  replicas: 3\n"
      "\n"
      "status: {}\n";
  CHECK(At(text, {}) == "0:0-0:0 1:1-9:11");
  CHECK(At(text, {"spec"}) == "1:1-1:5 2:3-7:14");
  CHECK(At(text, {"spec", "containers"}) == "2:3-2:13 3:3-4:17");
  CHECK(At(text, {"spec", "replicas"}) == "7:3-7:11 7:13-7:14");
  CHECK(At(text, {"status"}) == "9:1-9:7 9:9-9:11");
}

TEST_CASE("scalars end with their text") {
  const struct {
    const char* text;
    const char* places;
  } cases[] = {
      {"a: b c  # d\n", "1:1-1:2 1:4-1:7"},
      {"a: \"b\"  \n", "1:1-1:2 1:4-1:7"},
      {"a: 'b'\n", "1:1-1:2 1:4-1:7"},
      {"a: b\n  c\n\n", "1:1-1:2 1:4-2:4"},
      {"a:\n", "1:1-1:2 1:3-1:3"},
      {"a:   # c\n\nb: 1\n", "1:1-1:2 1:3-1:3"},
      {"a: |\n  x\n  yz\n\n\nb: 1\n", "1:1-1:2 1:4-3:5"},
      {"a: |\n  x\n  yz\n", "1:1-1:2 1:4-3:5"},
      {"a: |-\n  x\n  yz", "1:1-1:2 1:4-3:5"},
      {"a: |\n\nb: 1\n", "1:1-1:2 1:4-1:5"},
      {"a: |+\n  x\n\n\n", "1:1-1:2 1:4-2:4"},
      {"a: |\r\n  x\r\n\r\nb: 1\r\n", "1:1-1:2 1:4-2:4"},
      {"a: >\n  \xc3\xa9\xc3\xa9\n# c\n", "1:1-1:2 1:4-2:5"},
      {"\"a\": [1,\n 2]\n", "1:1-1:4 1:6-2:4"},
      {"\xc3\xa9: \xf0\x9f\x98\x80\xf0\x9f\x98\x80\n", "1:1-1:2 1:4-1:6"},
      {"? a\n: b\n", "1:3-1:4 2:3-2:4"},
      {"\xef\xbb\xbf"
       "a: b\n",
       "1:1-1:2 1:4-1:5"},
      {"\xef\xbb\xbf"
       "a: |-\n  b",
       "1:1-1:2 1:4-2:4"},
      {"a: &x b\n", "1:1-1:2 1:4-1:8"},
  };
  for (const auto& [text, places] : cases) {
    CAPTURE(text);
    const ParsedFile file = ParseText(text);
    REQUIRE(file.Readable());
    const Node& member = file.documents.at(0).root->children[0];
    CHECK(Show(member.key_range) + " " + Show(member.range) == places);
  }
}

TEST_CASE("block scalars one behind another each know their end") {
  const ParsedFile file = ParseText("a: |\n  x\n\nb: |\n  y\n  z\n\nc: >-\n  w\n");
  const auto members = file.documents.at(0).root->children;
  REQUIRE(members.size() == 3);
  CHECK(Show(members[0].range) == "1:4-2:4");
  CHECK(Show(members[1].range) == "4:4-6:4");
  CHECK(Show(members[2].range) == "8:4-9:4");
}

TEST_CASE("a mapping whose last value is an alias ends behind the alias") {
  const ParsedFile file = ParseText("a: &x {k: 1}\nb:\n  c: *x\n\nd: 1\n");
  const Node& b = *file.documents.at(0).root->Find("b");
  CHECK(Show(b.range) == "3:3-3:8");
}

TEST_CASE("documents know where they begin and end") {
  const ParsedFile file = ParseText("# c\na: 1\n\n---\nb:\n- 1\n...\n---\n");
  REQUIRE(file.documents.size() == 3);
  CHECK(Show(file.documents[0].range) == "2:1-2:5");
  CHECK(Show(file.documents[1].range) == "4:1-7:4");
  CHECK(file.documents[2].range.begin == Position{8, 1});
  CHECK(file.documents[2].root->kind == NodeKind::kNull);
}

TEST_CASE("nodes know how they were written") {
  const ParsedFile file = ParseText("a: b\nc: 'd'\ne: \"f\"\ng: |\n  h\ni: >\n  j\nk: [l]\nm:\n- n\n");
  const auto members = file.documents.at(0).root->children;
  const NodeStyle styles[] = {NodeStyle::kPlain,   NodeStyle::kSingleQuoted, NodeStyle::kDoubleQuoted,
                              NodeStyle::kLiteral, NodeStyle::kFolded,       NodeStyle::kFlow,
                              NodeStyle::kBlock};
  REQUIRE(members.size() == std::size(styles));
  for (std::size_t i = 0; i < members.size(); ++i) CHECK(members[i].style == styles[i]);
}

TEST_CASE("a refusal names the place of what is refused") {
  const struct {
    const char* text;
    const char* places;
  } cases[] = {
      {"a: 1\nb: {c: 1, c: 2}\n", "yaml/duplicate-key 2:11-2:12"},
      {"a:\n  b: *nope\n", "yaml/alias 2:6-2:11"},
      {"a: !foo bar\n", "yaml/tag 1:4-1:12"},
      {"\xc3\xa9: .inf\n", "yaml/ambiguous-value 1:4-1:8"},
      {"a:\n  ? [b]\n  : c\n", "yaml/key 2:5-2:6"},
      {"a:\n  <<: b\n", "yaml/merge 2:3-2:5"},
      {"%YAML 1.1\n---\na: 1\n", "yaml/ambiguous-document 1:1-2:4"},
      {"a: b: c\n", "yaml/syntax 1:5-1:6"},
      {"a: 1\n...\nb: 2\n", "yaml/ambiguous-document 3:1-3:2"},
  };
  for (const auto& [text, places] : cases) {
    CAPTURE(text);
    CHECK(Places(ParseText(text).findings) == places);
  }
}

}  // namespace
}  // namespace sluice::manifests
