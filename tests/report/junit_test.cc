#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/catch.h"
#include "tests/report/samples.h"

namespace sluice::report {
namespace {

std::string Junit(const Verdict& verdict) { return Write(verdict, Format::kJunit, TestOptions()); }

bool Fits(const std::string& schema, const std::string& text) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("sluice-junit-" + std::to_string(getpid()) + ".xml");
  std::ofstream(path) << text;
  const int status = std::system(
      ("xmllint --nonet --noout --schema '" + schema + "' '" + path + "' >/dev/null 2>&1").c_str());
  std::filesystem::remove(path);
  return status == 0;
}

TEST_CASE("every golden verdict fits the schema of Jenkins' xUnit plugin") {
  const std::string schema = PublishedSchema("junit-10.xsd");
  if (schema.empty()) return;
  if (std::system("command -v xmllint >/dev/null") != 0) {
    std::cout << "skipped: no xmllint (Debian: libxml2-utils)\n";
    return;
  }
  for (const char* name : {"accepted", "hostile", "rejected", "unjudged"}) {
    CAPTURE(name);
    REQUIRE(Fits(schema, Junit(ReadVerdict(GoldenDir() + name + ".verdict.json"))));
  }
  for (const std::string& text : HostileTexts()) {
    CAPTURE(text);
    Finding finding = SampleFinding(text);
    finding.file = finding.source_line = text;
    REQUIRE(Fits(schema, Junit(VerdictOf({finding}))));
  }
  REQUIRE_FALSE(Fits(schema, "<testsuites><testsuite/></testsuites>"));
}

TEST_CASE("no text ends its element or attribute") {
  Finding finding = SampleFinding("]]> </failure> <x a=\"b\" c='d'> &amp;");
  finding.file = "a\"/><x>.yaml";
  const std::string text = Junit(VerdictOf({finding}));
  for (const char* forged : {"]]>", "<x", "\"b\"", "&amp;amp"}) {
    CAPTURE(forged);
    REQUIRE((text.find(forged) != std::string::npos) == (std::string_view(forged) == "&amp;amp"));
  }
}

TEST_CASE("errors fail, warnings are output, what nobody verified is skipped") {
  const std::string text = Junit(ReadVerdict(GoldenDir() + "rejected.verdict.json"));
  REQUIRE(text.find("<testsuites name=\"sluice\" tests=\"5\" failures=\"2\" errors=\"0\"") !=
          std::string::npos);
  REQUIRE(text.find("<failure type=\"schema/unknown-field\"") != std::string::npos);
  REQUIRE(text.find("<skipped message=\"unverified: no schema\"/>") != std::string::npos);
  REQUIRE(text.find("<skipped message=\"chart podinfo 6.5.0 not in the cache\"/>") != std::string::npos);
  Finding warning = SampleFinding();
  warning.severity = Severity::kWarning;
  const std::string accepted = Junit(VerdictOf({warning}, Outcome::kAccepted));
  REQUIRE(accepted.find("<failure") == std::string::npos);
  REQUIRE(accepted.find("<system-out>a.yaml:2:3: warning:") != std::string::npos);
}

TEST_CASE("a verdict that could not be taken is an error") {
  const std::string text = Junit(ReadVerdict(GoldenDir() + "unjudged.verdict.json"));
  REQUIRE(text.find("errors=\"1\"") != std::string::npos);
  REQUIRE(text.find("<error message=\"could not judge: the deadline") != std::string::npos);
}

}  // namespace
}  // namespace sluice::report
