#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/catch.h"
#include "tests/report/samples.h"

namespace sluice::report {
namespace {

using Json = nlohmann::json;

Json Sarif(const Verdict& verdict) { return Json::parse(Write(verdict, Format::kSarif, TestOptions())); }

TEST_CASE("every golden verdict fits the schema of SARIF 2.1.0") {
  const std::string schema = PublishedSchema("sarif-2.1.0.json");
  if (schema.empty()) return;
  for (const char* name : {"accepted", "hostile", "rejected", "unjudged"}) {
    CAPTURE(name);
    REQUIRE(SchemaErrors(schema, Sarif(ReadVerdict(GoldenDir() + name + ".verdict.json")).dump()) == "");
  }
  REQUIRE(SchemaErrors(schema, R"({"version":"2.1.0","runs":[{"tool":{}}]})") != "");
}

TEST_CASE("columns count code points and the end is not included") {
  const Json run = Sarif(ReadVerdict(GoldenDir() + "rejected.verdict.json"))["runs"][0];
  REQUIRE(run["columnKind"] == "unicodeCodePoints");
  REQUIRE(run["results"][0]["locations"][0]["physicalLocation"]["region"] ==
          Json({{"startLine", 9}, {"startColumn", 3}, {"endLine", 9}, {"endColumn", 10}}));
}

TEST_CASE("a finding of the file as a whole points at its first line") {
  Finding finding = SampleFinding();
  finding.range = {};
  const Json run = Sarif(VerdictOf({finding}))["runs"][0];
  REQUIRE(run["results"][0]["locations"][0]["physicalLocation"]["region"] == Json({{"startLine", 1}}));
}

TEST_CASE("paths become relative URIs") {
  struct Case {
    const char *path, *uri;
  };
  for (const Case& item :
       {Case{"apps/a b.yaml", "apps/a%20b.yaml"}, Case{"c:d.yaml", "c%3Ad.yaml"},
        Case{"\xff.yaml", "%FF.yaml"}, Case{"a%0A?#.yaml", "a%250A%3F%23.yaml"}, Case{"", "."}}) {
    Finding finding = SampleFinding();
    finding.file = item.path;
    const Json run = Sarif(VerdictOf({finding}))["runs"][0];
    REQUIRE(run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == item.uri);
  }
}

TEST_CASE("fingerprints stay when lines move and differ between equal findings") {
  Finding moved = SampleFinding();
  moved.range = {{7, 3}, {7, 10}};
  const auto hash = [](const Verdict& verdict, std::size_t i) {
    return Sarif(verdict)["runs"][0]["results"][i]["partialFingerprints"]["primaryLocationLineHash"];
  };
  REQUIRE(hash(VerdictOf({SampleFinding()}), 0) == hash(VerdictOf({moved}), 0));
  REQUIRE(hash(VerdictOf({SampleFinding(), moved}), 0) != hash(VerdictOf({SampleFinding(), moved}), 1));
  REQUIRE(hash(VerdictOf({SampleFinding("a")}), 0) != hash(VerdictOf({SampleFinding("b")}), 0));
}

TEST_CASE("each rule is listed once, with its words, and results point at it") {
  const Json run = Sarif(ReadVerdict(GoldenDir() + "rejected.verdict.json"))["runs"][0];
  const Json& rules = run["tool"]["driver"]["rules"];
  REQUIRE(rules.size() == 2);
  for (const Json& result : run["results"]) {
    const Json& rule = rules[result["ruleIndex"].get<std::size_t>()];
    REQUIRE(rule["id"] == result["ruleId"]);
    REQUIRE(rule["fullDescription"]["text"].get<std::string>().size() > 10);
  }
}

TEST_CASE("a run holds at most 25,000 results, errors first, and says what it left out") {
  Finding warning = SampleFinding();
  warning.severity = Severity::kWarning;
  Findings findings(20'000, warning);
  findings.insert(findings.end(), 10'000, SampleFinding());
  const Json run = Sarif(VerdictOf(findings))["runs"][0];
  REQUIRE(run["results"].size() == 25'000);
  REQUIRE(run["results"][9'999]["level"] == "error");
  REQUIRE(run["results"][10'000]["level"] == "warning");
  const std::string words = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
  REQUIRE(words.starts_with("5000 results left out"));
  std::set<std::string> hashes;
  for (const Json& result : run["results"]) {
    hashes.insert(result["partialFingerprints"]["primaryLocationLineHash"].get<std::string>());
  }
  REQUIRE(hashes.size() == 25'000);
}

TEST_CASE("a verdict that could not be taken is a failed run with the reason") {
  const Json run = Sarif(ReadVerdict(GoldenDir() + "unjudged.verdict.json"))["runs"][0];
  REQUIRE(run["invocations"][0]["executionSuccessful"] == false);
  REQUIRE(run["invocations"][0]["toolExecutionNotifications"][0]["level"] == "error");
}

TEST_CASE("no required text is empty") {
  Verdict verdict = VerdictOf({SampleFinding("")}, Outcome::kUnjudged);
  verdict.notes = {""};
  const std::string text = Sarif(verdict).dump();
  REQUIRE(text.find("\"text\":\"\"") == std::string::npos);
}

}  // namespace
}  // namespace sluice::report
