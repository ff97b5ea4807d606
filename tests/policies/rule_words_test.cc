// What every rule says of itself, and its two examples.
#include <set>
#include <string>

#include "policies/native.h"
#include "tests/catch.h"
#include "tests/policies/native_gate.h"

namespace sluice::policies {
namespace {

bool IsLowerStart(std::string_view text) { return !text.empty() && !(text[0] >= 'A' && text[0] <= 'Z'); }

TEST_CASE("each native rule finds its failing example, and nothing else does") {
  for (const Rule* rule : NativeRules()) {
    if (rule->id == "object/duplicate") continue;  // the gate finds it, of several files
    const Findings findings = Judge(rule->fails);
    CAPTURE(rule->id, TextOf(findings));
    CHECK(RulesOf(findings) == rule->id);
    CHECK(findings.size() == 1);
  }
}

TEST_CASE("no native rule finds anything in a passing example") {
  for (const Rule* rule : NativeRules()) {
    const Findings findings = Judge(rule->passes);
    CAPTURE(rule->id, TextOf(findings));
    CHECK(findings.empty());
  }
}

TEST_CASE("native rules have an id of their own, in a known group, and all their words") {
  std::set<std::string_view> ids;
  for (const Rule* rule : NativeRules()) {
    CAPTURE(rule->id);
    CHECK(ids.insert(rule->id).second);
    const std::string_view group = rule->id.substr(0, rule->id.find('/'));
    CHECK((group == "native" || group == "object" || group == "secret" || group == "kustomize"));
    for (const std::string_view words : {rule->title, rule->remedy}) {
      CHECK(IsLowerStart(words));
      CHECK_FALSE(words.ends_with('.'));
    }
    CHECK(rule->why.ends_with('.'));
  }
  CHECK(ids.size() == 19);
}

TEST_CASE("native findings carry their place and a message without a full stop") {
  for (const Rule* rule : NativeRules()) {
    for (const Finding& finding : Judge(rule->fails)) {
      CAPTURE(rule->id, finding.message);
      CHECK(finding.range.begin.line > 0);
      CHECK(finding.range.begin.column > 0);
      CHECK(finding.range.begin <= finding.range.end);
      CHECK_FALSE(finding.message.ends_with('.'));
      CHECK_FALSE(finding.file.empty());
      CHECK(finding.source_line.empty());
      CHECK(finding.severity == rule->severity);
    }
  }
}

}  // namespace
}  // namespace sluice::policies
