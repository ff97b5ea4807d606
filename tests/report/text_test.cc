#include <string>

#include "tests/catch.h"
#include "tests/report/samples.h"

namespace sluice::report {
namespace {

std::string Text(const Verdict& verdict, Options options = TestOptions()) {
  return Write(verdict, Format::kText, options);
}

TEST_CASE("a finding of no file begins with its severity") {
  Finding finding;
  finding.rule = "git/reserved-ref";
  finding.message = "refs/sluice/x is written by Sluice alone";
  const std::string text = Write(VerdictOf({finding}), Format::kText, {});
  REQUIRE(text.starts_with("error: refs/sluice/x is written by Sluice alone [git/reserved-ref]\n"));
  REQUIRE(text.find("rejected: 1 error (") != std::string::npos);
  REQUIRE(Write(VerdictOf({finding}), Format::kGithub, {}).starts_with("::error title=git/reserved-ref::"));
  REQUIRE(Write(VerdictOf({finding}), Format::kJunit, {}).find(">error: refs/sluice/x") != std::string::npos);
  REQUIRE(Write(VerdictOf({finding}), Format::kMarkdown, {}).find("- refs/sluice/x") != std::string::npos);
}

TEST_CASE("a finding's first line can be parsed by editors") {
  REQUIRE(Text(VerdictOf({SampleFinding()}))
              .starts_with("a.yaml:2:3: error: unknown field \"replica\" [schema/unknown-field]\n"));
}

TEST_CASE("a file without a place is named without one") {
  Finding finding = SampleFinding("the file is larger than 16777216 bytes");
  finding.range = {};
  REQUIRE(Text(VerdictOf({finding})).starts_with("a.yaml: error: the file is larger"));
}

TEST_CASE("a rule's own remedy is said once, a finding's each time") {
  Findings findings = {SampleFinding("one"), SampleFinding("two")};
  std::string text = Text(VerdictOf(findings));
  REQUIRE(text.find("remove the field") == text.rfind("remove the field"));
  findings[0].remedy = findings[1].remedy = "did you mean \"replicas\"?";
  text = Text(VerdictOf(findings));
  REQUIRE(text.find("did you mean") != text.rfind("did you mean"));
}

TEST_CASE("colours are there only when asked for") {
  Options options = TestOptions();
  REQUIRE(Text(VerdictOf({SampleFinding()}), options).find('\x1b') == std::string::npos);
  options.colour = true;
  REQUIRE(Text(VerdictOf({SampleFinding()}), options).find("\x1b[1;31merror:\x1b[0m") != std::string::npos);
}

TEST_CASE("quiet leaves the findings and the last line") {
  Options options = TestOptions();
  options.quiet = true;
  Verdict verdict = VerdictOf({SampleFinding()});
  verdict.notes = {"a waiver ends"};
  verdict.summary.policy = "main@3fa2c1";
  const std::string text = Text(verdict, options);
  REQUIRE(text.find("main@3fa2c1") == std::string::npos);
  REQUIRE(text.find("a waiver ends") == std::string::npos);
  REQUIRE(text.ends_with("rejected: 1 error in 1 file (11 ms)\n"));
}

TEST_CASE("where the line must not be shown, object and field say what is meant") {
  Finding finding = SampleFinding("a plain Secret");
  finding.source_line.clear();
  finding.object = {"v1", "Secret", "shop", "db"};
  finding.field = "data.password";
  REQUIRE(Text(VerdictOf({finding})).find("hint: Secret shop/db, at data.password\n") != std::string::npos);
}

TEST_CASE("a verdict that could not be taken says why") {
  Verdict verdict = VerdictOf({}, Outcome::kUnjudged);
  verdict.reason = "the deadline of 4 s passed";
  const std::string text = Text(verdict);
  REQUIRE(text.starts_with("error: could not judge main: the deadline of 4 s passed\n"));
  REQUIRE(text.find("unjudged: no findings") != std::string::npos);
}

TEST_CASE("a finding that is off is shown nowhere") {
  Finding finding = SampleFinding("never seen");
  finding.severity = Severity::kOff;
  for (const std::string_view name : FormatNames()) {
    CAPTURE(std::string(name));
    REQUIRE(Write(VerdictOf({finding}), *FormatByName(name), TestOptions()).find("never seen") ==
            std::string::npos);
  }
  REQUIRE(WriteHook(VerdictOf({finding}), {}, TestOptions()).find("never seen") == std::string::npos);
}

TEST_CASE("every format has a name, and no other name is a format") {
  REQUIRE(FormatNames().size() == 7);
  REQUIRE(FormatByName("text") == Format::kText);
  REQUIRE(FormatByName("markdown") == Format::kMarkdown);
  for (const char* name : {"", "Text", "xml", "jsonl", "text "}) REQUIRE_FALSE(FormatByName(name));
}

TEST_CASE("no format lets hostile text steer whoever reads it") {
  for (const std::string& text : HostileTexts()) {
    Finding finding = SampleFinding(text);
    finding.file = finding.field = finding.remedy = finding.source_line = text;
    finding.through = {text};
    finding.object = {text, text, text, text};
    Verdict verdict = VerdictOf({finding, finding});
    verdict.objects = {{text, 1, finding.object, "", {{Evidence::By::kUnverified, text, text}}}};
    verdict.skipped = {{text, text}};
    verdict.notes = {text};
    verdict.subject = verdict.reason = verdict.summary.policy = text;
    verdict.summary.unverified = 1;
    for (const Outcome outcome : {Outcome::kAccepted, Outcome::kRejected, Outcome::kUnjudged}) {
      verdict.outcome = outcome;
      for (const std::string_view name : FormatNames()) {
        CAPTURE(text, std::string(name));
        REQUIRE_FALSE(Steers(Write(verdict, *FormatByName(name), TestOptions())));
      }
      REQUIRE_FALSE(Steers(WriteHook(verdict, {.hints = {text}}, TestOptions())));
    }
  }
}

TEST_CASE("an accepted verdict says which cluster did not answer") {
  const Evidence offline{Evidence::By::kOffline, "", ""};
  Verdict verdict = VerdictOf({}, Outcome::kAccepted);
  verdict.objects = {{"a.yaml", 1, {"v1", "ConfigMap", "shop", "a"}, "", {offline}}};
  verdict.objects.push_back(verdict.objects[0]);
  verdict.objects[1].evidence.push_back({Evidence::By::kUnverified, "prod", "no route; timed out"});
  verdict.summary.objects = 2;
  verdict.summary.judged = verdict.summary.unverified = 1;
  const std::string text = Write(verdict, Format::kText, TestOptions());
  REQUIRE(text.find("2 judged offline, 1 unverified (prod: no route, timed out)\n") != text.npos);
  REQUIRE(text.find("\naccepted, but cluster prod did not answer for 1 object: no findings (") != text.npos);
  for (const Format format : {Format::kGithub, Format::kMarkdown})
    REQUIRE(Write(verdict, format, TestOptions()).find("accepted, but cluster prod did not") != text.npos);
  REQUIRE(WriteHook(verdict, {}, TestOptions()).find("sluice accepted main, but cluster prod did not") == 0);
  verdict.objects[1].evidence.pop_back();
  verdict.summary.judged = 2;
  verdict.summary.unverified = 0;
  REQUIRE(Write(verdict, Format::kText, TestOptions()).find("2 judged\n") != text.npos);
}

TEST_CASE("10,000 findings are written whole in every format but the bounded ones") {
  Findings findings;
  for (int i = 0; i < 10'000; ++i) {
    findings.push_back(SampleFinding("number " + std::to_string(i) + ";"));
  }
  const Verdict verdict = VerdictOf(findings);
  for (const std::string_view name : FormatNames()) {
    CAPTURE(std::string(name));
    const std::string text = Write(verdict, *FormatByName(name), TestOptions());
    if (name == "markdown") {
      REQUIRE(text.size() <= 60'000);
    } else {
      REQUIRE(text.find("number 9999;") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace sluice::report
