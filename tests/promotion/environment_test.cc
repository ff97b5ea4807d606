// Environments: what is told of those that cannot be.
#include "promotion/environment.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

using namespace std::chrono_literals;

People Shop() {
  People people;
  for (const char* name : {"ana", "ben", "chi"}) people.people.push_back({name, {}, {}, {}, {}});
  people.groups = {{"sre", {{"ana"}, {"ben"}}, {}, {}}};
  people.bots = {{"renovate", {}, {}, {}, {}}};
  return people;
}

Environment Make(std::string name, std::string branch, std::vector<Named> after = {}) {
  Environment environment;
  environment.name = std::move(name);
  environment.branch = std::move(branch);
  environment.after = std::move(after);
  return environment;
}

std::vector<Environment> Three() {
  std::vector<Environment> all = {Make("dev", "env/dev"), Make("staging", "env/staging", {{"dev"}}),
                                  Make("production", "env/production", {{"staging"}})};
  all[0].clusters = {{"dev-1"}};
  all[1].clusters = {{"stage-1"}};
  all[2].approvals.count = 2;
  all[2].approvals.from = {{"sre"}};
  all[2].soak = 24h;
  all[2].outcome = Asked::kHealthy;
  all[2].windows = {Window()};
  all[2].break_glass = BreakGlass{{{"sre"}, {"chi"}}, 2h, {}};
  return all;
}

std::vector<Environment> Folders() {
  std::vector<Environment> all = {Make("staging", "main"), Make("production", "main", {{"staging"}})};
  all[0].folder = "clusters/staging";
  all[1].folder = "clusters/production";
  all[1].carry.images = true;
  all[1].carry.paths = {"base/**"};
  return all;
}

Problems Check(const std::vector<Environment>& all, bool codeowners = true) {
  static const People people = Shop();
  static const std::set<std::string> clusters = {"dev-1", "stage-1", "prod-1"};
  return CheckEnvironments(all, {people, &clusters, codeowners});
}

TEST_CASE("what the pages show is well formed") {
  for (const Problem& problem : Check(Three())) UNSCOPED_INFO(problem.message);
  CHECK(Check(Three()).empty());
  CHECK(Check(Folders()).empty());
  CHECK(Check({}).empty());
}

TEST_CASE("two predecessors are an order, no cycle") {
  std::vector<Environment> all = {Make("a", "a", {{"b"}, {"c"}}), Make("b", "b", {{"d"}}),
                                  Make("c", "c", {{"d"}}), Make("d", "d")};
  CHECK(Check(all).empty());
  std::string order;
  for (const Environment* environment : InOrder(all)) order += environment->name;
  CHECK(order == "dbca");
}

TEST_CASE("names of environments") {
  for (const char* name :
       {"a", "prod-1", "0", "a23456789-123456789-123456789-123456789-123456789-123456789-123"})
    CHECK(IsEnvironmentName(name));
  for (const char* name : {"", "policy", "Prod", "-a", "a-", "a.b", "a_b", "a/b",
                           "pr\xC3\xB6"
                           "d",
                           "a23456789-123456789-123456789-123456789-123456789-123456789-1234"})
    CHECK_FALSE(IsEnvironmentName(name));
}

