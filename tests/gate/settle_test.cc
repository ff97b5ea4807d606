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

TEST_CASE("what clusters told a second verdict is evidence of the first") {
  using By = Evidence::By;
  const ObjectName name{"v1", "ConfigMap", "shop", "x"};
  Verdict verdict;
  verdict.objects = {
      {"a.yaml", 1, name, "", {{By::kUnverified, "", "no schema"}, {By::kOffline, "a", ""}}, false}};
  verdict.summary.objects = verdict.summary.unverified = 1;
  JoinEvidence({{"a.yaml", 1, name, "", {{By::kCluster, "a", ""}, {By::kCluster, "b", ""}}, false},
                {"b.yaml", 1, name, "", {{By::kUnverified, "b", "late"}}, false}},
               verdict);
  CHECK(verdict.objects[0].evidence ==
        std::vector<Evidence>{{By::kOffline, "a", ""}, {By::kCluster, "b", ""}});
  CHECK(verdict.summary.unverified == 0);
  CHECK(verdict.summary.by_cluster == 1);
  CHECK(verdict.summary.judged == 1);
  JoinEvidence({{"a.yaml", 1, name, "", {{By::kUnverified, "c", "late"}}, false}}, verdict);
  CHECK(verdict.summary.unverified == 1);
  CHECK(verdict.summary.by_cluster == 0);
  CHECK(verdict.summary.judged == 0);
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
  verdict.findings = {Make("a/b", "new.yaml", "Pod", "web", "first"),
                      Make("a/b", "new.yaml", "Pod", "web", "second"), Make("a/b", "new.yaml", "Pod", "db")};
  ApplyRatchet({Make("a/b", "old.yaml", "Pod", "web", "second")}, verdict);
  REQUIRE(verdict.findings.size() == 2);
  CHECK(verdict.findings[0].message == "first");
  CHECK(verdict.summary.older == 1);
}

TEST_CASE("an older violation of another object or rule excuses nothing") {
  Verdict verdict;
  verdict.findings = {Make("a/b", "x.yaml", "Pod", "web")};
  ApplyRatchet(
      {Make("a/b", "x.yaml", "Pod", "db"), Make("a/c", "x.yaml", "Pod", "web"), Make("a/b", "x.yaml")},
      verdict);
  CHECK(verdict.findings.size() == 1);
}

Finding MakeBuilt(const char* root, const char* message = "wrong") {
  Finding finding = Make("a/b", "base/x.yaml", "Pod", "web", message);
  finding.through = {"base/kustomization.yaml", root};
  return finding;
}

TEST_CASE("an older violation of what one root builds excuses none of another") {
  Verdict verdict;
  verdict.findings = {MakeBuilt("production.yaml")};
  ApplyRatchet({MakeBuilt("staging.yaml")}, verdict);
  CHECK(verdict.findings.size() == 1);
  ApplyRatchet({MakeBuilt("production.yaml", "other words")}, verdict);
  CHECK(verdict.findings.empty());
}

TEST_CASE("a file that comes under a build keeps its older violations, not the other way round") {
  Verdict verdict;
  verdict.findings = {MakeBuilt("production.yaml")};
  ApplyRatchet({Make("a/b", "base/x.yaml", "Pod", "web")}, verdict);
  CHECK(verdict.findings.empty());
  verdict.findings = {Make("a/b", "base/x.yaml", "Pod", "web")};
  ApplyRatchet({MakeBuilt("production.yaml")}, verdict);
  CHECK(verdict.findings.size() == 1);
}

struct WaiverCase {
  const char* expires;
  std::size_t findings_left;  // of the rule itself
  const char* told;           // rule that tells of the waiver; empty: none
};

