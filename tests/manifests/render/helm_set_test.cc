#include "manifests/render/helm_set.h"

#include <string>

#include "manifests/object.h"
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests::render {
namespace {

std::string Set(const std::string& values, std::string_view path, std::string_view text) {
  const ParsedFile file = ParseText(values);
  Arena arena(1000);
  const std::optional<Node> set =
      WithValueAt(arena, *file.documents.at(0).root, path, TypedValue(arena, text, {}));
  std::string json;
  if (set) CanonicalJson(*set, json);
  return json;
}

TEST_CASE("values at paths of --set") {
  struct Row {
    const char* values;
    const char* path;
    const char* text;
    const char* expected;
  };
  const Row rows[] = {
      {"{}", "a", "b", R"({"a":"b"})"},
      {"a: 1", "a", "b", R"({"a":"b"})"},
      {"a: {b: 1}", "a.c", "x", R"({"a":{"b":1,"c":"x"}})"},
      {"a: 1", "a.b.c", "x", R"({"a":{"b":{"c":"x"}}})"},
      {"{}", "a[1]", "x", R"({"a":[null,"x"]})"},
      {"a: [1, 2]", "a[0].b", "x", R"({"a":[{"b":"x"},2]})"},
      {"{}", "a[0][1]", "x", R"({"a":[[null,"x"]]})"},
      {"{}", "a\\.b/c", "x", R"({"a.b/c":"x"})"},
      {"{}", "a", "true", R"({"a":true})"},
      {"{}", "a", "FALSE", R"({"a":false})"},
      {"{}", "a", "null", R"({"a":null})"},
      {"{}", "a", "0", R"({"a":0})"},
      {"{}", "a", "-12", R"({"a":-12})"},
      {"{}", "a", "012", R"({"a":"012"})"},
      {"{}", "a", "1.5", R"({"a":"1.5"})"},
      {"{}", "a", "9223372036854775808", R"({"a":"9223372036854775808"})"},
      {"{}", "a", "", R"({"a":""})"},
  };
  for (const Row& row : rows) {
    INFO(row.path << " = " << row.text);
    CHECK(Set(row.values, row.path, row.text) == row.expected);
  }
}

TEST_CASE("paths that are none of --set") {
  std::string deep = "a";
  for (int i = 0; i < 30; ++i) deep += ".a";
  for (const std::string& path :
       {std::string(), std::string("."), std::string(".a"), std::string("a."), std::string("a..b"),
        std::string("a["), std::string("a[x]"), std::string("a[-1]"), std::string("a[65537]"),
        std::string("a[1]b"), std::string("a=b"), std::string("a,b"), std::string("a\\"), std::string("[0]"),
        std::string("a[99999999999999999999]"), deep}) {
    INFO(path);
    CHECK(Set("{}", path, "x") == "");
  }
}

}  // namespace
}  // namespace sluice::manifests::render
