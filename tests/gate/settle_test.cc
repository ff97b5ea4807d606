// Severities, ratchet and waivers, on findings made by hand.
#include "gate/settle.h"
#include "tests/catch.h"

namespace sluice::gate {
namespace {

using namespace std::chrono_literals;

Finding Make(const char* rule, const char* file, const char* kind = "", const char* name = "",
             const char* message = "wrong") {
  Finding finding;
  finding.rule = rule;
  finding.file = file;
  finding.object = {"v1", kind, "shop", name};
  finding.message = message;
  return finding;
}

TEST_CASE("the later entry wins, an id over its group") {
  Configuration configuration;
  configuration.rules = {{"schema/enum", Severity::kOff, ""},
                         {"schema", Severity::kWarning, ""},
                         {"native", Severity::kOff, "legacy/**"}};
  CHECK(SeverityFor(configuration, Make("schema/enum", "a.yaml")) == Severity::kOff);
  CHECK(SeverityFor(configuration, Make("schema/required", "a.yaml")) == Severity::kWarning);
  CHECK(SeverityFor(configuration, Make("native/name", "legacy/a.yaml")) == Severity::kOff);
  CHECK(SeverityFor(configuration, Make("native/name", "a.yaml")) == Severity::kError);
}

TEST_CASE("a group never raises a note, its own id does") {
  Configuration configuration;
  configuration.rules = {{"schema", Severity::kError, ""}};
  Finding note = Make("schema/unknown-kind", "a.yaml");
  note.severity = Severity::kNote;
  CHECK(SeverityFor(configuration, note) == Severity::kNote);
  configuration.rules.push_back({"schema/unknown-kind", Severity::kWarning, ""});
  CHECK(SeverityFor(configuration, note) == Severity::kWarning);
}

TEST_CASE("the ratchet takes away older violations one for one") {
  Verdict verdict;
  verdict.findings = {Make("a/b", "new.yaml", "Pod", "web", "first"), Make("a/b", "new.yaml", "Pod", "web", "second"),
                      Make("a/b", "new.yaml", "Pod", "db")};
  ApplyRatchet({Make("a/b", "old.yaml", "Pod", "web", "second")}, verdict);
  REQUIRE(verdict.findings.size() == 2);
  CHECK(verdict.findings[0].message == "first");
  CHECK(verdict.summary.older == 1);
}

TEST_CASE("an older violation of another object or rule excuses nothing") {
  Verdict verdict;
  verdict.findings = {Make("a/b", "x.yaml", "Pod", "web")};
  ApplyRatchet({Make("a/b", "x.yaml", "Pod", "db"), Make("a/c", "x.yaml", "Pod", "web"), Make("a/b", "x.yaml")}, verdict);
  CHECK(verdict.findings.size() == 1);
}

struct WaiverCase {
  const char* expires;
  std::size_t findings_left;  // of the rule itself
  const char* told;           // rule that tells of the waiver; empty: none
};

TEST_CASE("a waiver excuses until its last day, warns before and tells after") {
  const auto now = std::chrono::sys_days(2027y / 1 / 15) + 12h;
  for (const WaiverCase& c : {WaiverCase{"2027-06-01", 0, ""}, {"2027-01-29", 0, "policy/waiver-ends"},
                              {"2027-01-15", 0, "policy/waiver-ends"}, {"2027-01-14", 1, "policy/waiver-expired"}}) {
    CAPTURE(c.expires);
    Configuration configuration;
    configuration.waivers = {{"a/b", {"Pod/shop/web*"}, "sre", "because", c.expires, {}}};
    Verdict verdict;
    verdict.findings = {Make("a/b", "x.yaml", "Pod", "web-1")};
    ApplyWaivers(configuration, now, verdict);
    std::size_t left = 0;
    std::string told;
    for (const Finding& finding : verdict.findings) {
      left += finding.rule == "a/b";
      if (finding.rule != "a/b") told = finding.rule;
    }
    CHECK(left == c.findings_left);
    CHECK(told == c.told);
  }
}

TEST_CASE("a waiver of another rule, object or namespace excuses nothing") {
  const auto now = std::chrono::sys_days(2027y / 1 / 15);
  for (const Waiver& waiver : {Waiver{"a/c", {"Pod/shop/web"}, "o", "r", "2027-06-01", {}},
                               {"a/b", {"Pod/other/web"}, "o", "r", "2027-06-01", {}},
                               {"a/b", {"Pod/web"}, "o", "r", "2027-06-01", {}},
                               {"a/b", {"Deployment/shop/web"}, "o", "r", "2027-06-01", {}}}) {
    Configuration configuration;
    configuration.waivers = {waiver};
    Verdict verdict;
    verdict.findings = {Make("a/b", "x.yaml", "Pod", "web")};
    ApplyWaivers(configuration, now, verdict);
    CHECK(verdict.findings.size() == 1);
  }
}

TEST_CASE("one error rejects, warnings and notes do not") {
  Verdict verdict;
  verdict.findings = {Make("a/b", "x")};
  verdict.findings[0].severity = Severity::kWarning;
  Settle(verdict);
  CHECK(verdict.outcome == Outcome::kAccepted);
  verdict.findings.push_back(Make("a/b", "x"));
  Settle(verdict);
  CHECK(verdict.outcome == Outcome::kRejected);
  verdict.outcome = Outcome::kUnjudged;
  verdict.findings.clear();
  Settle(verdict);
  CHECK(verdict.outcome == Outcome::kUnjudged);
}

}  // namespace
}  // namespace sluice::gate
