// What kustomize takes for an object.
#include "manifests/render/loaded_objects.h"

#include "manifests/render/kustomize_scalar.h"
#include "tests/catch.h"
#include "tests/manifests/render/building.h"

namespace sluice::manifests::render {
namespace {

// The objects of a file, or the problem.
std::string Loaded(const char* text) {
  const MemoryTree tree(Tree{{"a.yaml", std::string("# not JSON\n") + text}, {"b.yaml", ""}});
  Sources sources(tree, Limits());
  Arena arena(0);
  const LoadedObjects loaded = LoadObjects(arena, sources, **sources.Read(*RepoPath::Parse("a.yaml")));
  if (!loaded.problems.empty()) return loaded.problems[0].message;
  std::string all;
  for (const Node& object : loaded.objects) {
    CanonicalJson(object, all);
    all += ' ';
  }
  return all;
}

TEST_CASE("objects have a kind and a name, lists are taken apart") {
  const struct {
    const char* text;
    const char* loaded;
  } cases[] = {
      {"", ""},
      {"# nothing\n---\n---\n{}\n", ""},
      {"{kind: A, metadata: {name: a}}\n", R"({"kind":"A","metadata":{"name":"a"}} )"},
      {"{kind: A, metadata: {name: 1}}\n", R"({"kind":"A","metadata":{"name":1}} )"},
      {"{kind: BList, items: [{kind: A, metadata: {name: a}}]}\n",
       R"({"kind":"A","metadata":{"name":"a"}} )"},
      {"{kind: BList, items: null}\n", ""},
      {"{kind: BList, items: []}\n", ""},
      {"{kind: PickList, metadata: {name: a}}\n", R"({"kind":"PickList","metadata":{"name":"a"}} )"},
      {"{kind: A, metadata: {name: a}, yes: on}\n", R"({"kind":"A","metadata":{"name":"a"},"yes":"on"} )"},
      {"\xc3\xa9: {kind: A, metadata: {name: a}, off: n}\n", "missing kind in object"},
      {"{kind: A, metadata: {name: a}, \"true\": 1, 'false': 2}\n",
       R"({"false":2,"kind":"A","metadata":{"name":"a"},"true":1} )"},
      {"{metadata: {name: a}}\n", "missing kind in object"},
      {"{kind: A}\n", "missing metadata.name in object of kind \"A\""},
      {"{kind: A, metadata: {generateName: a}}\n", "missing metadata.name in object of kind \"A\""},
      {"{kind: A, metadata: {name: ''}}\n", "missing metadata.name in object of kind \"A\""},
      {"{kind: A, metadata: {name: {a: b}}}\n", "missing metadata.name in object of kind \"A\""},
      {"text\n", "missing Resource metadata: this is not an object"},
      {"[a]\n", "missing Resource metadata: this is not an object"},
      {"{kind: A, metadata: {name: a}, x: [null]}\n", R"({"kind":"A","metadata":{"name":"a"},"x":[null]} )"},
      {"{kind: BList, items: a}\n", "the items of a list kind are not a list"},
      {"{kind: BList, items: [{kind: A}]}\n", "missing metadata.name in object of kind \"A\""},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    CHECK(Loaded(each.text) == each.loaded);
  }
}

// The plain text as kustomize prints it.
std::string Printed(const char* text) {
  Node node;
  node.kind = NodeKind::kString;
  node.text = text;
  Arena arena(0);
  const auto time = WithTimes(arena, node);
  return time ? std::string(time->text) : "text";
}

TEST_CASE("plain times are printed as RFC 3339, other text stays") {
  const struct {
    const char* text;
    const char* printed;
  } cases[] = {
      {"2001-01-01", "2001-01-01T00:00:00Z"},
      {"2001-1-1", "2001-01-01T00:00:00Z"},
      {"2000-02-29", "2000-02-29T00:00:00Z"},
      {"2001-12-14T21:59:43Z", "2001-12-14T21:59:43Z"},
      {"2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.1-05:00"},
      {"2001-12-14T1:2:3.000Z", "2001-12-14T01:02:03Z"},
      {"2001-12-14 21:59:43.5", "2001-12-14T21:59:43.5Z"},
      {"2001-12-14T21:59:43+00:00", "2001-12-14T21:59:43Z"},
      {"2001-13-01", "text"},
      {"2001-02-29", "text"},
      {"2001-01-00", "text"},
      {"2001-01", "text"},
      {"201-01-01", "text"},
      {"20010-01-01", "text"},
      {"2001-01-01x", "text"},
      {"2001-12-14T21:59", "text"},
      {"2001-12-14T21:59:43", "text"},
      {"2001-12-14T25:00:00Z", "text"},
      {"2001-12-14 21:59:43 Z", "text"},
      {"2001-12-14 21:59:43 +2", "text"},
      {"2001-12-14T21:59:43+2", "text"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    CHECK(Printed(each.text) == each.printed);
  }
}

TEST_CASE("quoted times stay text") {
  Node node;
  node.kind = NodeKind::kString;
  node.style = NodeStyle::kDoubleQuoted;
  node.text = "2001-01-01";
  Arena arena(0);
  CHECK_FALSE(WithTimes(arena, node));
}

}  // namespace
}  // namespace sluice::manifests::render
