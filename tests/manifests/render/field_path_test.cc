// The paths of replacements and vars.
#include "manifests/render/field_path.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "manifests/render/edit.h"
#include "manifests/render/field_spec.h"
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests::render {
namespace {

std::string Json(const Node& node) {
  std::string json;
  CanonicalJson(node, json);
  return json;
}

TEST_CASE("paths are cut at dots, but not at those in brackets or behind a backslash") {
  const struct {
    const char* path;
    const char* parts;
  } cases[] = {
      {"a", "a"},
      {"a.b", "a|b"},
      {".a.b", "a|b"},
      {"a\\.b.c", "a.b|c"},
      {"a\\.b\\.c", "a.b.c"},
      {"a.[name=x.y].b", "a|[name=x.y]|b"},
      {"a.[b.c].d", "a|b.c|d"},
      {"a.*.b", "a|*|b"},
      {"a..b", "a||b"},
      {"", ""},
  };
  Arena arena(0);
  for (const auto& each : cases) {
    CAPTURE(each.path);
    CHECK(fmt::format("{}", fmt::join(SplitFieldPath(arena, each.path), "|")) == each.parts);
  }
}

TEST_CASE("a path leads to one node or to none") {
  const ParsedFile file = ParseText("a: {b: [{name: x, c: 1}, {name: y, c: 2}, z], d.e: 3}\nf: null\n");
  const struct {
    const char* path;
    const char* value;
  } cases[] = {
      {"a.d\\.e", "3"},          {"a.b.1.c", "2"},
      {"a.b.-", R"("z")"},       {"a.b.[name=y].c", "2"},
      {"a.b.[=z]", R"("z")"},    {"f", "null"},
      {"a.x", nullptr},          {"a.b.x", nullptr},
      {"a.b.3", nullptr},        {"a.b.[name=w].c", nullptr},
      {"a.b.[name].c", nullptr}, {"a.[name=y]", nullptr},
      {"a.0", nullptr},          {"a.d\\.e.x", nullptr},
      {"a.*", nullptr},
  };
  Arena arena(0);
  for (const auto& each : cases) {
    CAPTURE(each.path);
    const Node* node = LookUp(*file.documents[0].root, SplitFieldPath(arena, each.path));
    CHECK((node == nullptr) == (each.value == nullptr));
    if (node != nullptr && each.value != nullptr) CHECK(Json(*node) == each.value);
  }
}

TEST_CASE("a path changes all that it matches, and makes what is missing where it may") {
  const char* const text = "a: {b: [{name: x}, {name: xy, c: 1}]}\nd: [p, q]\n";
  const struct {
    const char* path;
    bool create;
    const char* after;  // nullptr: a problem; "none": no match
  } cases[] = {
      {"a.b.*.name", false, R"({"a":{"b":[{"name":1},{"c":1,"name":1}]},"d":["p","q"]})"},
      {"a.b.[name=x].name", false, R"({"a":{"b":[{"name":1},{"c":1,"name":1}]},"d":["p","q"]})"},
      {"a.b.[name=^x$].name", false, R"({"a":{"b":[{"name":1},{"c":1,"name":"xy"}]},"d":["p","q"]})"},
      {"a.b.[name=x].c", false, R"({"a":{"b":[{"name":"x"},{"c":1,"name":"xy"}]},"d":["p","q"]})"},
      {"a.b.0", false, R"({"a":{"b":[1,{"c":1,"name":"xy"}]},"d":["p","q"]})"},
      {"d.[=q]", false, R"({"a":{"b":[{"name":"x"},{"c":1,"name":"xy"}]},"d":["p",1]})"},
      {"a.b.2", true, R"({"a":{"b":[{"name":"x"},{"c":1,"name":"xy"},1]},"d":["p","q"]})"},
      {"a.b.[name=z].e", true,
       R"({"a":{"b":[{"name":"x"},{"c":1,"name":"xy"},{"e":1,"name":"z"}]},"d":["p","q"]})"},
      {"d.[=r]", true, R"({"a":{"b":[{"name":"x"},{"c":1,"name":"xy"}]},"d":["p","q",1]})"},
      {"e.f", true, R"({"a":{"b":[{"name":"x"},{"c":1,"name":"xy"}]},"d":["p","q"],"e":{"f":1}})"},
      {"e.0.g", true, R"({"a":{"b":[{"name":"x"},{"c":1,"name":"xy"}]},"d":["p","q"],"e":[{"g":1}]})"},
      {"e.[k=v].g", true,
       R"({"a":{"b":[{"name":"x"},{"c":1,"name":"xy"}]},"d":["p","q"],"e":[{"g":1,"k":"v"}]})"},
      {"e.f", false, "none"},
      {"a.c", false, "none"},
      {"a.b.[name=z].c", false, "none"},
      {"d.[=r]", false, "none"},
      {"a.b.2", false, nullptr},
      {"a.b.3", true, nullptr},
      {"a.b.x", true, nullptr},
      {"a.0", false, nullptr},
      {"a.*", false, nullptr},
      {"a.[x=y]", false, nullptr},
      {"d.[x]", false, nullptr},
      {"d.[=(]", false, nullptr},
      {"d.0.x", false, nullptr},
  };
  const ParsedFile file = ParseText(text);
  Arena arena(0);
  for (const auto& each : cases) {
    CAPTURE(each.path, each.create);
    const PathChange change{
        [&](const Node&, std::string&) { return std::optional(IntegerNode(arena, 1, {})); },
        each.create ? std::optional(NodeKind::kNull) : std::nullopt,
        {}};
    const PathResult result =
        ChangeMatches(arena, *file.documents[0].root, SplitFieldPath(arena, each.path), change);
    CHECK(result.problem.empty() == (each.after != nullptr));
    if (each.after == nullptr) continue;
    CHECK((result.matches == 0) == (each.after == std::string("none")));
    if (result.matches > 0 && result.problem.empty()) CHECK(Json(result.root) == each.after);
  }
}

TEST_CASE("paths of field specs are cut at slashes") {
  Arena arena(0);
  const FieldSpec spec = MakeFieldSpec(arena, {}, "/metadata/annotations/a.b\\/c/list[]/d", false);
  std::string parts;
  for (const PathPart& part : spec.parts) parts += std::string(part.name) + (part.list ? "[]|" : "|");
  CHECK(parts == "metadata|annotations|a.b/c|list[]|d|");
}

}  // namespace
}  // namespace sluice::manifests::render
