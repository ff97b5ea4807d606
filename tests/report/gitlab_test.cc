#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/catch.h"
#include "tests/report/samples.h"

namespace sluice::report {
namespace {

using Json = nlohmann::json;

Json Gitlab(const Verdict& verdict) { return Json::parse(Write(verdict, Format::kGitlab, TestOptions())); }

// What GitLab documents of its Code Quality report: these members, these severities.
const std::string kSchema = std::string(SLUICE_SOURCE_DIR) + "/tests/report/code-quality.schema.json";

TEST_CASE("every golden verdict is a Code Quality report as GitLab documents it") {
  for (const char* name : {"accepted", "hostile", "rejected", "unjudged"}) {
    CAPTURE(name);
    REQUIRE(SchemaErrors(kSchema, Gitlab(ReadVerdict(GoldenDir() + name + ".verdict.json")).dump()) == "");
  }
  REQUIRE(SchemaErrors(kSchema, R"([{"description":"x"}])") != "");
}

TEST_CASE("a fingerprint does not hold the line") {
  Finding moved = SampleFinding();
  moved.range = {{70, 3}, {70, 10}};
  REQUIRE(Gitlab(VerdictOf({SampleFinding()}))[0]["fingerprint"] ==
          Gitlab(VerdictOf({moved}))[0]["fingerprint"]);
  moved.file = "b.yaml";
  REQUIRE(Gitlab(VerdictOf({SampleFinding()}))[0]["fingerprint"] !=
          Gitlab(VerdictOf({moved}))[0]["fingerprint"]);
}

TEST_CASE("no two issues share a fingerprint") {
  const Findings findings(1000, SampleFinding());
  std::set<std::string> seen;
  for (const Json& issue : Gitlab(VerdictOf(findings))) seen.insert(issue["fingerprint"].get<std::string>());
  REQUIRE(seen.size() == 1000);
}

TEST_CASE("parts of a fingerprint never run together") {
  Finding a = SampleFinding(), b = SampleFinding();
  a.object.ns = "ab", a.object.name = "c";
  b.object.ns = "a", b.object.name = "bc";
  const Json report = Gitlab(VerdictOf({a, b}));
  REQUIRE(report[0]["fingerprint"] != report[1]["fingerprint"]);
}

TEST_CASE("a verdict that could not be taken is never an empty report") {
  const Json report = Gitlab(ReadVerdict(GoldenDir() + "unjudged.verdict.json"));
  REQUIRE(report.size() == 1);
  REQUIRE(report[0]["severity"] == "blocker");
}

TEST_CASE("severities are those that GitLab knows") {
  Finding warning = SampleFinding(), note = SampleFinding();
  warning.severity = Severity::kWarning;
  note.severity = Severity::kNote;
  const Json report = Gitlab(VerdictOf({SampleFinding(), warning, note}));
  REQUIRE(report[0]["severity"] == "critical");
  REQUIRE(report[1]["severity"] == "minor");
  REQUIRE(report[2]["severity"] == "info");
}

}  // namespace
}  // namespace sluice::report
