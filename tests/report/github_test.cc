#include <algorithm>
#include <sstream>
#include <string>

#include "tests/catch.h"
#include "tests/report/samples.h"

namespace sluice::report {
namespace {

std::string Github(const Verdict& verdict) { return Write(verdict, Format::kGithub, TestOptions()); }

TEST_CASE("a finding is one workflow command") {
  REQUIRE(Github(VerdictOf({SampleFinding()})) ==
          "::error file=a.yaml,line=2,endLine=2,col=3,endColumn=9,title=schema/unknown-field::unknown field "
          "\"replica\"%0Aremove the field or correct its name\n"
          "sluice: rejected, 1 error in 1 file (11 ms)\n");
}

TEST_CASE("columns are left out where the range has several lines or none") {
  Finding finding = SampleFinding();
  finding.range = {{2, 3}, {4, 1}};
  REQUIRE(Github(VerdictOf({finding})).starts_with("::error file=a.yaml,line=2,endLine=4,title="));
  finding.range = {};
  REQUIRE(Github(VerdictOf({finding})).starts_with("::error file=a.yaml,title="));
}

TEST_CASE("errors come first, for a step shows ten annotations of each kind") {
  Finding warning = SampleFinding("later"), note = SampleFinding("last");
  warning.severity = Severity::kWarning;
  note.severity = Severity::kNote;
  const std::string text = Github(VerdictOf({note, warning, SampleFinding("first")}));
  REQUIRE(text.find("first") < text.find("::warning"));
  REQUIRE(text.find("later") < text.find("::notice"));
}

TEST_CASE("no repository text ends a property or begins a command") {
  const char* hostile[] = {
      "a\n::error::forged", "a\r\n::stop-commands::x", "a%0A::set-env name=X::y", "a,line=1::b", "a::b",
      "::add-mask::x",      "\n##[error]forged"};
  for (const char* text : hostile) {
    CAPTURE(text);
    Finding finding = SampleFinding(text);
    finding.file = finding.rule = finding.remedy = text;
    finding.object = {text, text, text, text};
    Verdict verdict = VerdictOf({finding}, Outcome::kUnjudged);
    verdict.subject = verdict.reason = text;
    std::istringstream lines(Github(verdict));
    std::string line;
    int commands = 0;
    while (std::getline(lines, line)) {
      if (line.starts_with("::")) ++commands;
      REQUIRE((line.starts_with("::error ") || line.starts_with("sluice: ")));
      REQUIRE(line.find('\r') == std::string::npos);
      // A property never holds a bare ',' or ':' of the text.
      if (line.starts_with("::error file=")) {
        const std::string properties = line.substr(8, line.find("::", 2) - 8);
        REQUIRE(std::count(properties.begin(), properties.end(), ',') == 5);
      }
    }
    REQUIRE(commands == 2);
  }
}

}  // namespace
}  // namespace sluice::report
