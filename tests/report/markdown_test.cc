#include <string>

#include "tests/catch.h"
#include "tests/report/samples.h"

namespace sluice::report {
namespace {

std::string Markdown(const Verdict& verdict) { return Write(verdict, Format::kMarkdown, TestOptions()); }

TEST_CASE("the headline says what happened") {
  Verdict verdict = VerdictOf({SampleFinding()});
  REQUIRE(Markdown(verdict).starts_with("### ❌ Sluice: 1 error blocks main\n"));
  verdict.findings.push_back(SampleFinding("other"));
  REQUIRE(Markdown(verdict).starts_with("### ❌ Sluice: 2 errors block main\n"));
  verdict.outcome = Outcome::kUnjudged;
  verdict.reason = "the deadline passed";
  REQUIRE(Markdown(verdict).starts_with("### ⚠️ Sluice could not judge main\n\nthe deadline passed\n"));
  REQUIRE(Markdown(VerdictOf({}, Outcome::kAccepted)).starts_with("### ✅ Sluice: main accepted\n"));
  Verdict here = VerdictOf({SampleFinding()});
  here.subject = ".";
  REQUIRE(Markdown(here).starts_with("### ❌ Sluice: 1 error\n"));
  here.outcome = Outcome::kUnjudged;
  REQUIRE(Markdown(here).starts_with("### ⚠️ Sluice could not judge this\n"));
  here = VerdictOf({}, Outcome::kAccepted);
  here.subject = ".";
  REQUIRE(Markdown(here).starts_with("### ✅ Sluice: accepted\n"));
}

TEST_CASE("no repository text mentions, links, or carries markup") {
  struct Case {
    const char *text, *shown;
  };
  const Case cases[] = {
      {"@org/team", "@&#8203;org/team"},
      {"fixes #12", "fixes #&#8203;12"},
      {"!34 %1", "!&#8203;34 %&#8203;1"},
      {"<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;"},
      {"<!-- sluice:report -->", "&lt;!&#8203;-- sluice:report --&gt;"},
      {"[x](javascript:y)", "\\[x\\](javascript:y)"},
      {"https://evil.example", "https&#58;//evil.example"},
      {"www.evil.example", "www&#46;evil.example"},
      {"**b** _i_ ~~s~~ `c`", "\\*\\*b\\*\\* \\_i\\_ \\~\\~s\\~\\~ \\`c\\`"},
      {"&#64;all", "&amp;#&#8203;64;all"},
      {"a | b $x$", "a \\| b \\$x\\$"},
      {"x\n/approve\n# y", "x\\\\x0a/approve\\\\x0a#&#8203; y"},
  };
  for (const Case& item : cases) {
    CAPTURE(item.text);
    const std::string text = Markdown(VerdictOf({SampleFinding(item.text)}));
    REQUIRE(text.find("- `a.yaml:2:3` " + std::string(item.shown) + " · `schema/unknown-field`\n") !=
            std::string::npos);
  }
}

TEST_CASE("code spans and fences are longer than the backticks in them") {
  Finding finding = SampleFinding();
  finding.file = "a``b.yaml";
  finding.source_line = "x: `````y";
  const std::string text = Markdown(VerdictOf({finding}));
  REQUIRE(text.find("- ``` a``b.yaml:2:3 ``` ") != std::string::npos);
  REQUIRE(text.find("\n``````text\n") != std::string::npos);
  REQUIRE(text.find("\n``````\n</details>") != std::string::npos);
}

TEST_CASE("a comment is never longer than 60,000 bytes, whatever the verdict") {
  Findings findings;
  for (int i = 0; i < 3000; ++i) {
    findings.push_back(SampleFinding(std::to_string(i) + std::string(500, i % 2 ? '@' : '<')));
    findings.back().file = std::string(4000, '#');
    findings.back().remedy = std::string(5000, '&');
    findings.back().object = {"v1", std::string(1000, '!'), std::string(1000, '%'), std::string(1000, '@')};
    findings.back().through = {std::string(4000, '<')};
    findings.back().source_line = std::string(100'000, '`');
    if (i % 3 == 0) findings.back().severity = Severity::kWarning;
  }
  Verdict verdict = VerdictOf(findings);
  verdict.notes.assign(1000, std::string(3000, '@'));
  verdict.subject = verdict.summary.policy = std::string(10'000, '@');
  verdict.summary.unverified = 5;
  for (int i = 0; i < 5; ++i) {
    const std::string reason = std::to_string(i) + std::string(3000, '@');
    verdict.skipped.push_back({"x", reason});
    verdict.objects.push_back(
        {"x", 1, {"v1", reason, "", ""}, "", {{Evidence::By::kUnverified, "", reason}}});
  }
  for (const Outcome outcome : {Outcome::kAccepted, Outcome::kRejected, Outcome::kUnjudged}) {
    verdict.outcome = outcome;
    verdict.reason = std::string(100'000, '@');
    REQUIRE(Markdown(verdict).size() <= 60'000);
  }
  REQUIRE(Markdown(verdict).find(" more\n") != std::string::npos);
}

TEST_CASE("equal findings are one item") {
  const std::string text = Markdown(VerdictOf({SampleFinding(), SampleFinding(), SampleFinding()}));
  REQUIRE(text.find("and in 2 more places: `a.yaml:2:3`, `a.yaml:2:3`\n") != std::string::npos);
}

TEST_CASE("the rule names of a comment stay whole") {
  const std::string text = Markdown(ReadVerdict(GoldenDir() + "rejected.verdict.json"));
  REQUIRE(text.find("- `apps/shop/base/deploy.yaml:19:16` image has no digest · `policy/require-digest` · "
                    "Deployment shop/web\n") != std::string::npos);
  REQUIRE(text.find("**Known from** offline 38 · unverified 2 (ServiceMonitor: no schema)") !=
          std::string::npos);
}

}  // namespace
}  // namespace sluice::report
