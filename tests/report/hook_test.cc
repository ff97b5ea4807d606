#include <algorithm>
#include <string>

#include "tests/catch.h"
#include "tests/report/samples.h"

namespace sluice::report {
namespace {

std::size_t Times(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++times;
  return times;
}

std::string Hook(const Verdict& verdict, const HookWords& words = {}) {
  return WriteHook(verdict, words, TestOptions());
}

TEST_CASE("a rejected push reads as documented") {
  const Verdict verdict = ReadVerdict(GoldenDir() + "rejected.verdict.json");
  REQUIRE(
      Hook(verdict, {.hints = {"try here: sluice check origin/main...HEAD",
                               "emergency (ana, ben; recorded): git push -o sluice.bypass=\"reason\""}}) ==
      R"(error: sluice rejected main: 2 errors in 2 of 41 objects

error: apps/shop/web.yaml:9:3: unknown field "replica" [schema/unknown-field]
     9 |   replica: 3
       |   ^~~~~~~
hint: did you mean "replicas"?

error: apps/shop/base/deploy.yaml:19:16: image has no digest [policy/require-digest]
    19 |         image: shop/web:1.4
       |                ^~~~~~~~~~~~
hint: Deployment shop/web, through clusters/prod/kustomization.yaml
hint: pin the digest, or add a waiver (owner: sre)

38 judged, 2 unverified (ServiceMonitor: no schema), 1 not judged (chart podinfo 6.5.0 not in the cache)
1 older violation not counted; policy platform/policy@3fa2c1
hint: try here: sluice check origin/main...HEAD
hint: why: sluice explain policy/require-digest
hint: emergency (ana, ben; recorded): git push -o sluice.bypass="reason"
sluice: 11 ms
)");
}

TEST_CASE("an accepted push is two lines") {
  Verdict verdict = VerdictOf({}, Outcome::kAccepted);
  verdict.summary.judged = verdict.summary.objects = 3;
  verdict.summary.policy = "main@3fa2c1";
  verdict.summary.milliseconds = 1.84;
  REQUIRE(Hook(verdict) == "sluice accepted main: 3 judged\nsluice: 1.8 ms\n");
}

TEST_CASE("a push that could not be judged is rejected in one sentence") {
  Verdict verdict = VerdictOf({}, Outcome::kUnjudged);
  verdict.reason = "the deadline of 4 s passed";
  REQUIRE(Hook(verdict) ==
          "error: sluice could not judge main: the deadline of 4 s passed\n\nsluice: 11 ms\n");
}

TEST_CASE("at most 20 findings stand in full, errors before warnings, the rest is counted") {
  Findings findings;
  for (int i = 0; i < 40; ++i) {
    findings.push_back(SampleFinding("number " + std::to_string(i)));
    if (i % 2 == 0) findings.back().severity = Severity::kWarning;
  }
  const std::string text = Hook(VerdictOf(findings));
  REQUIRE(Times(text, "[schema/unknown-field]") == 20);
  REQUIRE(Times(text, "\nwarning:") == 0);
  REQUIRE(text.find("and 20 more findings\n") != std::string::npos);
}

TEST_CASE("what is of no file has no place, and is not counted as one") {
  Finding finding = SampleFinding("main would lose commits");
  finding.file.clear();
  finding.range = {};
  finding.object = {};
  const std::string text = Hook(VerdictOf({finding}));
  REQUIRE(text.starts_with("error: sluice rejected main: 1 error\n"));
  REQUIRE(text.find("\nerror: main would lose commits [") != std::string::npos);
  REQUIRE(Hook(VerdictOf({finding, finding})).find("and 1 more like it\n") != std::string::npos);
}

TEST_CASE("equal findings are summed up with their places") {
  Findings findings(10'000, SampleFinding());
  for (std::size_t i = 0; i < findings.size(); ++i)
    findings[i].range.begin.line = static_cast<std::uint32_t>(i + 1);
  const std::string text = Hook(VerdictOf(findings));
  REQUIRE(Times(text, "[schema/unknown-field]") == 1);
  REQUIRE(text.find("and in 9999 more places: a.yaml:2:3, a.yaml:3:3, a.yaml:4:3, …\n") != std::string::npos);
}

TEST_CASE("GitLab's page gets reason, findings and hints of a rejection") {
  Finding warning = SampleFinding("odd");
  warning.severity = Severity::kWarning;
  warning.rule = "text/odd";
  const std::string text = Hook(VerdictOf({SampleFinding(), warning}), {.gitlab = true});
  REQUIRE(text.starts_with("GL-HOOK-ERR: sluice rejected main: 1 error, 1 warning in 1 file\n"));
  REQUIRE(Times(text, "GL-HOOK-ERR: a.yaml:2:3: unknown field") == 1);
  REQUIRE(Times(text, "GL-HOOK-ERR: hint: remove the field") == 1);
  REQUIRE(Times(text, "\nwarning: a.yaml:2:3: odd") == 1);
}

TEST_CASE("an accepted push says nothing to GitLab's page") {
  Finding warning = SampleFinding();
  warning.severity = Severity::kWarning;
  REQUIRE(Times(Hook(VerdictOf({warning}, Outcome::kAccepted), {.gitlab = true}), "GL-HOOK-ERR") == 0);
}

TEST_CASE("where nothing is rejected the words say so") {
  const Verdict verdict = VerdictOf({SampleFinding()});
  for (const Standing standing : {Standing::kObserved, Standing::kAdvice, Standing::kBypassed}) {
    const std::string text = Hook(verdict, {.gitlab = true, .standing = standing});
    REQUIRE(text.starts_with("warning: sluice would reject main: 1 error"));
    REQUIRE(Times(text, "GL-HOOK-ERR") == 0);
    REQUIRE(Times(text, "sluice rejected") == 0);
  }
  REQUIRE(Hook(verdict, {.standing = Standing::kObserved}).find("the mode is observe") != std::string::npos);
  REQUIRE(Hook(verdict, {.standing = Standing::kAdvice}).find("not protected") != std::string::npos);
  REQUIRE(Hook(verdict, {.standing = Standing::kBypassed}).find("bypassed, and logged") != std::string::npos);
}

TEST_CASE("notes are no findings of a push") {
  Finding note = SampleFinding("by the way");
  note.severity = Severity::kNote;
  REQUIRE(Hook(VerdictOf({note}, Outcome::kAccepted)).find("by the way") == std::string::npos);
}

TEST_CASE("repository text never begins a line of its own") {
  Finding finding = SampleFinding("x\nerror: forged\nGL-HOOK-ERR: forged");
  finding.file = "a\nhint: forged";
  finding.source_line = "x\nwarning: forged";
  finding.through = {"x\nerror: forged"};
  Verdict verdict = VerdictOf({finding});
  verdict.notes = {"x\nerror: forged"};
  verdict.subject = "x\nerror: forged";
  const std::string text = Hook(verdict, {.gitlab = true});
  for (const char* forged :
       {"\nerror: forged", "\nhint: forged", "\nwarning: forged", "\nGL-HOOK-ERR: forged"}) {
    REQUIRE(text.find(forged) == std::string::npos);
  }
}

TEST_CASE("the last line is the time") {
  for (const Outcome outcome : {Outcome::kAccepted, Outcome::kRejected, Outcome::kUnjudged}) {
    const std::string text = Hook(VerdictOf({SampleFinding()}, outcome), {.hints = {"try here"}});
    REQUIRE(text.ends_with("\nsluice: 11 ms\n"));
  }
  Verdict slow = VerdictOf({}, Outcome::kAccepted);
  slow.summary.milliseconds = 12'345;
  REQUIRE(Hook(slow).ends_with("sluice: 12.3 s\n"));
}

}  // namespace
}  // namespace sluice::report
