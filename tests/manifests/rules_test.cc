// Every rule's own examples: the failing one yields the rule and no other, the
// passing one no finding at all.
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

Findings FindingsOf(std::string_view example) {
  const ParsedFile file = Parse("example.yaml", std::string(example), Limits());
  Findings findings = file.findings;
  const ObjectList list = Objects(file, Limits());
  findings.insert(findings.end(), list.findings.begin(), list.findings.end());
  return findings;
}

void CheckExamples(std::span<const Rule* const> rules) {
  for (const Rule* rule : rules) {
    CAPTURE(rule->id);
    const Findings fails = FindingsOf(rule->fails);
    CHECK_FALSE(fails.empty());
    for (const Finding& finding : fails) CHECK(finding.rule == rule->id);
    for (const Finding& finding : FindingsOf(rule->passes)) CHECK(finding.message.empty());
  }
}

TEST_CASE("the examples of every rule do what they say") {
  CheckExamples(DocumentRules());
  CheckExamples(ObjectRules());
}

TEST_CASE("every rule has its words") {
  for (const auto rules : {DocumentRules(), ObjectRules()}) {
    for (const Rule* rule : rules) {
      CAPTURE(rule->id);
      for (const std::string_view words : {rule->title, rule->why, rule->remedy, rule->fails, rule->passes}) {
        CHECK_FALSE(words.empty());
      }
      CHECK_FALSE(rule->title.ends_with('.'));
      CHECK(rule->why.ends_with('.'));
      CHECK_FALSE(rule->remedy.ends_with('.'));
    }
  }
}

}  // namespace
}  // namespace sluice::manifests
