// Each rule's own examples: one that it finds something in, one that passes.
#include "schemas/rules.h"

#include <set>

#include "schemas/json_schema.h"
#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {
namespace {

// The minors that an example names in its first line, else the default.
std::vector<std::string> MinorsOf(std::string_view example) {
  return example.find("kubernetes: [\"1.32\"]") == example.npos ? DefaultMinors()
                                                                : std::vector<std::string>{"1.32"};
}

// The files of a txtar example; schema/document is the one rule that has them.
std::string Part(std::string_view example, const std::string& name) {
  const std::string head = "-- " + name + " --\n";
  const std::size_t begin = example.find(head) + head.size();
  return std::string(example.substr(begin, example.find("-- ", begin) - begin));
}

Findings FindingsOf(const Rule& rule, std::string_view example) {
  if (&rule == &kDocument) {
    const Result<JsonSchema> schema = JsonSchema::Parse(Part(example, ".sluice/schemas/values.json"));
    return schema->Check(manifests::Parse("values.yaml", Part(example, "values.yaml"), Limits()));
  }
  Catalog catalog = MakeCatalog(MinorsOf(example));
  return CheckText(catalog, std::string(example)).findings;
}

}  // namespace

TEST_CASE("every rule finds its failing example and nothing else does") {
  for (const Rule* rule : SchemaRules()) {
    CAPTURE(rule->id);
    const Findings findings = FindingsOf(*rule, rule->fails);
    REQUIRE_FALSE(findings.empty());
    for (const Finding& finding : findings) {
      CAPTURE(finding.message);
      REQUIRE(finding.rule == rule->id);
      REQUIRE(finding.range.begin.line > 0);
      REQUIRE(finding.message.back() != '.');
    }
  }
}

TEST_CASE("every rule lets its passing example pass") {
  for (const Rule* rule : SchemaRules()) {
    CAPTURE(rule->id);
    const Findings findings = FindingsOf(*rule, rule->passes);
    CAPTURE(Words(findings));
    REQUIRE(findings.empty());
  }
}

TEST_CASE("rules are sorted by id, whole and different") {
  std::string last;
  for (const Rule* rule : SchemaRules()) {
    REQUIRE(rule->id > last);
    last = rule->id;
    for (const std::string_view text : {rule->title, rule->why, rule->remedy, rule->fails, rule->passes}) {
      REQUIRE_FALSE(text.empty());
    }
  }
}

}  // namespace sluice::schemas
