// What is printed reads back as what was printed.
#include "manifests/render/print.h"

#include "manifests/render/edit.h"
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kHead = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

std::string Printed(const std::string& text, bool origin) {
  const MemoryTree tree({{"dir/a.yaml", text}});
  Sources sources(tree, {});
  const auto file = sources.Read(*RepoPath::Parse("dir/a.yaml"));
  REQUIRE(file);
  CAPTURE(Places((*file)->parsed.findings));
  std::vector<BuiltObject> objects;
  for (const Object& object : (*file)->objects.objects)
    objects.push_back({object, {"dir/kustomization.yaml"}, {}});
  REQUIRE(objects.size() == 1);
  return ShownYaml(objects, origin ? &sources : nullptr);
}

TEST_CASE("every value is read back as it was") {
  const char* values[] = {"\"yes\"",
                          "\"on\"",
                          "\"null\"",
                          "\"~\"",
                          "\"1\"",
                          "\"0x1f\"",
                          "\"1e3\"",
                          "\"0o7\"",
                          "\"017\"",
                          "\"1_000\"",
                          "\".5\"",
                          "\"12:30:45\"",
                          "\"2020-01-01\"",
                          "\"\"",
                          "\" x\"",
                          "\"x \"",
                          "\"- x\"",
                          "\"a: b\"",
                          "\"a #b\"",
                          "\"#\"",
                          "\"*a\"",
                          "\"&a\"",
                          "\"!a\"",
                          "\"%a\"",
                          "\"@a\"",
                          "\"`a\"",
                          "\"{}\"",
                          "\"[]\"",
                          "\"=\"",
                          "\"<<\"",
                          "\"a\\tb\"",
                          "\"a\\nb\"",
                          "\"a\\nb\\n\"",
                          "\"a\\nb\\n\\n\"",
                          "\"\\na\\n\"",
                          "\" a\\nb\\n\"",
                          "\"a\\r\\nb\\n\"",
                          "\"a\\n  b\\n\\nc\\n\"",
                          "\"\\e[31m\"",
                          "\"\\x07\"",
                          "\"\\N\"",
                          "\"\\L\"",
                          "\"é\"",
                          "\"😀\"",
                          "\"'\"",
                          "\"\\\"\"",
                          "\"\\\\\"",
                          "'${VAR}'",
                          "\"---\"",
                          "\"...\"",
                          "true",
                          "false",
                          "null",
                          "0",
                          "-5",
                          "1.5",
                          "1e300",
                          "[]",
                          "{}",
                          "[a, [b, {c: d}], []]",
                          "{a: {b: []}, \"yes\": 1, \"1\": 2, \"\": 3, \"a: b\": 4}",
                          "18446744073709551615"};
  for (const char* value : values) {
    const std::string text = std::string(kHead) + "data:\n  v: " + value + "\n";
    CAPTURE(value, Printed(text, false));
    CHECK(Reading(Printed(text, false)) == Reading(text));
    CHECK(Reading(Printed(text, true)) == Reading(text));
  }
}

TEST_CASE("with places, each object and value names its own") {
  const std::string text = std::string(kHead) + "data:\n  a: x\n  b: |\n    1\n    2\n  c: []\n";
  CHECK(
      Printed(text, true) ==
      "---\n# dir/a.yaml:1, through dir/kustomization.yaml\napiVersion: v1  # dir/a.yaml:1\n"
      "kind: ConfigMap  # dir/a.yaml:2\nmetadata:\n  name: a  # dir/a.yaml:3\ndata:\n  a: x  # dir/a.yaml:5\n"
      "# dir/a.yaml:6\n  b: |\n    1\n    2\n  c: []  # dir/a.yaml:9\n");
}

}  // namespace
}  // namespace sluice::manifests::render
