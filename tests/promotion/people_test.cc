#include "promotion/people.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

Person Make(std::string name, std::vector<Named> emails = {}, std::vector<Login> logins = {},
            std::vector<Named> keys = {}) {
  return {std::move(name), std::move(emails), std::move(logins), std::move(keys), {}};
}

People Shop() {
  People people;
  people.people = {
      Make("ana", {{"ana@shop.example"}, {"Ana@home.example"}}, {{"gitlab", "ana"}, {"local", "Ana"}}),
      Make("ben", {{"ben@shop.example"}}, {{"gitea", "ben"}}, {{"ben-laptop"}, {"ben-yubikey"}}),
      Make("chi")};
  people.bots = {Make("renovate", {{"bot@shop.example"}}, {{"github", "renovate[bot]"}})};
  people.groups = {{"sre", {{"ana"}, {"ben"}}, {{"github", "shop/sre"}}, {}}, {"dev", {{"chi"}}, {}, {}}};
  return people;
}

std::string Name(const Principal& principal) {
  constexpr const char* kKinds[] = {"?", "person ", "bot "};
  return kKinds[static_cast<int>(principal.kind)] + principal.name;
}

TEST_CASE("logins, addresses and keys lead to their person") {
  const People people = Shop();
  CHECK(CheckPeople(people).empty());
  CHECK(Name(ByLogin(people, "gitlab", "ana")) == "person ana");
  CHECK(Name(ByLogin(people, "gitlab", "ANA")) == "person ana");
  CHECK(Name(ByLogin(people, "forgejo", "Ben")) == "person ben");
  CHECK(Name(ByLogin(people, "github", "Renovate[bot]")) == "bot renovate");
  CHECK(Name(ByEmail(people, "ANA@shop.example")) == "person ana");
  CHECK(Name(ByEmail(people, "ana@HOME.example")) == "person ana");
  CHECK(Name(ByEmail(people, "bot@shop.example")) == "bot renovate");
  CHECK(Name(BySignature(people, "ana")) == "person ana");
  CHECK(Name(BySignature(people, "ben-yubikey")) == "person ben");
}

TEST_CASE("nobody else is anybody") {
  const People people = Shop();
  for (const Principal& nobody :
       {ByLogin(people, "gitlab", ""), ByLogin(people, "gitlab", "ben"), ByLogin(people, "github", "ana"),
        ByLogin(people, "local", "ana"), ByLogin(people, "local", "root"), ByLogin(people, "", "ana"),
        ByLogin(people, "gitlab", "ana "), ByLogin(people, "gitlab", "chi"), ByEmail(people, ""),
        ByEmail(people, "ana"), ByEmail(people, "ana@shop.example.evil"), BySignature(people, ""),
        BySignature(people, "ben"), BySignature(people, "Ana"), BySignature(people, "renovate"),
        BySignature(people, "sre"), BySignature(people, "*")}) {
    CHECK(Name(nobody) == "?");
  }
}

TEST_CASE("groups hold people, each once") {
  const People people = Shop();
  CHECK(Members(people, {{"sre"}, {"ana"}, {"chi"}}) == std::set<std::string>{"ana", "ben", "chi"});
  CHECK(Members(people, {{"nobody"}, {"renovate"}}).empty());
  CHECK(ByTeam(people, "github", "Shop/SRE")->name == "sre");
  CHECK(ByTeam(people, "gitlab", "shop/sre") == nullptr);
  CHECK(ByTeam(people, "github", "sre") == nullptr);
  CHECK(IsPersonOrGroup(people, "sre"));
  CHECK_FALSE(IsPersonOrGroup(people, "renovate"));
}

TEST_CASE("what stands for two, or for nobody, is told") {
  struct Bad {
    const char* why;
    void (*change)(People&);
  };
  for (const Bad& bad : {
           Bad{"the name ana stands twice",
               [](People& p) { p.people.push_back(Make("ana", {}, {}, {{"x"}})); }},
           {"the name sre stands twice", [](People& p) { p.people.push_back(Make("sre")); }},
           {"the name ana stands twice", [](People& p) { p.bots.push_back(Make("ana")); }},
           {"the address ana@home.example is ana's",
            [](People& p) { p.people.push_back(Make("x", {{"ANA@home.example"}})); }},
           {"the address bot@shop.example is",
            [](People& p) { p.people[2].emails = {{"bot@shop.example"}}; }},
           {"the gitlab login ana is ana's",
            [](People& p) {
              p.people[2].logins = {{"gitlab", "Ana"}};
            }},
           {"the gitea login ben is ben's",
            [](People& p) {
              p.people[2].logins = {{"forgejo", "ben"}};
            }},
           {"the key ana is ana's", [](People& p) { p.people[2].keys = {{"ana"}}; }},
           {"the key ben-laptop is ben's", [](People& p) { p.people[2].keys = {{"ben-laptop"}}; }},
           {"the key ben-laptop is ben's", [](People& p) { p.people.push_back(Make("ben-laptop")); }},
           {"the address ana@shop.example stands twice",
            [](People& p) { p.people[0].emails.push_back({"Ana@shop.example"}); }},
           {"\"*\" is not a name in allowed_signers", [](People& p) { p.people[2].keys = {{"*"}}; }},
           {"\"!chi\" is not a name in allowed_signers", [](People& p) { p.people[2].keys = {{"!chi"}}; }},
           {"\"a,b\" is not a name", [](People& p) { p.people.push_back(Make("a,b")); }},
           {"\"\" is not a name", [](People& p) { p.people.push_back(Make("")); }},
           {"\"an a\" is not a name",
            [](People& p) {
              p.groups.push_back({"an a", {{"ana"}}, {}, {}});
            }},
           {"\"chi\" is not an address", [](People& p) { p.people[2].emails = {{"chi"}}; }},
           {"a login has a name",
            [](People& p) {
              p.people[2].logins = {{"gitlab", ""}};
            }},
           {"a bot signs nothing", [](People& p) { p.bots[0].keys = {{"renovate"}}; }},
           {"the group ops has no people",
            [](People& p) {
              p.groups.push_back({"ops", {}, {}, {}});
            }},
           {"nobody in `people` is named dan", [](People& p) { p.groups[1].members.push_back({"dan"}); }},
           {"nobody in `people` is named renovate",
            [](People& p) { p.groups[1].members.push_back({"renovate"}); }},
           {"sre is a group: name its people", [](People& p) { p.groups[1].members.push_back({"sre"}); }},
           {"dev is a group: name its people", [](People& p) { p.groups[1].members.push_back({"dev"}); }},
           {"chi stands twice in the group dev", [](People& p) { p.groups[1].members.push_back({"chi"}); }},
           {"the github team shop/sre is sre's",
            [](People& p) {
              p.groups[1].teams = {{"github", "Shop/sre"}};
            }},
       }) {
    CAPTURE(bad.why);
    People people = Shop();
    bad.change(people);
    const Problems problems = CheckPeople(people);
    REQUIRE_FALSE(problems.empty());
    bool told = false;
    for (const Problem& problem : problems) {
      UNSCOPED_INFO(problem.message);
      told = told || problem.message.starts_with(bad.why);
    }
    CHECK(told);
  }
}

}  // namespace
}  // namespace sluice::promotion
