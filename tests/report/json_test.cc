#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/catch.h"
#include "tests/report/samples.h"

namespace sluice::report {
namespace {

using Json = nlohmann::json;

std::string Text(const Verdict& verdict) { return Write(verdict, Format::kJson, TestOptions()); }

const std::string kSchema = std::string(SLUICE_SOURCE_DIR) + "/docs/schema/verdict.schema.json";

TEST_CASE("every golden verdict fits the documented schema") {
  for (const char* name : {"accepted", "asked", "hostile", "rejected", "unjudged"}) {
    CAPTURE(name);
    REQUIRE(SchemaErrors(kSchema, Text(ReadVerdict(GoldenDir() + name + ".verdict.json"))) == "");
  }
}

TEST_CASE("the documented schema refuses what is no verdict") {
  const std::string good = Text(ReadVerdict(GoldenDir() + "rejected.verdict.json"));
  struct Edit {
    const char* pointer;
    Json value;
  };
  const Edit edits[] = {
      {"/schemaVersion", 2},
      {"/verdict", "passed"},
      {"/findings/0/severity", "off"},
      {"/findings/0/line", -1},
      {"/findings/0/line", "9"},
      {"/findings/0/object/kind", nullptr},
      {"/findings/0/rule", "nogroup"},
      {"/objects/0/digest", "abc"},
      {"/objects/0/evidence/0/by", "hearsay"},
      {"/skipped/0/reason", nullptr},
      {"/summary/milliseconds", "11 ms"},
  };
  for (const Edit& edit : edits) {
    CAPTURE(edit.pointer);
    Json json = Json::parse(good);
    json[Json::json_pointer(edit.pointer)] = edit.value;
    REQUIRE(SchemaErrors(kSchema, json.dump()) != "");
  }
  for (const char* member : {"schemaVersion", "verdict", "findings", "objects", "skipped", "summary"}) {
    CAPTURE(member);
    Json json = Json::parse(good);
    json.erase(member);
    REQUIRE(SchemaErrors(kSchema, json.dump()) != "");
  }
}

TEST_CASE("places, names and evidence are what the verdict holds") {
  const Json json = Json::parse(Text(ReadVerdict(GoldenDir() + "rejected.verdict.json")));
  const Json& finding = json["findings"][1];
  REQUIRE(json["schemaVersion"] == 1);
  REQUIRE(finding["rule"] == "policy/require-digest");
  REQUIRE(finding["line"] == 19);
  REQUIRE(finding["endColumn"] == 28);
  REQUIRE(finding["through"] == Json::array({"clusters/prod/kustomization.yaml"}));
  REQUIRE(finding["object"]["namespace"] == "shop");
  REQUIRE(json["objects"][2]["evidence"][0]["by"] == "unverified");
  REQUIRE(json["summary"]["milliseconds"] == 11.2);
  REQUIRE_FALSE(finding.contains("sourceLine"));
}

TEST_CASE("a finding without a remedy of its own has that of its rule") {
  Finding own = SampleFinding(), of_rule = SampleFinding(), of_none = SampleFinding();
  own.remedy = "write \"replicas\"";
  of_none.rule = "policy/of-a-user";
  const Json findings = Json::parse(Text(VerdictOf({own, of_rule, of_none})))["findings"];
  REQUIRE(findings[0]["remedy"] == "write \"replicas\"");
  REQUIRE(findings[1]["remedy"] == std::string(TestOptions().rule(of_rule.rule)->remedy));
  REQUIRE(findings[1]["remedy"] != "");
  REQUIRE(findings[2]["remedy"] == "");
}

TEST_CASE("a finding of no object has null") {
  REQUIRE(Json::parse(Text(VerdictOf({SampleFinding()})))["findings"][0]["object"].is_null());
}

TEST_CASE("any bytes become valid JSON that keeps every code point") {
  for (const std::string& text : HostileTexts()) {
    CAPTURE(text);
    const Json json = Json::parse(Text(VerdictOf({SampleFinding(text)})));
    const std::string back = json["findings"][0]["message"];
    if (Json(text).dump(-1, ' ', false, Json::error_handler_t::replace) ==
        Json(text).dump(-1, ' ', false, Json::error_handler_t::ignore)) {
      REQUIRE(back == text);
    } else {
      REQUIRE(back.find("\xef\xbf\xbd") != std::string::npos);
    }
  }
}

TEST_CASE("a time that is no number is 0") {
  Verdict verdict = VerdictOf({});
  for (const double time : {std::nan(""), HUGE_VAL}) {
    verdict.summary.milliseconds = time;
    REQUIRE(Json::parse(Text(verdict))["summary"]["milliseconds"] == 0.0);
  }
}

}  // namespace
}  // namespace sluice::report
