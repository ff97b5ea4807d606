// `people`, `review`, `bots` and `environments` of sluice.yaml.
#include "promotion/promotion_keys.h"

#include "gate/configuration.h"
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

using namespace std::chrono_literals;

constexpr const char* kCompany = R"(version: 1
protect: [main, {branch: "env/*", create: true}]
people:
  ana: {emails: [ana@shop.example], gitlab: ana, key: ana}
  ben: {forgejo: [ben, benny]}
  chi: {}
review:
  codeowners: github
  evidence: [ssh]
  authors: signed
  files: signed
  groups:
    sre: [ana, ben, chi]
    shop: {members: [chi], github: example/shop}
  paths:
    apps/shop/**: {approvals: 1, from: shop, in: [production]}
  policy: {approvals: 2, from: sre}
bots:
  renovate: {may: [images], in: [dev], github: "renovate[bot]"}
environments:
  dev:
    branch: env/dev
    clusters: [dev-1]
  staging:
    branch: env/staging
    after: [dev]
    approvals: 1
    soak: 2h
    clusters: [stage-1]
  production:
    branch: env/production
    after: [staging]
    approvals: {count: 2, from: sre, codeowners: true}
    soak: 24h
    outcome: healthy
    windows: [{days: mon-thu, hours: 09:00-16:00}, {days: [sat, sun]}]
    freezes: [{from: 2026-12-18, to: 2027-01-03, reason: fair}]
    breakGlass: {by: sre, for: 4h}
    maxRemoved: 5%
    clusters: [prod-1]
)";

LoadedConfiguration Load(const std::string& text) {
  return LoadConfiguration(MemoryTree({{".sluice/sluice.yaml", text}}), "test");
}

TEST_CASE("every key of people and environments is read") {
  const LoadedConfiguration loaded = Load(kCompany);
  for (const Finding& finding : loaded.findings)
    UNSCOPED_INFO(finding.range.begin.line << ": " << finding.message);
  REQUIRE(loaded.findings.empty());
  const promotion::PromotionSettings& settings = loaded.configuration.promotion;
  REQUIRE(settings.people.people.size() == 3);
  CHECK(promotion::ByLogin(settings.people, "gitea", "benny").name == "ben");
  CHECK(promotion::ByEmail(settings.people, "ana@shop.example").name == "ana");
  CHECK(promotion::ByLogin(settings.people, "github", "renovate[bot]").kind ==
        promotion::Principal::Kind::kBot);
  CHECK(promotion::ByTeam(settings.people, "github", "example/shop")->name == "shop");
  CHECK(settings.review.by_signature);
  CHECK_FALSE(settings.review.by_forge);
  CHECK(settings.review.authors == promotion::Authors::kSigned);
  CHECK(settings.review.files_signed);
  CHECK_FALSE(Load("version: 1\nreview: {files: unsigned}\n").configuration.promotion.review.files_signed);
  CHECK_FALSE(Load("version: 1\n").configuration.promotion.review.files_signed);
  CHECK(settings.review.policy.count == 2);
  REQUIRE(settings.review.paths.size() == 1);
  CHECK(settings.review.paths[0].approvals.count == 1);
  CHECK(settings.review.paths[0].environments[0].name == "production");
  REQUIRE(settings.bots.size() == 1);
  CHECK(settings.bots[0].images);
  CHECK_FALSE(settings.bots[0].charts);
  REQUIRE(settings.environments.size() == 3);
  const promotion::Environment& production = settings.environments[2];
  CHECK(production.approvals.count == 2);
  CHECK(production.approvals.codeowners);
  CHECK(production.soak == 24h);
  CHECK(production.outcome == promotion::Asked::kHealthy);
  REQUIRE(production.windows.size() == 2);
  CHECK(promotion::Words(production.windows[0]) == "mon-thu 09:00-16:00 UTC");
  CHECK(promotion::Words(production.windows[1]) == "sat-sun UTC");
  REQUIRE(production.freezes.size() == 1);
  CHECK(production.freezes[0].end == promotion::ParseDay("2027-01-04")->begin);
  CHECK(production.break_glass->lasts == 4h);
  CHECK(production.max_removed == 5);
  CHECK(settings.environments[1].approvals.count == 1);
  CHECK(settings.environments[1].range.begin.line == 24);
}

TEST_CASE("branches of environments are protected, and what `protect` allows stays") {
  const std::vector<Protection> protect = Load(kCompany).configuration.protect;
  REQUIRE(protect.size() == 5);
  CHECK(protect[0].branch == "env/production");
  CHECK_FALSE(protect[0].create);
  CHECK(protect[4].branch == "env/*");
  CHECK(protect[4].create);
}

TEST_CASE("folders carry what they say") {
  const LoadedConfiguration loaded = Load(
      "version: 1\nenvironments:\n  staging: {branch: main, folder: clusters/staging}\n"
      "  production: {branch: main, folder: clusters/production, after: [staging], carry: [images, charts, "
      "base/**], movedBy: request}\npeople: {ana: {}}\n");
  REQUIRE(loaded.findings.empty());
  CHECK_FALSE(loaded.configuration.promotion.environments[0].ByRequest());
  CHECK(loaded.configuration.promotion.environments[1].ByRequest());
  const promotion::Carry& carry = loaded.configuration.promotion.environments[1].carry;
  CHECK(carry.images);
  CHECK(carry.charts);
  CHECK(carry.paths == std::vector<std::string>{"base/**"});
}

TEST_CASE("evidence that nothing collects cannot be all there is") {
  const auto load = [](const char* evidence) {
    return Load("version: 1\npeople: {ana: {}}\nreview: {evidence: " + std::string(evidence) + "}\n")
        .findings;
  };
  CHECK(load("[forge]").at(0).message ==
        "`evidence` needs ssh: reviews on a forge are not read in this version");
  CHECK(load("[forge, ssh]").empty());
}

TEST_CASE("what is wrong with people and environments is a finding at its place") {
  struct Bad {
    const char* text;
    std::uint32_t line;
  };
  for (const Bad& bad :
       {Bad{"people: [ana]\n", 2},
        {"people: {ana: ana@shop.example}\n", 2},
        {"people: {ana: {email: x}}\n", 2},
        {"people: {\"an a\": {}}\n", 2},
        {"people:\n  ana: {gitlab: x}\n  ben: {gitlab: X}\n", 4},
        {"people:\n  ana: {}\n  ben: {key: ana}\n", 4},
        {"review: {codeowners: gitlab}\n", 2},
        {"review: {evidence: []}\n", 2},
        {"review: {evidence: [mail]}\n", 2},
        {"review:\n  evidence: [forge]\n", 3},
        {"review: {authors: yes}\n", 2},
        {"review: {files: yes}\n", 2},
        {"review: {files: [signed]}\n", 2},
        {"review: {groups: {sre: []}}\n", 2},
        {"review:\n  groups:\n    sre: [zoe]\n", 4},
        {"review: {policy: {from: sre}}\n", 2},
        {"review: {policy: {approvals: 0}}\n", 2},
        {"review: {policy: {approvals: 1}}\n", 2},
        {"review: {paths: {\"a/**\": {}}}\n", 2},
        {"bots: {renovate: {}}\n", 2},
        {"bots: {renovate: {may: [everything]}}\n", 2},
        {"bots: {renovate: {may: [images], in: [moon]}}\n", 2},
        {"environments: {dev: {}}\n", 2},
        {"environments: {policy: {branch: a}}\n", 2},
        {"environments: {Dev: {branch: a}}\n", 2},
        {"environments: {dev: {branch: a, approval: 1}}\n", 2},
        {"environments: {dev: {branch: a, approvals: 0}}\n", 2},
        {"environments: {dev: {branch: a, approvals: -1}}\n", 2},
        {"environments: {dev: {branch: a, approvals: {count: 0}}}\n", 2},
        {"environments: {dev: {branch: a, approvals: \"1\"}}\n", 2},
        {"environments: {dev: {branch: a, approvals: 99999999999999}}\n", 2},
        {"environments:\n  dev:\n    branch: a\n    after: [moon]\n", 5},
        {"environments:\n  a: {branch: a, after: [b]}\n  b: {branch: b, after: [a]}\n", 3},
        {"environments: {dev: {branch: a, soak: 2 hours}}\n", 2},
        {"environments:\n  dev: {branch: a}\n  prod:\n    branch: b\n    after: [dev]\n    soak: 999d\n", 7},
        {"environments: {dev: {branch: a, windows: []}}\n", 2},
        {"environments:\n  dev:\n    branch: a\n    windows:\n    - days: someday\n", 6},
        {"environments:\n  dev:\n    branch: a\n    windows:\n    - hours: 9-17\n", 6},
        {"environments:\n  dev:\n    branch: a\n    windows:\n    - zone: ../../etc/passwd\n", 6},
        {"environments:\n  dev:\n    branch: a\n    freezes:\n    - {from: 2026-02-30, to: 2026-03-01}\n", 6},
        {"environments:\n  dev:\n    branch: a\n    freezes:\n    - {from: 2026-03-02, to: 2026-03-01}\n", 6},
        {"environments: {dev: {branch: a, freezes: [{from: 2026-03-02}]}}\n", 2},
        {"environments: {dev: {branch: a, breakGlass: {for: 2h}}}\n", 2},
        {"environments: {dev: {branch: a, breakGlass: {by: root}}}\n", 2},
        {"environments: {dev: {branch: a, maxRemoved: 5}}\n", 2},
        {"environments: {dev: {branch: a, maxRemoved: 101%}}\n", 2},
        {"environments: {dev: {branch: a, carry: [images]}}\n", 2},
        {"people: {ana: {}}\nenvironments:\n  dev:\n    branch: a\n    movedBy: request\n", 6},
        {"environments:\n  dev:\n    branch: a\n    folder: dev\n    movedBy: request\n", 6},
        {"people: {ana: {}}\nenvironments: {dev: {branch: a, folder: dev, movedBy: pull}}\n", 3},
        {"environments: {dev: {branch: \"a..b\"}}\n", 2}}) {
    CAPTURE(bad.text);
    const LoadedConfiguration loaded = Load("version: 1\n" + std::string(bad.text));
    REQUIRE_FALSE(loaded.findings.empty());
    CAPTURE(loaded.findings[0].message);
    CHECK(loaded.findings[0].rule == "policy/configuration");
    CHECK(loaded.findings[0].severity == Severity::kError);
    CHECK(loaded.findings[0].range.begin.line == bad.line);
  }
}

}  // namespace
}  // namespace sluice::gate
