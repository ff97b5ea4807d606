// Files share one space of lines; every range finds its file and place again.
#include "manifests/render/sources.h"

#include <fmt/core.h>

#include <thread>

#include "tests/catch.h"

namespace sluice::manifests::render {
namespace {

RepoPath PathOf(std::string_view text) { return *RepoPath::Parse(text); }

std::string Show(const Place& place) {
  if (place.file == nullptr) return "nowhere";
  return fmt::format("{}:{}:{}-{}:{}", place.file->path.text(), place.range.begin.line,
                     place.range.begin.column, place.range.end.line, place.range.end.column);
}

// The place of the node at `keys` below the root of the file's first document.
std::string PlaceAt(const Sources& sources, const SourceFile& file, std::initializer_list<const char*> keys) {
  const Node* node = file.parsed.documents.at(0).root;
  for (const char* key : keys)
    node = node->kind == NodeKind::kSequence ? &node->children[0] : node->Find(key);
  REQUIRE(node != nullptr);
  return Show(sources.Resolve(node->range));
}

// Nothing below `broken` can be read.
class BrokenTree : public MemoryTree {
 public:
  using MemoryTree::MemoryTree;
  Result<std::vector<FileEntry>> List(const RepoPath& directory) const override {
    if (directory.text() == "broken") return Failed("the disk is gone");
    return MemoryTree::List(directory);
  }
  Result<std::string> Read(const RepoPath& file, std::size_t limit) const override {
    if (file.text().starts_with("broken/")) return Failed("the disk is gone");
    return MemoryTree::Read(file, limit);
  }
};

TEST_CASE("a tree that cannot be read is no tree without the file") {
  const BrokenTree tree({{"a.yaml", "x: 1\n"}, {"large.yaml", std::string(100, '#')}, {"broken/a.yaml", ""}});
  Limits limits;
  limits.file_bytes = 50;
  {
    Sources sources(tree, limits);
    CHECK(sources.Read(PathOf("a.yaml")));
    CHECK_FALSE(sources.Read(PathOf("absent.yaml")));
    CHECK_FALSE(sources.Read(PathOf("large.yaml")));
    CHECK_FALSE(sources.List(PathOf("absent")));
    CHECK_FALSE(sources.Failure());
  }
  for (const int way : {0, 1, 2}) {
    Sources sources(tree, limits);
    const RepoPath file = PathOf("broken/a.yaml");
    const bool done = way == 0   ? bool(sources.Read(file))
                      : way == 1 ? bool(sources.ReadText(file))
                                 : bool(sources.List(PathOf("broken")));
    CHECK_FALSE(done);
    REQUIRE(sources.Failure());
    CHECK(sources.Failure()->message == "the disk is gone");
  }
}

TEST_CASE("nodes of several files know their own file and place") {
  const MemoryTree tree({{"a.yaml", "x: 1\nw:\n- z\n"}, {"b.yaml", "\nx: 2"}, {"c.json", "{\"x\":\n3}"}});
  Sources sources(tree, Limits());
  const auto a = *sources.Read(PathOf("a.yaml"));
  const auto b = *sources.Read(PathOf("b.yaml"));
  const auto c = *sources.Read(PathOf("c.json"));
  CHECK(PlaceAt(sources, *a, {"x"}) == "a.yaml:1:4-1:5");
  CHECK(PlaceAt(sources, *a, {"w", ""}) == "a.yaml:3:3-3:4");
  CHECK(PlaceAt(sources, *b, {"x"}) == "b.yaml:2:4-2:5");
  CHECK(PlaceAt(sources, *c, {"x"}) == "c.json:2:1-2:2");
  CHECK(Show(sources.Resolve(b->parsed.documents[0].range)) == "b.yaml:2:1-2:5");
  CHECK(Show(sources.Resolve(a->parsed.documents[0].root->Find("w")->key_range)) == "a.yaml:2:1-2:2");
}

TEST_CASE("what lies behind aliases is moved once") {
  const MemoryTree tree({{"a.yaml", "x: 1\n"}, {"b.yaml", "a: &a\n  k: [v]\nb: *a\nc:\n  <<: *a\n  d: 1\n"}});
  Sources sources(tree, Limits());
  REQUIRE(sources.Read(PathOf("a.yaml")));
  const auto b = *sources.Read(PathOf("b.yaml"));
  for (const char* key : {"a", "b", "c"}) CHECK(PlaceAt(sources, *b, {key, "k", ""}) == "b.yaml:2:7-2:8");
}

TEST_CASE("a file is read once, whoever asks") {
  const MemoryTree tree(std::map<std::string, std::string>{{"a.yaml", "x: 1\n"}});
  Sources sources(tree, Limits());
  std::vector<std::shared_ptr<const SourceFile>> files(4);
  std::vector<std::thread> threads;
  for (auto& file : files) threads.emplace_back([&] { file = *sources.Read(PathOf("a.yaml")); });
  for (auto& thread : threads) thread.join();
  for (const auto& file : files) CHECK(file == files[0]);
  CHECK(*sources.ReadText(PathOf("a.yaml")) == *sources.ReadText(PathOf("a.yaml")));
  CHECK(*sources.ReadText(PathOf("a.yaml")) != files[0]);
}

TEST_CASE("objects are found, findings keep the places of their file") {
  const MemoryTree tree({{"a.yaml", "x: 1\n"},
                         {"b.yaml", "apiVersion: v1\nkind: ConfigMap\n---\nkind: Secret\nmetadata: {}\n"},
                         {"c.yaml", "x:\n\ty\n"}});
  Sources sources(tree, Limits());
  REQUIRE(sources.Read(PathOf("a.yaml")));
  const auto b = *sources.Read(PathOf("b.yaml"));
  REQUIRE(b->objects.objects.size() == 1);
  CHECK(Show(sources.Resolve(b->objects.objects[0].root->range)) == "b.yaml:1:1-2:16");
  REQUIRE(b->objects.findings.size() == 1);
  CHECK(b->objects.findings[0].range.begin.line == 4);
  const auto c = *sources.Read(PathOf("c.yaml"));
  CHECK_FALSE(c->parsed.Readable());
  CHECK(c->parsed.findings.at(0).range.begin.line == 2);
}

TEST_CASE("text keeps its bytes, its lines are places") {
  const MemoryTree tree({{"a.yaml", "x: 1\n"}, {"app.conf", std::string("a\0b\nport=1\n", 11)}});
  Sources sources(tree, Limits());
  REQUIRE(sources.Read(PathOf("a.yaml")));
  const auto text = *sources.ReadText(PathOf("app.conf"));
  CHECK(text->parsed.bytes->size() == 11);
  CHECK(Show(sources.Resolve({{text->first + 2, 1}, {text->first + 2, 7}})) == "app.conf:2:1-2:7");
}

TEST_CASE("what is not there or too large is an error, a range of no file is nowhere") {
  Limits limits;
  limits.file_bytes = 8;
  const MemoryTree tree({{"large.yaml", "x: 123456789\n"}, {"a.yaml", "x: 1\n"}});
  Sources sources(tree, limits);
  CHECK(sources.Read(PathOf("none.yaml")).error().kind == ErrorKind::kNotFound);
  CHECK(sources.ReadText(PathOf("none.yaml")).error().kind == ErrorKind::kNotFound);
  CHECK(sources.Read(PathOf("large.yaml")).error().kind == ErrorKind::kLimit);
  CHECK(sources.ReadText(PathOf("large.yaml")).error().kind == ErrorKind::kLimit);
  CHECK(Show(sources.Resolve({{1, 1}, {1, 2}})) == "nowhere");
  REQUIRE(sources.Read(PathOf("a.yaml")));
  CHECK(Show(sources.Resolve({})) == "nowhere");
  CHECK(Show(sources.Resolve({{1, 1}, {1, 2}})) == "a.yaml:1:1-1:2");
  CHECK(Show(sources.Resolve({{1000, 1}, {1000, 2}})) == "nowhere");
}

TEST_CASE("inline text has its places in the file that holds it, where they can be told") {
  const struct {
    const char* text;
    const char* place;  // of the node "x"
  } cases[] = {
      {"patch: |\n  x: 1\n", "k.yaml:2:6-2:7"},
      {"patch: |-\n  w: 0\n  x: 1", "k.yaml:3:6-3:7"},
      {"patch: | # why\n\n    # first\n    x: 1\n", "k.yaml:4:8-4:9"},
      {"patch: |2\n    x: 1\n", "k.yaml:2:8-2:9"},
      {"patch: |\r\n  w: 0\r\n  x: 1\r\n", "k.yaml:3:6-3:7"},
      {"patch: |\n  \xc3\xa9: 0\n  x: \xc3\xa9\n", "k.yaml:3:6-3:7"},
      {"patch: |\n  {w: 0,\n    x: 1}\n", "k.yaml:3:8-3:9"},
      {"patch: >\n  x: 1\n", "k.yaml:1:8-2:7"},
      {"patch: \"w: 0\\nx: 1\"\n", "k.yaml:1:8-1:20"},
      {"patch: 'x: 1'\n", "k.yaml:1:8-1:14"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    const MemoryTree tree({{"a.yaml", "x: 1\n"}, {"k.yaml", each.text}});
    Sources sources(tree, Limits());
    REQUIRE(sources.Read(PathOf("a.yaml")));
    const auto holder = *sources.Read(PathOf("k.yaml"));
    const auto text = *sources.ReadInline(*holder->parsed.documents.at(0).root->Find("patch"));
    CHECK(PlaceAt(sources, *text, {"x"}) == each.place);
  }
}

TEST_CASE("findings in inline text have their line in the file that holds it") {
  const MemoryTree tree({{"a.yaml", "x: 1\n"}, {"k.yaml", "patch: |\n  x: 1\n  x: 2\n"}});
  Sources sources(tree, Limits());
  REQUIRE(sources.Read(PathOf("a.yaml")));
  const auto holder = *sources.Read(PathOf("k.yaml"));
  const auto text = *sources.ReadInline(*holder->parsed.documents.at(0).root->Find("patch"));
  REQUIRE(text->parsed.findings.size() == 1);
  CHECK(text->parsed.findings[0].file == "k.yaml");
  CHECK(text->parsed.findings[0].range == Range{{3, 3}, {3, 4}});
}

TEST_CASE("a block scalar at the end of inline text ends as it does there") {
  const struct {
    const char* text;
    InlineEnd end;
    const char* value;
  } cases[] = {
      {"patch: |\n  a: |\n    x\n", InlineEnd::kAsWritten, "x\n"},
      {"patch: |\n  a: |\n    x\n", InlineEnd::kTrimmed, "x"},
      {"patch: |-\n  a: |\n    x\n", InlineEnd::kAsWritten, "x"},
      {"patch: |+\n  a: |+\n    x\n\n", InlineEnd::kAsWritten, "x\n\n"},
      {"patch: |+\n  a: |+\n    x\n\n", InlineEnd::kTrimmed, "x"},
      {"patch: |-\n  a: |-\n    x\n", InlineEnd::kAsWritten, "x"},
      {"patch: |-\n  a: >\n    x\n    y\n", InlineEnd::kAsWritten, "x y"},
      {"patch: |-\n  a: |\n    x\n  b: 1\n", InlineEnd::kAsWritten, "x\n"},
      {"patch: |-\n  a: |\n    x\n  # end\n", InlineEnd::kAsWritten, "x\n"},
      {"patch: |-\n  a: x\n", InlineEnd::kTrimmed, "x"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    const MemoryTree tree({{"a.yaml", "x: 1\n"}, {"k.yaml", each.text}});
    Sources sources(tree, Limits());
    const auto holder = *sources.Read(PathOf("k.yaml"));
    const auto text = *sources.ReadInline(*holder->parsed.documents.at(0).root->Find("patch"), each.end);
    REQUIRE(text->parsed.Readable());
    CHECK(text->parsed.documents.at(0).root->Find("a")->text == each.value);
  }
}

TEST_CASE("a file may end inside a block scalar, which then has no line feed") {
  const MemoryTree tree(
      {{"a.yaml", "a: |\n  x\n  y"}, {"b.yaml", "a: >-\n  x"}, {"c.yaml", "a: |\n  x\n\tb: c"}});
  Sources sources(tree, Limits());
  CHECK((*sources.Read(PathOf("a.yaml")))->parsed.documents.at(0).root->Find("a")->text == "x\ny");
  CHECK((*sources.Read(PathOf("b.yaml")))->parsed.documents.at(0).root->Find("a")->text == "x");
  CHECK_FALSE((*sources.Read(PathOf("c.yaml")))->parsed.Readable());
}

TEST_CASE("inline text of no file is read all the same") {
  const MemoryTree tree(std::map<std::string, std::string>{{"a.yaml", "x: 1\n"}});
  Sources sources(tree, Limits());
  Node holder;
  holder.kind = NodeKind::kString;
  holder.style = NodeStyle::kLiteral;
  holder.text = "x: 1\n";
  const auto text = *sources.ReadInline(holder);
  CHECK(PlaceAt(sources, *text, {"x"}) == "nowhere");
}

}  // namespace
}  // namespace sluice::manifests::render
