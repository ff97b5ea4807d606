// Which pushes to branches of environments are rejected for their time, or for
// what cannot be asked yet.
#include "gate/turn.h"

#include <functional>

#include "manifests/document.h"
#include "tests/catch.h"

namespace sluice::gate {
namespace {

using namespace std::chrono_literals;

const promotion::Moment kThursday(1'795'727'460s);  // 2026-11-26T21:11:00Z

// What is said of the only environment `name` of the text; `shape` does the rest.
std::vector<std::string> Said(const std::string& text, const std::string& name,
                              const std::function<void(EnvironmentMove&)>& shape = {}) {
  const manifests::ParsedFile file = manifests::Parse("sluice.yaml", text, Limits());
  REQUIRE(file.Readable());
  const promotion::DecodedPromotion decoded = promotion::DecodePromotion(*file.documents[0].root, nullptr);
  REQUIRE(decoded.problems.empty());
  const promotion::Environment* environment = promotion::FindEnvironment(decoded.settings.environments, name);
  REQUIRE(environment != nullptr);
  EnvironmentMove move;
  move.kind.source = *Oid::FromHex(std::string(40, 'a'));
  if (shape) shape(move);
  const std::set<std::string> nobody;
  const promotion::Turn turn =
      AskTurnOf({decoded.settings, *environment, move, {}, nobody, false, kThursday});
  std::vector<std::string> said;
  for (const Finding& finding : TurnFindings(name, turn.unmet)) {
    CHECK(finding.rule == "promotion/turn");
    CHECK(finding.severity == Severity::kError);
    said.push_back(finding.message + (finding.remedy.empty() ? "" : " -> " + finding.remedy));
  }
  return said;
}

using Lines = std::vector<std::string>;
constexpr const char* kPeople = "people: {ana: {}, ben: {}}\n";

TEST_CASE("an environment that asks for nothing moves") {
  CHECK(Said("environments: {dev: {branch: env/dev}}\n", "dev").empty());
}

TEST_CASE("what follows another moves once that has run it") {
  const std::string text =
      "environments: {dev: {branch: dev}, prod: {branch: prod, after: [dev], soak: 1h}}\n";
  CHECK(Said(text, "prod") == Lines{"prod: dev has run nothing yet -> sluice promote dev --from aaaaaaa"});
  const auto ran = [](std::string commit, promotion::Moment since) {
    return [=](EnvironmentMove& move) {
      move.predecessors = {{"dev", {{1, commit, "s", {}, since}}, {}}};
      move.kind.why_direct = "it holds more";
    };
  };
  CHECK(Said(text, "prod", ran(std::string(40, 'a'), kThursday - 1h)).empty());
  CHECK(Said(text, "prod", ran(std::string(40, 'a'), kThursday - 20min)) ==
        Lines{"prod: dev has run it for 20 min of 1 h; until 2026-11-26T21:51:00Z"});
  CHECK(Said(text, "prod", ran(std::string(40, 'b'), kThursday - 1h)) ==
        Lines{"prod: dev has not run aaaaaaa: it holds more -> sluice promote dev --from aaaaaaa"});
}

TEST_CASE("a ledger that is behind stops what has to ask it") {
  const auto behind = [](EnvironmentMove& move) { move.behind = "nothing is recorded yet"; };
  CHECK(Said("environments: {dev: {branch: dev}}\n", "dev", behind).empty());
  CHECK(Said(std::string(kPeople) + "environments: {prod: {branch: prod, approvals: 2}}\n", "prod", behind) ==
        Lines{"prod: its ledger is not where its branch is: nothing is recorded yet -> on the server: sluice "
              "ledger reconcile"});
}

TEST_CASE("a share that cannot be known is not passed over") {
  const auto behind = [](std::uint64_t removed) {
    return [=](EnvironmentMove& move) { move.behind = "nothing is recorded yet", move.removed = removed; };
  };
  const std::string text = std::string(kPeople) + "environments: {dev: {branch: dev}}\n";
  const Lines said{
      "dev: its ledger is not where its branch is: nothing is recorded yet -> on the server: "
      "sluice ledger reconcile"};
  CHECK(Said(text, "dev", behind(0)).empty());
  CHECK(Said(text, "dev", behind(1)) == said);
  CHECK(Said(std::string(kPeople) + "environments: {dev: {branch: dev, approvals: 1}}\n", "dev", behind(1)) ==
        said);
  CHECK(Said("environments: {dev: {branch: dev, maxRemoved: 100%}}\n", "dev", behind(1)).empty());
}

TEST_CASE("what removes more than its share asks for a consent") {
  const auto removes = [](std::uint64_t removed) {
    return [=](EnvironmentMove& move) { move.removed = removed, move.objects = 10; };
  };
  const std::string text = std::string(kPeople) + "environments: {prod: {branch: prod}}\n";
  CHECK(Said(text, "prod", removes(2)).empty());
  CHECK(Said(text, "prod", removes(3)) ==
        Lines{"prod: it removes 3 of 10 objects, more than 20% -> sluice consent prod --from "
              "aaaaaaa"});
}

TEST_CASE("who is asked for people") {
  const auto asks = [](const std::string& text, const char* name) {
    const manifests::ParsedFile file = manifests::Parse("sluice.yaml", std::string(kPeople) + text, Limits());
    const promotion::DecodedPromotion decoded = promotion::DecodePromotion(*file.documents[0].root, nullptr);
    REQUIRE(decoded.problems.empty());
    return AsksForPeople(decoded.settings, *promotion::FindEnvironment(decoded.settings.environments, name));
  };
  CHECK_FALSE(asks("environments: {prod: {branch: prod}}\n", "prod"));
  CHECK(asks("environments: {prod: {branch: prod, approvals: 2}}\n", "prod"));
  CHECK(asks(
      "review: {codeowners: github}\nenvironments: {prod: {branch: prod, approvals: {codeowners: true}}}\n",
      "prod"));
  CHECK(asks("review: {paths: {a/**: {approvals: 1}}}\nenvironments: {prod: {branch: prod}}\n", "prod"));
  CHECK_FALSE(
      asks("review: {paths: {a/**: {approvals: 1, in: [dev]}}}\n"
           "environments: {prod: {branch: prod}, dev: {branch: dev}}\n",
           "prod"));
}

TEST_CASE("outside its windows and in a freeze it does not move") {
  CHECK(Said("environments: {prod: {branch: prod, windows: [{days: thu, hours: \"21:00-22:00\"}]}}\n", "prod")
            .empty());
  CHECK(Said("environments: {prod: {branch: prod, windows: [{days: mon-wed, hours: \"09:00-16:00\"}]}}\n",
             "prod") ==
        Lines{"prod: outside its windows (mon-wed 09:00-16:00 UTC); until 2026-11-30T09:00:00Z"});
  CHECK(Said("environments: {prod: {branch: prod, freezes: [{from: 2026-11-26, to: 2026-11-26, reason: "
             "fair}]}}\n",
             "prod") == Lines{"prod: frozen by the configuration: fair; until 2026-11-27T00:00:00Z"});
  CHECK(Said("environments: {prod: {branch: prod, freezes: [{from: 2026-11-27, to: 2026-11-28}]}}\n", "prod")
            .empty());
}

}  // namespace
}  // namespace sluice::gate
