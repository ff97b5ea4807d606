#include "manifests/diff.h"

#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

using Lines = std::vector<std::string>;

std::string Json(const Node* node) {
  std::string text;
  if (node != nullptr) CanonicalJson(*node, text);
  return text;
}

// "field: before -> after"
Lines Fields(const std::string& before, const std::string& after) {
  const ParsedFile old = ParseText(before), now = ParseText(after);
  REQUIRE((old.Readable() && now.Readable()));
  Lines lines;
  for (const FieldDifference& field : FieldDifferences(*old.documents[0].root, *now.documents[0].root))
    lines.push_back(field.field + ": " + Json(field.before) + " -> " + Json(field.after));
  return lines;
}

TEST_CASE("fields that differ, and no others") {
  struct Case {
    const char *before, *after;
    Lines lines;
  };
  const Case cases[] = {
      {"a: 1\nb: x\n", "b: x\na: 1\n", {}},
      {"a: 1\n", "a: 2\n", {"a: 1 -> 2"}},
      {"a: 1\n", "a: \"1\"\n", {"a: 1 -> \"1\""}},
      {"a: null\n", "{}\n", {"a: null -> "}},
      {"a: {b: {c: 1}}\n", "a: {b: {c: 1, d: [2]}}\n", {"a.b.d:  -> [2]"}},
      {"a: {b: 1}\n", "a: [1]\n", {"a: {\"b\":1} -> [1]"}},
      // By name: a container in front of another is one difference.
      {"c: [{name: a, image: x}]\n",
       "c: [{name: b, image: v}, {name: a, image: x}]\n",
       {"c[0]:  -> {\"image\":\"v\",\"name\":\"b\"}"}},
      {"c: [{name: a, image: x}, {name: b}]\n",
       "c: [{name: b}, {name: a, image: z}]\n",
       {"c[1].image: \"x\" -> \"z\""}},
      {"c: [{name: a}, {name: b}]\n", "c: [{name: b}]\n", {"c[0]: {\"name\":\"a\"} -> "}},
      {"p: [{port: 80}, {port: 443}]\n", "p: [{port: 443, x: 1}, {port: 80}]\n", {"p[0].x:  -> 1"}},
      // Twice the same name: by order.
      {"c: [{name: a, v: 1}, {name: a, v: 2}]\n",
       "c: [{name: a, v: 1}, {name: a, v: 3}]\n",
       {"c[1].v: 2 -> 3"}},
      {"a: [1, 2, 3]\n", "a: [1, 3]\n", {"a[1]: 2 -> "}},
      {"a: [1, 3]\n", "a: [1, 2, 3]\n", {"a[1]:  -> 2"}},
      {"a: [1, 2]\n", "a: [2, 1]\n", {"a[0]: 1 -> 2", "a[1]: 2 -> 1"}},
      {"a: []\n", "a: {}\n", {"a: [] -> {}"}},
  };
  for (const Case& each : cases) {
    CAPTURE(each.before, each.after);
    CHECK(Fields(each.before, each.after) == each.lines);
  }
}

Lines ObjectsThatDiffer(const std::string& before, const std::string& after) {
  const ParsedFile old = ParseText(before), now = ParseText(after);
  const ObjectList old_list = Objects(old, {}), now_list = Objects(now, {});
  std::vector<const Object*> old_objects, now_objects;
  for (const Object& object : old_list.objects) old_objects.push_back(&object);
  for (const Object& object : now_list.objects) now_objects.push_back(&object);
  Lines lines;
  for (const ObjectDifference& difference : Differences(old_objects, now_objects)) {
    const Object& object = difference.after != nullptr ? *difference.after : *difference.before;
    const std::string sign = difference.before == nullptr ? "+" : difference.after == nullptr ? "-" : "~";
    lines.push_back(sign + std::string(object.kind) + "/" + std::string(object.name) + " " +
                    std::to_string(difference.fields.size()));
  }
  return lines;
}

std::string Map(const std::string& name, const std::string& value, const std::string& kind = "ConfigMap") {
  return "---\napiVersion: v1\nkind: " + kind + "\nmetadata: {name: " + name + "}\ndata: {a: " + value +
         "}\n";
}

TEST_CASE("objects that differ, and no others") {
  CHECK(ObjectsThatDiffer(Map("a", "x") + Map("b", "x"), Map("b", "x") + Map("a", "x")).empty());
  CHECK(ObjectsThatDiffer(Map("a", "x"), Map("a", "y")) == Lines{"~ConfigMap/a 1"});
  CHECK(ObjectsThatDiffer(Map("a", "x"), Map("b", "x")) == Lines{"+ConfigMap/b 0", "-ConfigMap/a 0"});
  CHECK(ObjectsThatDiffer(Map("a", "x"), Map("a", "x", "Secret")) == Lines{"+Secret/a 0", "-ConfigMap/a 0"});
}

TEST_CASE("a name that ends in the hash of the content is the same object") {
  CHECK(ObjectsThatDiffer(Map("web-kbt2fhk9mg", "x"), Map("web-6ct58987ht", "y")) ==
        Lines{"~ConfigMap/web-6ct58987ht 2"});
  // "a" is no letter of such a hash, and other kinds have none.
  CHECK(ObjectsThatDiffer(Map("web-kbt2fhk9ma", "x"), Map("web-6ct58987ht", "y")).size() == 2);
  CHECK(ObjectsThatDiffer(Map("web-kbt2fhk9mg", "x", "Pod"), Map("web-6ct58987ht", "y", "Pod")).size() == 2);
  CHECK(ObjectsThatDiffer(Map("web-kbt2fhk9mg", "x"), Map("api-6ct58987ht", "y")).size() == 2);
}

}  // namespace
}  // namespace sluice::manifests