TEST_CASE("a waiver excuses until its last day, warns before and tells after") {
  const auto now = std::chrono::sys_days(2027y / 1 / 15) + 12h;
  for (const WaiverCase& c : {WaiverCase{"2027-06-01", 0, ""},
                              {"2027-01-29", 0, "policy/waiver-ends"},
                              {"2027-01-15", 0, "policy/waiver-ends"},
                              {"2027-01-14", 1, "policy/waiver-expired"}}) {
    CAPTURE(c.expires);
    Configuration configuration;
    configuration.waivers = {{"a/b", {"Pod/shop/web*"}, {}, "sre", "because", c.expires, {}}};
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
  for (const Waiver& waiver : {Waiver{"a/c", {"Pod/shop/web"}, {}, "o", "r", "2027-06-01", {}},
                               {"a/b", {"Pod/other/web"}, {}, "o", "r", "2027-06-01", {}},
                               {"a/b", {"Pod/web"}, {}, "o", "r", "2027-06-01", {}},
                               {"a/b", {"Deployment/shop/web"}, {}, "o", "r", "2027-06-01", {}},
                               {"a/b", {"x.yaml"}, {}, "o", "r", "2027-06-01", {}},
                               {"a/b", {"x*"}, {}, "o", "r", "2027-06-01", {}},
                               {"a/b", {}, {"y.yaml"}, "o", "r", "2027-06-01", {}},
                               {"a/b", {}, {"Pod/shop/web"}, "o", "r", "2027-06-01", {}},
                               {"a/b", {"Pod/shop/web"}, {"y.yaml"}, "o", "r", "2027-06-01", {}},
                               {"a/b", {"Pod/shop/db"}, {"x.yaml"}, "o", "r", "2027-06-01", {}}}) {
    Configuration configuration;
    configuration.waivers = {waiver};
    Verdict verdict;
    verdict.findings = {Make("a/b", "x.yaml", "Pod", "web")};
    ApplyWaivers(configuration, now, verdict);
    CHECK(verdict.findings.size() == 1);
  }
}

TEST_CASE("a waiver of paths excuses what is there, of whatever object") {
  const auto now = std::chrono::sys_days(2027y / 1 / 15);
  for (const Waiver& waiver : {Waiver{"a/b", {}, {"*.yaml"}, "o", "r", "2027-06-01", {}},
                               {"a/b", {"Pod/shop/*"}, {"x.yaml"}, "o", "r", "2027-06-01", {}}}) {
    Configuration configuration;
    configuration.waivers = {waiver};
    Verdict verdict;
    verdict.findings = {Make("a/b", "x.yaml", "Pod", "web"), Make("a/b", "x.yaml")};
    ApplyWaivers(configuration, now, verdict);
    CHECK(verdict.findings.size() == (waiver.objects.empty() ? 0 : 1));
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

TEST_CASE("what was not judged is neither lowered nor waived") {
  Configuration configuration;
  for (const char* rule : {"yaml", "git", "policy", "yaml/syntax", "git/too-large", "policy/not-judged"}) {
    configuration.rules.push_back({rule, Severity::kOff, ""});
    configuration.waivers.push_back({rule, {}, {"**"}, "sre", "r", "2099-01-01", {}});
  }
  for (const char* rule : {"yaml/syntax", "yaml/duplicate-key", "git/too-large", "policy/not-judged"}) {
    CAPTURE(rule);
    CHECK(SeverityFor(configuration, Make(rule, "a.yaml")) == Severity::kError);
    Findings findings = {Make(rule, "a.yaml")};
    CHECK(TakeAwayWaived(configuration, std::chrono::system_clock::now(), findings) == 0);
  }
  CHECK(SeverityFor(configuration, Make("git/symlink", "a.yaml")) == Severity::kOff);
}

TEST_CASE("joined findings stand once, with the higher severity") {
  Verdict verdict;
  verdict.findings = {Make("a/b", "x"), Make("a/c", "x")};
  verdict.findings[1].severity = Severity::kWarning;
  Join({Make("a/b", "x"), Make("a/c", "x"), Make("a/d", "x")}, verdict);
  CHECK(verdict.findings.size() == 4);
}

TEST_CASE("the history is weighed by every policy, and what one leaves stands") {
  Configuration lax, strict;
  lax.rules = {{"secret", Severity::kOff, "testdata/**"}};
  lax.waivers = {{"secret/plain", {}, {"old.yaml"}, "sre", "r", "2099-01-01", {}}};
  const Findings history = {Make("secret/private-key", "testdata/key.pem"), Make("secret/plain", "old.yaml"),
                            Make("secret/plain", "new.yaml")};
  const auto left = [&](std::vector<const Configuration*> policies) {
    Verdict verdict;
    JoinHistory(history, policies, std::chrono::system_clock::now(), verdict);
    return verdict.findings.size();
  };
  CHECK(left({&lax}) == 1);
  CHECK(left({&lax, &strict}) == 3);
  CHECK(left({&lax, &lax}) == 1);
  CHECK(left({}) == 3);
}

}  // namespace
}  // namespace sluice::gate