TEST_CASE("what cannot be is told in words") {
  struct Bad {
    const char* why;
    void (*change)(std::vector<Environment>&);
    std::vector<Environment> (*of)() = Three;
  };
  using All = std::vector<Environment>;
  for (const Bad& bad : {
           Bad{"`policy` is not an environment's name", [](All& e) { e[0].name = "policy"; }},
           {"\"Dev\" is not an environment's name", [](All& e) { e[0].name = "Dev"; }},
           {"there are two environments named dev", [](All& e) { e[2].name = "dev"; }},
           {"\"env/..\" is not a branch name", [](All& e) { e[0].branch = "env/.."; }},
           {"\"\" is not a branch name", [](All& e) { e[0].branch = ""; }},
           {"\"a b\" is not a branch name", [](All& e) { e[0].branch = "a b"; }},
           {"\"x.lock\" is not a branch name", [](All& e) { e[0].branch = "x.lock"; }},
           {"\"refs/heads/x\" is not a branch name", [](All& e) { e[0].branch = "refs/heads/x"; }},
           {"branch env/dev is dev's already", [](All& e) { e[1].branch = "env/dev"; }},
           {"branch main is staging's already", [](All& e) { e[1].folder = "", e[1].carry = {}; }, Folders},
           {"folder clusters/staging/x overlaps", [](All& e) { e[1].folder = "clusters/staging/x"; },
            Folders},
           {"folder clusters overlaps", [](All& e) { e[1].folder = "clusters"; }, Folders},
           {"folder clusters/staging overlaps", [](All& e) { e[1].folder = "clusters/staging"; }, Folders},
           {"\"../x\" is not a folder", [](All& e) { e[0].folder = "../x"; }, Folders},
           {"\"/x\" is not a folder", [](All& e) { e[0].folder = "/x"; }, Folders},
           {"\"a//b\" is not a folder", [](All& e) { e[0].folder = "a//b"; }, Folders},
           {"the folder of an environment cannot be the config", [](All& e) { e[0].folder = ".sluice/x"; },
            Folders},
           {"content moves from branch to branch", [](All& e) { e[0].branch = "other", e[0].folder = ""; },
            Folders},
           {"`after` of a folder asks for nothing without `carry`", [](All& e) { e[1].carry = {}; }, Folders},
           {"there is no environment stage", [](All& e) { e[2].after = {{"stage"}}; }},
           {"dev stands twice in `after`",
            [](All& e) {
              e[1].after = {{"dev"}, {"dev"}};
            }},
           {"`after` goes round: staging → staging", [](All& e) { e[1].after = {{"staging"}}; }},
           {"`after` goes round: dev → staging → production → dev",
            [](All& e) { e[0].after = {{"production"}}; }},
           {"`soak` asks how long", [](All& e) { e[0].soak = 1h; }},
           {"`outcome` asks what", [](All& e) { e[0].outcome = Asked::kApplied; }},
           {"staging has no clusters", [](All& e) { e[1].clusters = {}; }},
           {"there is no cluster moon", [](All& e) { e[0].clusters = {{"moon"}}; }},
           {"\"Moon\" is not a cluster's name", [](All& e) { e[0].clusters = {{"Moon"}}; }},
           {"dev-1 stands twice in `clusters`",
            [](All& e) {
              e[0].clusters = {{"dev-1"}, {"dev-1"}};
            }},
           {"nobody in `people` and no group is named ops", [](All& e) { e[2].approvals.from = {{"ops"}}; }},
           {"nobody in `people` and no group is named renovate",
            [](All& e) { e[2].approvals.from = {{"renovate"}}; }},
           {"sre stands twice in `from`",
            [](All& e) {
              e[2].approvals.from = {{"sre"}, {"sre"}};
            }},
           {"production asks for 3 approvals of 2 people", [](All& e) { e[2].approvals.count = 3; }},
           {"production asks for 2 approvals of 1 people", [](All& e) { e[2].approvals.from = {{"ana"}}; }},
           {"production asks for 4 approvals of 3 people",
            [](All& e) { e[2].approvals.from = {}, e[2].approvals.count = 4; }},
           {"`from` without a number", [](All& e) { e[2].approvals.count = 0; }},
           {"a freeze ends after it begins", [](All& e) { e[2].freezes = {Freeze()}; }},
           {"\"Europe Berlin\" is not a time zone name",
            [](All& e) { e[2].windows[0].zone = "Europe Berlin"; }},
           {"\"../../etc/passwd\" is not a time zone name",
            [](All& e) { e[2].windows[0].zone = "../../etc/passwd"; }},
           {"`maxRemoved` is a share", [](All& e) { e[0].max_removed = 101; }},
           {"`carry` is for folders", [](All& e) { e[1].carry.charts = true; }},
           {"`carry` copies from predecessors", [](All& e) { e[0].carry.images = true; }, Folders},
           {"\"../x\" in `carry` leads out", [](All& e) { e[1].carry.paths = {"../x"}; }, Folders},
           {"\"/base\" in `carry` leads out", [](All& e) { e[1].carry.paths = {"/base"}; }, Folders},
           {"nobody in `people` and no group is named root",
            [](All& e) { e[2].break_glass->by = {{"root"}}; }},
           {"`breakGlass` names who may", [](All& e) { e[2].break_glass->by = {}; }},
           {"`breakGlass` lasts for 1m to 7d", [](All& e) { e[2].break_glass->lasts = 59s; }},
           {"`breakGlass` lasts for 1m to 7d", [](All& e) { e[2].break_glass->lasts = 169h; }},
       }) {
    CAPTURE(bad.why);
    All all = bad.of();
    bad.change(all);
    bool told = false;
    for (const Problem& problem : Check(all)) {
      UNSCOPED_INFO(problem.message);
      told = told || problem.message.starts_with(bad.why);
    }
    CHECK(told);
  }
}

TEST_CASE("a zone that this machine would have and has not is told") {
  if (!ReadZone("Europe/Berlin")) return static_cast<void>(std::puts("skipped: this machine has no tzdata"));
  std::vector<Environment> all = Three();
  all[2].windows[0].zone = "Europe/Atlantis";
  CHECK(Check(all).size() == 1);
  all[2].windows[0].zone = "Europe/Berlin";
  CHECK(Check(all).empty());
}

TEST_CASE("codeowners need a dialect") {
  std::vector<Environment> all = Three();
  all[0].approvals.codeowners = true;
  CHECK(Check(all).empty());
  CHECK(Check(all, false).size() == 1);
}

}  // namespace
}  // namespace sluice::promotion
