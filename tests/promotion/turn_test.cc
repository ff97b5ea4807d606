// Whose turn it is. Times are Thursday 26 November 2026, 21:11 UTC and around it.
#include "promotion/turn.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

using namespace std::chrono_literals;
using Kind = OutcomeKind;

const Moment kNow(1'795'727'460s);
const std::string kChange(64, 'c');

struct Scene {
  People people;
  std::vector<Environment> environments{3};
  std::vector<LedgerFacts> ledgers;
  std::string commit = "c2";
  Move move = Move::kPromotion;
  bool automatic = false;
  std::optional<StandingRollback> rollback;
  std::uint64_t removed = 0, objects = 100;
  std::set<std::string> excluded, revokers = {"chi"};
  Zones zones = {{"UTC", Zone()}};
  std::vector<VerifiedApproval> given;

  Scene() {
    for (const char* name : {"ana", "ben", "chi"}) people.people.push_back({name, {}, {}, {}, {}});
    people.groups = {{"sre", {{"ana"}, {"ben"}}, {}, {}}};
    environments[0].name = "dev";
    environments[1].name = "staging";
    environments[1].clusters = {{"stage-1"}, {"stage-2"}};
    environments[2].name = "production";
    environments[2].after = {{"staging"}};
    environments[2].soak = 24h;
    environments[2].approvals.from = {{"sre"}};
    environments[2].break_glass = BreakGlass{{{"sre"}}, 2h, {}};
    ledgers = {{"staging", {{1, "c1", "s1", {}, kNow - 100h}, {2, "c2", "s2", {}, kNow - 30h}}, {}}};
  }
  Environment& production() { return environments[2]; }
  std::vector<RecordFact>& records() { return ledgers[0].records; }
  std::vector<OutcomeFact>& outcomes() { return ledgers[0].outcomes; }

  VerifiedApproval& Give(ApprovalKind kind, const std::string& person = "ana") {
    VerifiedApproval approval;
    approval.kind = kind;
    approval.person = person;
    approval.digest = "0123456789abcdef" + std::to_string(given.size());
    approval.repository = "r";
    approval.environment = "production";
    approval.change = kChange;
    approval.reason = "fire";
    approval.received = approval.made = kNow - 1h;
    if (kind != ApprovalKind::kHold && kind != ApprovalKind::kRevocation) approval.expires = kNow + 6h;
    if (kind == ApprovalKind::kBreakGlass) approval.expires = kNow + 1h;
    given.push_back(std::move(approval));
    return given.back();
  }

  Turn Run() {
    return AskTurn({environments[2],
                    environments,
                    ledgers,
                    commit,
                    move,
                    automatic,
                    rollback,
                    removed,
                    objects,
                    excluded,
                    zones,
                    {"r", "production", kChange, given, kNow, people, revokers}});
  }
};

std::string Words(const Conditions& conditions) {
  std::string words;
  for (const Condition& condition : conditions) {
    words += std::string(NameOf(condition.kind)) + ": " + condition.message;
    if (condition.when) words += " @" + Text(*condition.when);
    words += "\n";
  }
  return words;
}

Window Make(const char* days, const char* hours) {
  Window window;
  window.days = ParseDays(days).value();
  REQUIRE(ParseHours(hours, window));
  return window;
}

TEST_CASE("it is the turn of what the predecessor ran long enough") {
  Scene scene;
  CHECK(scene.Run().Met());
  CHECK(scene.Run().waived.empty());
  scene.production().soak = 30h;
  CHECK(scene.Run().Met());
  scene.production().soak = 30h + 1s;
  CHECK(Words(scene.Run().unmet) ==
        "soak: staging has run it for 1 d 6 h of 1 d 6 h @2026-11-26T21:11:01Z\n");
}

TEST_CASE("an environment without predecessors asks nothing of others") {
  Scene scene;
  scene.production().after.clear();
  scene.ledgers.clear();
  CHECK(scene.Run().Met());
}

TEST_CASE("what is not met by predecessors") {
  struct Case {
    const char* words;
    void (*change)(Scene&);
  };
  for (const Case& c : {
           Case{"predecessor: staging has run nothing yet\n", [](Scene& s) { s.ledgers.clear(); }},
           {"predecessor: staging has run nothing yet\n", [](Scene& s) { s.records().clear(); }},
           {"predecessor: staging has not run c3\n", [](Scene& s) { s.commit = "c3"; }},
           {"predecessor: staging has not run \n", [](Scene& s) { s.commit = ""; }},
           {"predecessor: dev has run nothing yet\n",
            [](Scene& s) { s.production().after.push_back({"dev"}); }},
           {"predecessor: staging was rolled back from c2\n",
            [](Scene& s) {
              s.records().push_back({3, "c1", "s1", 1, kNow - 1h});
            }},
           {"soak: staging has run it for 10 h of 1 d, and runs something else now\n",
            [](Scene& s) {
              s.records().push_back({3, "c3", "s3", {}, kNow - 20h});
            }},
           {"soak: staging has run it for 1 h of 1 d @2026-11-27T20:11:00Z\n",
            [](Scene& s) { s.records()[1].recorded = kNow - 1h; }},
           {"soak: staging has run it for 0 s of 1 d @2026-11-27T21:12:00Z\n",  // a clock that went back
            [](Scene& s) { s.records()[1].recorded = kNow + 60s; }},
       }) {
    CAPTURE(c.words);
    Scene scene;
    c.change(scene);
    CHECK(Words(scene.Run().unmet) == c.words);
  }
}

TEST_CASE("what ran is counted by objects, in its longest stretch") {
  Scene scene;
  // Another commit with the same objects goes on with the time.
  scene.records().push_back({3, "c3", "s2", {}, kNow - 1h});
  scene.commit = "c3";
  CHECK(scene.Run().Met());
  scene.commit = "c2";
  CHECK(scene.Run().Met());
  // It ran for a day and two hours, then gave way.
  scene.records().push_back({4, "c4", "s4", {}, kNow - 4h});
  CHECK(scene.Run().Met());
  // Two short stretches are no long one.
  scene.records() = {
      {1, "c2", "s2", {}, kNow - 40h}, {2, "c3", "s3", {}, kNow - 20h}, {3, "c2", "s2", {}, kNow - 10h}};
  CHECK(Words(scene.Run().unmet) == "soak: staging has run it for 10 h of 1 d @2026-11-27T11:11:00Z\n");
  // Rolled back to it: that is running it.
  scene.records() = {
      {1, "c2", "s2", {}, kNow - 90h}, {2, "c3", "s3", {}, kNow - 80h}, {3, "c2", "s2", 1, kNow - 70h}};
  CHECK(scene.Run().Met());
  scene.commit = "c3";
  CHECK(Words(scene.Run().unmet) == "predecessor: staging was rolled back from c3\n");
  // The rollback may be another commit with the old objects.
  scene.records()[2].commit = "c9";
  scene.commit = "c2";
  CHECK(scene.Run().Met());
  scene.records()[2].recorded = kNow - 1h;
  CHECK(Words(scene.Run().unmet) == "soak: staging has run it for 1 h of 1 d @2026-11-27T20:11:00Z\n");
  scene.records()[1].recorded = kNow - 40h;  // what was gone back to stood for two days
  CHECK(scene.Run().Met());
  scene.records() = {
      {1, "c2", "s2", {}, kNow - 90h}, {2, "c3", "s3", {}, kNow - 80h}, {3, "c2", "s2", 1, kNow - 70h}};
  scene.commit = "c3";
  // And brought again after that.
  scene.records().push_back({4, "c3", "s3", {}, kNow - 30h});
  CHECK(scene.Run().Met());
}

TEST_CASE("outcomes are asked of every cluster, and soak counts from the last") {
  Scene scene;
  scene.production().outcome = Asked::kHealthy;
  CHECK(Words(scene.Run().unmet) ==
        "outcome: cluster stage-1 of staging has said nothing\noutcome: cluster stage-2 of staging has said "
        "nothing\n");
  scene.outcomes() = {{Kind::kHealthy, "stage-1", 2, kNow - 29h}, {Kind::kHealthy, "stage-2", 2, kNow - 25h}};
  CHECK(scene.Run().Met());
  const auto after = [&](OutcomeFact fact) {
    Scene changed = scene;
    changed.outcomes()[1] = std::move(fact);
    return Words(changed.Run().unmet);
  };
  const std::string cluster = "outcome: cluster stage-2 of staging ";
  CHECK(after({Kind::kHealthy, "stage-2", 2, kNow - 23h}) ==
        "soak: staging has run it for 23 h of 1 d @2026-11-26T22:11:00Z\n");
  CHECK(after({Kind::kApplied, "stage-2", 2, kNow - 29h}) ==
        cluster + "has applied it and does not call it healthy yet\n");
  CHECK(after({Kind::kFailed, "stage-2", 2, kNow - 29h}) == cluster + "says that it failed\n");
  CHECK(after({Kind::kDegraded, "stage-2", 2, kNow - 29h}) ==
        cluster + "says that it was healthy and is not any more\n");
  CHECK(after({Kind::kHealthy, "stage-2", 1, kNow - 29h}) == cluster + "speaks of record 1\n");
  CHECK(after({Kind::kHealthy, "stage-2", 3, kNow - 29h}) == cluster + "speaks of record 3\n");
  CHECK(after({Kind::kHealthy, "stage-3", 2, kNow - 29h}) == cluster + "has said nothing\n");
  CHECK(after({Kind::kHealthy, "stage-2", 2, kNow + 1s})
            .starts_with(cluster + "reports a time in the future, 2026-11-26T21:11:01Z"));
  // A clock that is slow gives nothing: the record came later.
  CHECK(after({Kind::kHealthy, "stage-2", 2, kNow - 1000h}) == "");
  std::swap(scene.outcomes()[0].since, scene.outcomes()[1].since);
  scene.outcomes()[0].since = kNow - 2h;  // the first of them is the last to be healthy
  CHECK(Words(scene.Run().unmet) == "soak: staging has run it for 2 h of 1 d @2026-11-27T19:11:00Z\n");
  scene.outcomes()[0].since = kNow - 29h;
  scene.production().outcome = Asked::kApplied;
  CHECK(after({Kind::kApplied, "stage-2", 2, kNow - 29h}) == "");
  CHECK(after({Kind::kFailed, "stage-2", 2, kNow - 29h}) == cluster + "says that it failed\n");
  scene.environments[1].clusters.clear();
  CHECK(Words(scene.Run().unmet) == "outcome: staging has no clusters that could say that it runs\n");
}

TEST_CASE("outside its windows it waits for the next") {
  Scene scene;
  scene.production().windows = {Make("mon-thu", "09:00-16:00")};
  CHECK(Words(scene.Run().unmet) ==
        "window: outside its windows (mon-thu 09:00-16:00 UTC) @2026-11-30T09:00:00Z\n");
  CHECK(scene.Run().earliest == Moment(1796029200s));
  scene.production().windows.push_back(Make("thu", "21:11-21:12"));
  CHECK(scene.Run().Met());
  scene.production().windows = {Make("thu", "21:00-21:11")};
  CHECK_FALSE(scene.Run().Met());
}

TEST_CASE("a zone that is not known shuts") {
  Scene scene;
  scene.production().windows = {Window()};
  scene.production().windows[0].zone = "Europe/Berlin";
  CHECK(Words(scene.Run().unmet) == "window: this machine does not know the time zone Europe/Berlin\n");
  CHECK_FALSE(scene.Run().earliest);
  scene.production().windows.clear();
  scene.production().freezes = {
      {ParseDay("2020-01-01")->begin, ParseDay("2020-01-02")->begin, "Europe/Berlin", "", {}}};
  CHECK(Words(scene.Run().unmet) == "freeze: this machine does not know the time zone Europe/Berlin\n");
  scene.Give(ApprovalKind::kBreakGlass);
  CHECK(scene.Run().Met());
}

TEST_CASE("freezes of the configuration and of people hold") {
  Scene scene;
  scene.production().freezes = {
      {ParseDay("2026-11-26T20:00")->begin, ParseDay("2026-11-28")->begin, "UTC", "fair", {}},
      {ParseDay("2027-11-26")->begin, ParseDay("2027-11-28")->begin, "UTC", "", {}}};
  CHECK(Words(scene.Run().unmet) == "freeze: frozen by the configuration: fair @2026-11-28T00:00:00Z\n");
  scene.production().freezes.clear();
  scene.given.reserve(4);
  VerifiedApproval& freeze = scene.Give(ApprovalKind::kFreeze, "ben");
  freeze.change.clear();
  CHECK(Words(scene.Run().unmet) == "freeze: frozen by ben: fire @2026-11-27T03:11:00Z\n");
  CHECK(scene.Run().unmet[0].who == std::vector<std::string>{"ben", "chi"});
  CHECK(scene.Run().unmet[0].remedy == "sluice release production --reason TEXT");
  for (const char* who : {"zoe", ""}) {
    Scene other = scene;
    other.given[0].person = who;
    CHECK(other.Run().Met());
  }
  Scene over = scene;
  over.given[0].expires = kNow;
  CHECK(over.Run().Met());
  Scene revoked = scene;
  revoked.Give(ApprovalKind::kRevocation, "ana").revokes = freeze.digest;
  CHECK_FALSE(revoked.Run().Met());
  revoked.given[1].person = "chi";
  CHECK(revoked.Run().Met());
}

TEST_CASE("a hold stops promotions and bots, not what a person pushes or goes back to") {
  Scene scene;
  scene.Give(ApprovalKind::kHold);
  const Turn turn = scene.Run();
  CHECK(Words(turn.unmet) == "hold: held by ana: fire\n");
  CHECK(turn.unmet[0].who == std::vector<std::string>{"ana", "chi"});
  CHECK(turn.unmet[0].remedy == "sluice release production --reason TEXT");
  CHECK_FALSE(turn.earliest);
  scene.move = Move::kDirect;
  CHECK(scene.Run().Met());
  scene.automatic = true;
  CHECK(Words(scene.Run().unmet) == "hold: held by ana: fire\n");
  scene.move = Move::kRollback;  // by a bot too
  CHECK(scene.Run().Met());
  CHECK(Words(scene.Run().waived) == "hold: held by ana: fire\n");
}

TEST_CASE("a rollback holds until somebody who may releases it") {
  Scene scene;
  scene.rollback = StandingRollback{std::string(64, 'd'), 7, "ana-login", "a bad image"};
  const std::string held = "hold: held since record 7, the rollback by ana-login: a bad image\n";
  CHECK(Words(scene.Run().unmet) == held);
  CHECK(scene.Run().unmet[0].who == std::vector<std::string>{"ana", "ben", "chi"});
  CHECK(scene.Run().unmet[0].remedy == "sluice release production --reason TEXT");
  scene.move = Move::kDirect;
  CHECK(scene.Run().Met());
  scene.move = Move::kRollback;
  CHECK(scene.Run().Met());
  scene.move = Move::kPromotion;
  scene.Give(ApprovalKind::kRevocation, "ben").revokes = scene.rollback->digest;
  CHECK(scene.Run().Met());
  const auto after = [&](auto change) {
    Scene other = scene;
    change(other, other.given[0]);
    return Words(other.Run().unmet);
  };
  using Given = VerifiedApproval;
  CHECK(after([](Scene&, Given& g) { g.revokes[0] = 'x'; }) == held);
  CHECK(after([](Scene&, Given& g) { g.kind = ApprovalKind::kApproval; }) == held);
  CHECK(after([](Scene&, Given& g) { g.person = "zoe"; }) == held);
  CHECK(after([](Scene&, Given& g) { g.environment = "staging"; }) == held);
  CHECK(after([](Scene&, Given& g) { g.repository = "x"; }) == held);
  CHECK(after([](Scene&, Given& g) { g.received = kNow + 1s; }) == held);
  CHECK(after([](Scene& s, Given& g) { g.person = "chi", s.revokers.clear(); }) == held);
  CHECK(after([](Scene&, Given& g) { g.person = "chi"; }).empty());
}

TEST_CASE("where nobody could release it a rollback holds nothing") {
  Scene scene;
  scene.rollback = StandingRollback{std::string(64, 'd'), 7, "ana-login", "a bad image"};
  scene.people.people.clear();
  scene.production().approvals.from.clear();
  CHECK_FALSE(scene.Run().Met());  // chi may approve policy still
  scene.revokers.clear();
  CHECK(scene.Run().Met());
}

TEST_CASE("break-glass passes over holds") {
  Scene scene;
  scene.rollback = StandingRollback{std::string(64, 'd'), 7, "ana-login", "a bad image"};
  scene.Give(ApprovalKind::kHold, "ben");
  CHECK(scene.Run().unmet.size() == 2);
  scene.Give(ApprovalKind::kBreakGlass);
  CHECK(scene.Run().Met());
  CHECK(scene.Run().waived.size() == 2);
}

TEST_CASE("a glass that was signed for later is not broken in its last hours") {
  Scene scene;
  scene.Give(ApprovalKind::kFreeze);
  VerifiedApproval& glass = scene.Give(ApprovalKind::kBreakGlass);
  scene.commit = "c9";
  CHECK(scene.Run().break_glass == &glass);
  glass.made = kNow - 30 * 24h;
  CHECK(scene.Run().break_glass == nullptr);
}

TEST_CASE("break-glass passes over what time and predecessors ask, and says so") {
  Scene scene;
  scene.commit = "c9";
  scene.production().windows = {Make("mon", "09:00-16:00")};
  scene.production().freezes = {
      {ParseDay("2026-11-26")->begin, ParseDay("2026-11-28")->begin, "UTC", "fair", {}}};
  CHECK(scene.Run().unmet.size() == 3);
  scene.Give(ApprovalKind::kBreakGlass);
  const Turn turn = scene.Run();
  CHECK(turn.Met());
  CHECK(turn.waived.size() == 3);
  REQUIRE(turn.break_glass != nullptr);
  CHECK(turn.break_glass->person == "ana");
}

TEST_CASE("break-glass by nobody who may, or that is over, passes over nothing") {
  struct Case {
    const char* why;
    void (*change)(Scene&, VerifiedApproval&);
  };
  for (const Case& c : {
           Case{"not of the group", [](Scene&, VerifiedApproval&b) { b.person = "chi"; }},
           {"nobody", [](Scene&, VerifiedApproval&b) { b.person = "zoe"; }},
           {"another change", [](Scene&, VerifiedApproval&b) { b.change[0] = 'x'; }},
           {"another environment", [](Scene&, VerifiedApproval&b) { b.environment = "staging"; }},
           {"another repository", [](Scene&, VerifiedApproval&b) { b.repository = "x"; }},
           {"expired", [](Scene&, VerifiedApproval&b) { b.expires = kNow; }},
           {"longer ago than it lasts", [](Scene&, VerifiedApproval&b) { b.received = kNow - 2h; }},
           {"for longer than it may", [](Scene&, VerifiedApproval&b) { b.expires = kNow + 2h + 301s; }},
           {"to come", [](Scene&, VerifiedApproval&b) { b.received = kNow + 1s; }},
           {"spent", [](Scene&, VerifiedApproval&b) { b.spent = true; }},
           {"without a reason", [](Scene&, VerifiedApproval&b) { b.reason = ""; }},
           {"not configured", [](Scene&s, VerifiedApproval&) { s.production().break_glass.reset(); }},
           {"an approval is none", [](Scene&, VerifiedApproval&b) { b.kind = ApprovalKind::kApproval; }},
           {"revoked",
            [](Scene&s, VerifiedApproval&b) {
              const std::string digest = b.digest;
              s.Give(ApprovalKind::kRevocation, "chi").revokes = digest;
            }},
       }) {
    CAPTURE(c.why);
    Scene scene;
    scene.commit = "c9";
    scene.given.reserve(4);
    c.change(scene, scene.Give(ApprovalKind::kBreakGlass));
    const Turn turn = scene.Run();
    CHECK_FALSE(turn.Met());
    CHECK(turn.break_glass == nullptr);
  }
}

TEST_CASE("break-glass does not end what a person stopped, nor agree to a large removal") {
  Scene scene;
  scene.Give(ApprovalKind::kBreakGlass);
  scene.Give(ApprovalKind::kFreeze, "ben");
  scene.removed = 50;
  CHECK(Words(scene.Run().unmet) ==
        "freeze: frozen by ben: fire @2026-11-27T03:11:00Z\n"
        "consent: it removes 50 of 100 objects, more than 20%\n");
}

TEST_CASE("a rollback needs no predecessor, and still its window") {
  Scene scene;
  scene.commit = "c0";
  scene.move = Move::kRollback;
  CHECK(scene.Run().Met());
  CHECK(Words(scene.Run().waived) == "predecessor: staging has not run c0\n");
  scene.production().windows = {Make("mon", "09:00-16:00")};
  CHECK_FALSE(scene.Run().Met());
  scene.move = Move::kDirect;
  CHECK(scene.Run().unmet.size() == 2);
}

TEST_CASE("a large removal asks for a consent of its own") {
  Scene scene;
  scene.removed = 20;
  CHECK(scene.Run().Met());
  scene.removed = 21;
  CHECK(Words(scene.Run().unmet) == "consent: it removes 21 of 100 objects, more than 20%\n");
  CHECK(scene.Run().unmet[0].who == std::vector<std::string>{"ana", "ben"});
  scene.given.reserve(4);
  VerifiedApproval& consent = scene.Give(ApprovalKind::kConsent);
  consent.removes = 21;
  CHECK(scene.Run().Met());
  CHECK(scene.Run().consent == &consent);
  const auto refused = [&](auto change) {
    Scene other = scene;
    change(other, other.given[0]);
    return !other.Run().Met();
  };
  using Given = VerifiedApproval;
  CHECK(refused([](Scene&, Given& c) { c.removes = 20; }));
  CHECK(refused([](Scene&, Given& c) { c.removes = 22; }));
  CHECK(refused([](Scene&, Given& c) { c.person = "chi"; }));
  CHECK(refused([](Scene&, Given& c) { c.change[0] = 'x'; }));
  CHECK(refused([](Scene&, Given& c) { c.expires = kNow; }));
  CHECK(refused([](Scene&, Given& c) { c.spent = true; }));
  CHECK(refused([](Scene&, Given& c) { c.kind = ApprovalKind::kApproval; }));
  CHECK(refused([](Scene& s, Given&) { s.excluded = {"ana"}; }));
  scene.production().max_removed = 0;
  scene.removed = 1;
  CHECK_FALSE(scene.Run().Met());
  scene.removed = 0;
  CHECK(scene.Run().Met());
  scene.production().max_removed = 100;
  scene.removed = 100;
  CHECK(scene.Run().Met());
}

TEST_CASE("the earliest time is that of soak, freeze and window together") {
  Scene scene;
  scene.records()[1].recorded = kNow - 23h;  // soaked Thursday 22:11
  scene.production().windows = {Make("mon-fri", "09:00-16:00")};
  CHECK(Text(scene.Run().earliest.value()) == "2026-11-27T09:00:00Z");
  scene.production().freezes = {
      {ParseDay("2026-11-27")->begin, ParseDay("2026-12-01T10:00")->begin, "UTC", "", {}}};
  CHECK(Text(scene.Run().earliest.value()) == "2026-12-01T10:00:00Z");
  scene.production().freezes[0].end = ParseDay("2026-12-01T17:00")->begin;
  CHECK(Text(scene.Run().earliest.value()) == "2026-12-02T09:00:00Z");
  scene.Give(ApprovalKind::kFreeze).expires = kNow + 24h * 7;
  CHECK(Text(scene.Run().earliest.value()) == "2026-12-04T09:00:00Z");
  scene.removed = 50;
  CHECK_FALSE(scene.Run().earliest);
}

}  // namespace
}  // namespace sluice::promotion
