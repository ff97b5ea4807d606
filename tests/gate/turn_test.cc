// Which pushes to branches of environments are rejected for their time, or for
// what cannot be asked yet.
#include "gate/turn.h"

#include "manifests/document.h"
#include "tests/catch.h"

namespace sluice::gate {
namespace {

using namespace std::chrono_literals;

const promotion::Moment kThursday(1'795'727'460s);  // 2026-11-26T21:11:00Z

std::vector<std::string> Said(const std::string& text, const std::string& ref) {
  const manifests::ParsedFile file = manifests::Parse("sluice.yaml", text, Limits());
  REQUIRE(file.Readable());
  const DecodedPromotion decoded = DecodePromotion(*file.documents[0].root, nullptr);
  REQUIRE(decoded.problems.empty());
  RefMove move;
  move.ref = ref;
  std::vector<std::string> said;
  for (const Finding& finding : CheckTurn(decoded.settings, move, kThursday)) {
    CHECK(finding.rule == "promotion/turn");
    CHECK(finding.severity == Severity::kError);
    said.push_back(finding.message);
  }
  return said;
}

using Lines = std::vector<std::string>;
constexpr const char* kPeople = "people: {ana: {}, ben: {}}\n";

TEST_CASE("an environment that asks for nothing moves") {
  CHECK(Said("environments: {dev: {branch: env/dev}}\n", "refs/heads/env/dev").empty());
  CHECK(Said("version: 1\n", "refs/heads/main").empty());
}

TEST_CASE("other refs are no environments") {
  const std::string text = std::string(kPeople) + "environments: {prod: {branch: prod, approvals: 2}}\n";
  CHECK(Said(text, "refs/heads/main").empty());
  CHECK(Said(text, "refs/tags/prod").empty());
  CHECK(Said(text, "refs/heads/prod/x").empty());
  CHECK_FALSE(Said(text, "refs/heads/prod").empty());
}

TEST_CASE("what cannot be asked yet rejects") {
  const std::string ref = "refs/heads/prod";
  CHECK(Said(std::string(kPeople) + "environments: {prod: {branch: prod, approvals: 2}}\n", ref) ==
        Lines{"prod asks for approvals, which this version cannot take"});
  CHECK(Said("review: {codeowners: github}\nenvironments: {prod: {branch: prod, approvals: {codeowners: "
             "true}}}\n",
             ref) == Lines{"prod asks for approvals, which this version cannot take"});
  CHECK(Said(std::string(kPeople) +
                 "review: {paths: {a/**: {approvals: 1}}}\nenvironments: {prod: {branch: prod}}\n",
             ref) == Lines{"prod asks for approvals, which this version cannot take"});
  CHECK(Said(std::string(kPeople) + "review: {paths: {a/**: {approvals: 1, in: [dev]}}}\n"
                                    "environments: {prod: {branch: prod}, dev: {branch: dev}}\n",
             ref) == Lines{});
  CHECK(Said("environments: {dev: {branch: dev}, prod: {branch: prod, after: [dev]}}\n", ref) ==
        Lines{"prod follows dev, and this version keeps no record of what that runs"});
}

TEST_CASE("outside its windows and in a freeze it does not move") {
  const std::string ref = "refs/heads/prod";
  CHECK(Said("environments: {prod: {branch: prod, windows: [{days: thu, hours: \"21:00-22:00\"}]}}\n", ref) ==
        Lines{});
  CHECK(Said("environments: {prod: {branch: prod, windows: [{days: mon-wed, hours: \"09:00-16:00\"}]}}\n",
             ref) ==
        Lines{"prod: outside its windows (mon-wed 09:00-16:00 UTC); until 2026-11-30T09:00:00Z"});
  CHECK(Said("environments: {prod: {branch: prod, freezes: [{from: 2026-11-26, to: 2026-11-26, reason: "
             "fair}]}}\n",
             ref) == Lines{"prod: frozen by the configuration: fair; until 2026-11-27T00:00:00Z"});
  CHECK(Said("environments: {prod: {branch: prod, freezes: [{from: 2026-11-27, to: 2026-11-28}]}}\n", ref) ==
        Lines{});
}

TEST_CASE("a folder moves by promotion, and a push of its branch is none") {
  CHECK(Said(std::string(kPeople) + "environments: {prod: {branch: main, folder: prod, approvals: 2}}\n",
             "refs/heads/main")
            .empty());
}

}  // namespace
}  // namespace sluice::gate
