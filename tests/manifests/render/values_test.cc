// Merged values against what Helm's documentation and its own tests say of them;
// helm_test.cc compares with helm itself.
#include "manifests/render/helm.h"
#include "tests/catch.h"

namespace sluice::manifests::render {
namespace {

ParsedFile Yaml(const std::string& text) { return Parse("values.yaml", text, Limits()); }

std::string Json(const Node& node) {
  std::string out;
  CanonicalJson(node, out);
  return out;
}

std::string Merge(const std::vector<std::string>& texts) {
  std::vector<ParsedFile> files;
  std::vector<const Node*> layers;
  for (const std::string& text : texts) files.push_back(Yaml(text));
  for (const ParsedFile& file : files)
    layers.push_back(file.documents.empty() ? nullptr : file.documents[0].root);
  Arena arena(1024);
  return Json(MergeValues(arena, layers));
}

std::string Over(const std::string& defaults, const std::string& values) {
  const ParsedFile a = Yaml(defaults), b = Yaml(values);
  Arena arena(1024);
  return Json(Coalesce(arena, *a.documents[0].root, *b.documents[0].root));
}

TEST_CASE("files of values merge deep, a later one wins, lists are replaced") {
  CHECK(Merge({}) == "{}");
  CHECK(Merge({""}) == "{}");
  CHECK(Merge({"a: 1", "b: 2"}) == R"({"a":1,"b":2})");
  CHECK(Merge({"a: 1", "a: x"}) == R"({"a":"x"})");
  CHECK(Merge({"a: {b: 1, c: 2}", "a: {c: 3, d: 4}"}) == R"({"a":{"b":1,"c":3,"d":4}})");
  CHECK(Merge({"a: [1, 2]", "a: [3]"}) == R"({"a":[3]})");
  CHECK(Merge({"a: {b: 1}", "a: 2"}) == R"({"a":2})");
  CHECK(Merge({"a: 2", "a: {b: 1}"}) == R"({"a":{"b":1}})");
  CHECK(Merge({"a: {b: 1}", "a: null"}) == R"({"a":null})");
  CHECK(Merge({"a: null", "a: {b: 1}"}) == R"({"a":{"b":1}})");
  CHECK(Merge({"a: {b: {c: 1}}", "a: {b: {d: 2}}", "a: {b: {c: 3}}"}) == R"({"a":{"b":{"c":3,"d":2}}})");
  CHECK(Merge({"a: 1", "- a list", "b: 2"}) == R"({"a":1,"b":2})");
}

TEST_CASE("values over the chart's defaults: null deletes") {
  CHECK(Over("a: 1\nb: 2", "a: 3") == R"({"a":3,"b":2})");
  CHECK(Over("a: 1\nb: 2", "a: null") == R"({"b":2})");
  CHECK(Over("a: {x: 1, z: 2}", "a: {x: null}") == R"({"a":{"z":2}})");
  CHECK(Over("a: {x: 1}", "a: null") == "{}");
  CHECK(Over("a: 1", "b: null") == R"({"a":1,"b":null})");
  CHECK(Over("a: {x: 1}", "a: 5") == R"({"a":5})");
  CHECK(Over("a: [1]", "a: [2, 3]") == R"({"a":[2,3]})");
  CHECK(Over("a: null", "a: 1") == R"({"a":1})");
}

TEST_CASE("every value keeps the place where it was written") {
  const ParsedFile first = Yaml("a:\n  x: 1\n  z: 2\n"), second = Yaml("\n\n\na:\n\n  x: 3\n");
  const Node* layers[] = {first.documents[0].root, second.documents[0].root};
  Arena arena(1024);
  const Node merged = MergeValues(arena, layers);
  CHECK(merged.Find("a")->Find("x")->range.begin.line == 6);
  CHECK(merged.Find("a")->Find("z")->range.begin.line == 3);
  CHECK(merged.Find("a")->key_range.begin.line == 4);
}

}  // namespace
}  // namespace sluice::manifests::render
