// Who must agree. The table of what does not count is the longer one.
#include "promotion/review.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

using namespace std::chrono_literals;

const std::string kChange(64, 'c'), kRepository(64, 'r');
const Moment kNow(1'795'727'460s);

Principal Of(std::string name) { return {Principal::Kind::kPerson, std::move(name)}; }

struct Scene {
  People people;
  ReviewRules rules;
  Approvals approvals;
  std::optional<Codeowners> codeowners;
  std::vector<std::string> files = {"apps/shop/web.yaml"};
  Principal pusher = Of("dan");
  std::string login = "dan";
  std::vector<Principal> requesters;
  std::vector<Authorship> commits = {{"0123456789", "dan@shop.example", ""}};
  std::vector<VerifiedApproval> given;
  std::set<std::string> revokers = {"chi"};

  Scene() {
    for (const char* name : {"ana", "ben", "chi", "dan", "eve"})
      people.people.push_back({name, {{std::string(name) + "@shop.example"}}, {{"github", name}}, {}, {}});
    people.bots = {{"renovate", {{"bot@shop.example"}}, {}, {}, {}}};
    people.groups = {{"sre", {{"ana"}, {"ben"}, {"chi"}}, {{"github", "shop/sre"}}, {}}};
    approvals.count = 2;
    approvals.from = {{"sre"}};
    rules.codeowners = "github";
  }

  VerifiedApproval& Give(const std::string& person, ApprovalKind kind = ApprovalKind::kApproval) {
    VerifiedApproval approval;
    approval.kind = kind;
    approval.person = person;
    approval.digest = person + std::to_string(given.size());
    approval.key = "key of " + person;
    approval.repository = kRepository;
    approval.environment = "production";
    approval.change = kChange;
    approval.received = kNow - 1h;
    approval.expires = kNow + 24h;
    given.push_back(std::move(approval));
    return given.back();
  }

  Review Run() const {
    const Asking asking{kRepository, "production", kChange, given, kNow, people, revokers};
    return Ask({rules, approvals, people, codeowners ? &*codeowners : nullptr, files, pusher, login,
                requesters, commits, asking});
  }
};

std::string Words(const Review& review) {
  std::string words;
  for (const Condition& condition : review.unmet)
    words += std::string(NameOf(condition.kind)) + ": " + condition.message + "\n";
  for (const NotCounted& one : review.not_counted) words += one.digest + " " + one.why + "\n";
  return words;
}

TEST_CASE("two right people let it through") {
  Scene scene;
  scene.Give("ana");
  CHECK(Words(scene.Run()) == "approvals: production needs 1 more approval (agreed: ana)\n");
  scene.Give("ben");
  const Review review = scene.Run();
  CHECK(review.Met());
  CHECK(review.counted.size() == 2);
  CHECK(review.not_counted.empty());
}

TEST_CASE("who still must agree is said, and who cannot") {
  Scene scene;
  scene.pusher = Of("ana");
  const Review review = scene.Run();
  REQUIRE(review.unmet.size() == 1);
  CHECK(review.unmet[0].message == "production needs 2 approvals; does not count: ana pushed it");
  CHECK(review.unmet[0].who == std::vector<std::string>{"ben", "chi"});
  CHECK(review.unmet[0].remedy == "sluice approve production");
  scene.requesters = {Of("ben")};
  CHECK(scene.Run().unmet[0].remedy.starts_with("too few eligible approvers"));
  scene.commits = {{"abcdef0123", "chi@shop.example", ""}};
  CHECK(scene.Run().unmet[0].remedy.starts_with("no eligible approver is left"));
  CHECK(scene.Run().unmet[0].who.empty());
}

TEST_CASE("what does not count, and why") {
  struct Bad {
    const char* why;
    void (*change)(Scene&, VerifiedApproval& of_ben);
  };
  for (const Bad& bad : {
           Bad{"it is for another repository", [](Scene&, VerifiedApproval& a) { a.repository = "x"; }},
           {"it is for staging", [](Scene&, VerifiedApproval& a) { a.environment = "staging"; }},
           {"it is for another change", [](Scene&, VerifiedApproval& a) { a.change[3] = 'd'; }},
           {"it is for another change", [](Scene&, VerifiedApproval& a) { a.change = ""; }},
           {"a record rests on it already", [](Scene&, VerifiedApproval& a) { a.spent = true; }},
           {"it expired 2026-11-26T21:11:00Z", [](Scene&, VerifiedApproval& a) { a.expires = kNow; }},
           {"it expired 2026-11-26T21:10:59Z", [](Scene&, VerifiedApproval& a) { a.expires = kNow - 1s; }},
           {"it has no expiry", [](Scene&, VerifiedApproval& a) { a.expires.reset(); }},
           {"it was received after this was judged", [](Scene&, VerifiedApproval& a) { a.received = kNow + 1s; }},
           {"nobody in `people` has the key or name zoe", [](Scene&, VerifiedApproval& a) { a.person = "zoe"; }},
           {"nobody in `people` has the key or name renovate", [](Scene&, VerifiedApproval& a) { a.person = "renovate"; }},
           {"nobody in `people` has the key or name sre", [](Scene&, VerifiedApproval& a) { a.person = "sre"; }},
           {"nobody in `people` has the key or name ben",
            [](Scene& s, VerifiedApproval&) { s.people.people[1].keys = {{"ben-laptop"}}; }},
           {"ana counts once", [](Scene&, VerifiedApproval& a) { a.person = "ana"; }},
           {"ana counts once",
            [](Scene& s, VerifiedApproval& a) { s.people.people[0].keys = {{"ana"}, {"ana-2"}}, a.person = "ana-2"; }},
           {"its key counts for ana already", [](Scene&, VerifiedApproval& a) { a.key = "key of ana"; }},
           {"dan pushed it", [](Scene&, VerifiedApproval& a) { a.person = "dan"; }},
           {"eve is not asked here", [](Scene&, VerifiedApproval& a) { a.person = "eve"; }},
           {"ben pushed it", [](Scene& s, VerifiedApproval&) { s.pusher = Of("ben"); }},
           {"ben asked for it", [](Scene& s, VerifiedApproval&) { s.requesters = {Of("eve"), Of("ben")}; }},
           {"ben wrote 4567890", [](Scene& s, VerifiedApproval&) { s.commits.push_back({"4567890123", "BEN@shop.example", ""}); }},
           {"ben signed 4567890", [](Scene& s, VerifiedApproval&) { s.commits.push_back({"4567890123", "x@y", "ben"}); }},
           {"signatures are not evidence here", [](Scene& s, VerifiedApproval& a) {
              s.rules.by_signature = false;
              s.given[0].evidence = VerifiedApproval::Evidence::kForge;
              a.key = "";
            }},
           {"reviews on a forge are not evidence here", [](Scene& s, VerifiedApproval& a) {
              s.rules.by_forge = false;
              a.evidence = VerifiedApproval::Evidence::kForge;
            }},
           {"ben revoked it", [](Scene& s, VerifiedApproval& a) {
              const std::string digest = a.digest;
              s.Give("ben", ApprovalKind::kRevocation).revokes = digest;
            }},
           {"chi revoked it: mistake", [](Scene& s, VerifiedApproval& a) {
              const std::string digest = a.digest;
              VerifiedApproval& revocation = s.Give("chi", ApprovalKind::kRevocation);
              revocation.revokes = digest;
              revocation.reason = "mistake";
              revocation.expires.reset();
              revocation.change.clear();
            }},
       }) {
    CAPTURE(bad.why);
    Scene scene;
    scene.given.reserve(4);
    scene.Give("ana");
    bad.change(scene, scene.Give("ben"));
    const Review review = scene.Run();
    CAPTURE(Words(review));
    CHECK_FALSE(review.Met());
    CHECK(review.counted.size() == 1);
    REQUIRE(review.not_counted.size() == 1);
    CHECK(review.not_counted[0].why == bad.why);
  }
}

TEST_CASE("other kinds of envelopes are no approvals") {
  for (const ApprovalKind kind :
       {ApprovalKind::kBreakGlass, ApprovalKind::kConsent, ApprovalKind::kFreeze, ApprovalKind::kHold,
        ApprovalKind::kRecovery, ApprovalKind::kRequest, ApprovalKind::kRevocation}) {
    Scene scene;
    scene.Give("ana");
    scene.Give("ben", kind);
    CHECK_FALSE(scene.Run().Met());
  }
}

TEST_CASE("a revocation of nobody's business revokes nothing") {
  struct Case {
    void (*change)(VerifiedApproval& revocation);
  };
  for (const Case& c : {Case{[](VerifiedApproval& r) { r.person = "dan"; }},
                        {[](VerifiedApproval& r) { r.person = "zoe"; }},
                        {[](VerifiedApproval& r) { r.person = "ana"; }},
                        {[](VerifiedApproval& r) { r.revokes = "x"; }},
                        {[](VerifiedApproval& r) { r.received = kNow + 1s; }},
                        {[](VerifiedApproval& r) { r.environment = "staging"; }},
                        {[](VerifiedApproval& r) { r.repository = "x"; }}}) {
    Scene scene;
    scene.given.reserve(4);
    scene.Give("ana");
    const std::string digest = scene.Give("ben").digest;
    VerifiedApproval& revocation = scene.Give("ben", ApprovalKind::kRevocation);
    revocation.revokes = digest;
    c.change(revocation);
    CAPTURE(Words(scene.Run()));
    CHECK(scene.Run().Met());
  }
}

TEST_CASE("whoever asks does not agree under a second name") {
  struct Case {
    void (*change)(VerifiedApproval& request);
    const char* why;  // the approval does not count; null: it does
  };
  for (const Case& c : {Case{[](VerifiedApproval&) {}, "its key counts for dan already"},
                        {[](VerifiedApproval& r) { r.key = "key of dan"; }, nullptr},
                        {[](VerifiedApproval& r) { r.change = std::string(64, 'd'); }, nullptr},
                        {[](VerifiedApproval& r) { r.environment = "staging"; }, nullptr},
                        {[](VerifiedApproval& r) { r.expires = kNow; }, nullptr},
                        {[](VerifiedApproval& r) { r.person = "zoe"; }, nullptr}}) {
    Scene scene;
    scene.requesters = {Of("dan")};
    scene.Give("ana");
    scene.Give("ben");
    VerifiedApproval& request = scene.Give("dan", ApprovalKind::kRequest);
    request.key = "key of ben";
    c.change(request);
    const Review review = scene.Run();
    CAPTURE(Words(review));
    CHECK(review.Met() == (c.why == nullptr));
    if (c.why == nullptr) continue;
    REQUIRE(review.not_counted.size() == 1);
    CHECK(review.not_counted[0].why == c.why);
  }
}

TEST_CASE("whoever may not agree does not do so under a second name") {
  Scene scene;
  scene.pusher = Of("ana");
  scene.Give("ana");
  scene.Give("ben").key = "key of ana";
  scene.Give("chi");
  CHECK(Words(scene.Run()) ==
        "approvals: production needs 1 more approval (agreed: chi); does not count: ana pushed it\n"
        "ana0 ana pushed it\nben1 its key counts for ana already\n");
}

TEST_CASE("authors may agree where the rule says so, the pusher never") {
  Scene scene;
  scene.commits = {{"0123456789", "ana@shop.example", "ana"}, {"abcdef0123", "ben@shop.example", "ben"}};
  scene.Give("ana");
  scene.Give("ben");
  CHECK_FALSE(scene.Run().Met());
  scene.rules.authors = Authors::kCount;
  CHECK(scene.Run().Met());
  scene.pusher = Of("ben");
  CHECK_FALSE(scene.Run().Met());
}

TEST_CASE("where authors are to be known, each commit is signed by a person") {
  Scene scene;
  scene.rules.authors = Authors::kSigned;
  scene.Give("ana");
  scene.Give("ben");
  scene.commits = {{"0123456789", "dan@shop.example", "dan"}};
  CHECK(scene.Run().Met());
  for (const char* signer : {"", "zoe", "renovate"}) {
    scene.commits = {{"0123456789", "dan@shop.example", "dan"}, {"abcdef0123", "dan@shop.example", signer}};
    CHECK(Words(scene.Run()) ==
          "approvals: 1 commit without a signature of a person (abcdef0): who wrote them is not known\n");
  }
  // Another's name as author hides nobody: who signed is who it was.
  scene.commits = {{"0123456789", "dan@shop.example", "ana"}};
  CHECK_FALSE(scene.Run().Met());
}

TEST_CASE("an unknown pusher is rejected, whoever agrees") {
  Scene scene;
  scene.Give("ana");
  scene.Give("ben");
  scene.pusher = {};
  CHECK(Words(scene.Run()) == "pusher: nobody in `people` and no bot has the login dan\n");
  scene.login.clear();
  CHECK(Words(scene.Run()) == "pusher: nobody said who pushes\n");
  scene.pusher = {Principal::Kind::kBot, "renovate"};
  CHECK(scene.Run().Met());
  for (const Excluded& excluded : scene.Run().excluded) CHECK(excluded.person != "renovate");
}

TEST_CASE("nothing asked for is met, and approvals of nothing do not count") {
  Scene scene;
  scene.approvals = {};
  scene.Give("ana");
  const Review review = scene.Run();
  CHECK(review.Met());
  CHECK(review.counted.empty());
  CHECK(review.not_counted.size() == 1);
}

TEST_CASE("without names, anybody in people may agree") {
  Scene scene;
  scene.approvals.from.clear();
  scene.Give("eve");
  scene.Give("chi");
  CHECK(scene.Run().Met());
}

TEST_CASE("a path rule holds for its files and environments, besides the environment's own") {
  Scene scene;
  PathRule rule{"apps/shop/**", {}, {{"production"}}, {}};
  rule.approvals.count = 1;
  rule.approvals.from = {{"eve"}};
  scene.rules.paths = {rule};
  scene.Give("ana");
  scene.Give("ben");
  CHECK(Words(scene.Run()) == "approvals: apps/shop/** needs 1 approval\n");
  scene.files = {"apps/other.yaml"};
  CHECK(scene.Run().Met());
  scene.files = {"apps/other.yaml", "apps/shop/x/y"};
  CHECK_FALSE(scene.Run().Met());
  scene.Give("eve");
  CHECK(scene.Run().Met());
  scene.given.pop_back();
  scene.rules.paths[0].environments = {{"staging"}};
  CHECK(scene.Run().Met());
  // One person meets both.
  scene.rules.paths = {rule};
  scene.rules.paths[0].approvals.from = {{"ben"}};
  CHECK(scene.Run().Met());
}

// Rules for paths, and what ana and ben saw; the question knows of no files, as one without the source.
struct Sighted : Scene {
  Sighted() {
    files.clear(), commits.clear();
    PathRule rule{"infra/**", {}, {{"production"}}, {}};
    rule.approvals.count = 1;
    rule.approvals.from = {{"eve"}};
    rules.paths = {rule};
    given.reserve(8);
    See("ana", {"apps/web.yaml"});
    See("ben", {"apps/web.yaml"});
  }
  VerifiedApproval& See(const std::string& person, std::vector<std::string> saw,
                        std::vector<std::string> authors = {}) {
    VerifiedApproval& approval = Give(person);
    approval.seen = Seen{std::move(authors), std::move(saw)};
    return approval;
  }
  Seen& OfBen() { return *given[1].seen; }
};

TEST_CASE("files that those who are counted saw have their people") {
  Sighted scene;
  CHECK(scene.Run().Met());
  scene.OfBen().files = {"apps/web.yaml", "infra/net.yaml"};
  CHECK(Words(scene.Run()) == "approvals: infra/** needs 1 approval\n");
  scene.See("eve", {"infra/net.yaml"});
  CHECK(scene.Run().Met());
  CHECK(scene.Run().counted.size() == 3);
  SECTION("what somebody saw who was asked only for that counts too") {
    PathRule rule = scene.rules.paths[0];
    rule.glob = "docs/**";
    rule.approvals.from = {{"chi"}};
    scene.rules.paths.push_back(rule);
    scene.given.back().seen->files.push_back("docs/x.md");
    CHECK(Words(scene.Run()) == "approvals: docs/** needs 1 approval\n");
  }
  SECTION("and owners") {
    scene.approvals.codeowners = true;
    scene.codeowners = ParseCodeowners("/apps/ @chi\n/infra/ @eve\n");
    CHECK(Words(scene.Run()) == "approvals: CODEOWNERS:1 /apps/ needs 1 approval\n");
  }
}

TEST_CASE("what is seen by those who are not counted asks for nobody") {
  Sighted scene;
  const std::string digest = scene.given[1].digest;
  scene.See("dan", {"infra/net.yaml"}, {"ana"});  // pushed it
  scene.See("zoe", {"infra/net.yaml"}, {"ana"});
  scene.See("ana", {"infra/net.yaml"}, {"ben"}).change = std::string(64, 'd');
  scene.See("eve", {"infra/net.yaml"}, {"ana"});  // is not asked here
  scene.See("ben", {"infra/net.yaml"}, {"ana"}).spent = true;
  const Review review = scene.Run();
  CAPTURE(Words(review));
  CHECK(review.Met());
  CHECK(review.not_counted.size() == 5);
}

TEST_CASE("of two that somebody gave the one counts that asks for nobody besides") {
  Sighted scene;
  scene.files = {"apps/web.yaml"};
  scene.OfBen().files = {"apps/web.yaml", "infra/net.yaml"};  // of an earlier state
  CHECK_FALSE(scene.Run().Met());
  SECTION("one that saw what is here") { scene.See("ben", {}); }
  SECTION("one that says nothing of it") { scene.Give("ben"); }
  CHECK(scene.Run().Met());
  CHECK(scene.Run().counted[1]->digest == "ben2");
  CHECK(scene.Run().not_counted[0].why == "ben counts once");
}

TEST_CASE("authors whom one of those saw do not agree") {
  Sighted scene;
  scene.given[0].seen->authors = {"ben"};
  CHECK(Words(scene.Run()) ==
        "approvals: production needs 1 more approval (agreed: ana); does not count: ben wrote part of it, as "
        "ana "
        "saw\nben1 ben wrote part of it, as ana saw\n");
  scene.Give("chi");
  CHECK(scene.Run().Met());
  SECTION("nobody agrees to what they themselves wrote") {
    scene.OfBen().authors = {"ben"};
    CHECK(scene.Run().Met());
    scene.given[0].seen->authors = {"ana"};
    CHECK_FALSE(scene.Run().Met());
  }
  SECTION("whoever is an author is heard about the others all the same") {
    scene.OfBen().authors = {"ana"};
    CHECK(Words(scene.Run()).find("production needs 1 more approval (agreed: chi)") != std::string::npos);
  }
  SECTION("they agree where the rule says so") {
    scene.given.pop_back();
    scene.rules.authors = Authors::kCount;
    CHECK(scene.Run().Met());
  }
}

TEST_CASE("where files are signed an approval that does not name them counts for nothing") {
  Sighted scene;
  scene.rules.files_signed = true;
  CHECK(scene.Run().Met());
  scene.given[1].seen.reset();
  CHECK(Words(scene.Run()) ==
        "approvals: production needs 1 more approval (agreed: ana)\n"
        "ben1 it does not say which files differ, as `files: signed` asks\n");
  scene.See("ben", {});
  CHECK(scene.Run().Met());
  for (VerifiedApproval& given : scene.given) given.environment = "policy", given.seen.reset();
  const Asking asking{kRepository, "policy", kChange, scene.given, kNow, scene.people, scene.revokers};
  CHECK(Ask({scene.rules, scene.approvals, scene.people, nullptr, scene.files, scene.pusher, scene.login,
             scene.requesters, scene.commits, asking})
            .Met());
}

TEST_CASE("owners of the files agree, any of a line, each line for itself") {
  Scene scene;
  scene.approvals = {};
  scene.approvals.codeowners = true;
  scene.codeowners = ParseCodeowners(
      "* @shop/sre\n/apps/ @ana eve@shop.example\n/apps/free\n/docs/ @nobody @shop/gone zoe@shop.example\n");
  CHECK(Words(scene.Run()) == "approvals: CODEOWNERS:2 /apps/ needs 1 approval\n");
  CHECK(scene.Run().unmet[0].who == std::vector<std::string>{"ana", "eve"});
  scene.Give("eve");
  CHECK(scene.Run().Met());
  scene.files = {"apps/free/x", "apps/y", "base/x"};
  CHECK(Words(scene.Run()) == "approvals: CODEOWNERS:1 * needs 1 approval\n");
  scene.Give("chi");
  CHECK(scene.Run().Met());
  scene.files = {"apps/y", "apps/z", "base/x"};
  CHECK(scene.Run().requirements.size() == 2);
  scene.files = {"apps/free/x"};
  CHECK(scene.Run().Met());
  scene.files = {"docs/x"};
  CHECK(Words(scene.Run())
            .starts_with("approvals: CODEOWNERS:4 /docs/ needs 1 approval; not in `people`: @nobody, "
                         "@shop/gone, zoe@shop.example\n"));
}

TEST_CASE("without a CODEOWNERS that can be read, nobody is taken for an owner of nothing") {
  Scene scene;
  scene.approvals = {};
  scene.approvals.codeowners = true;
  CHECK(Words(scene.Run()) == "approvals: owners must agree, and there is no CODEOWNERS\n");
  scene.codeowners = ParseCodeowners(std::string(kCodeownersBytes, '\n'));
  CHECK(Words(scene.Run()).starts_with("approvals: CODEOWNERS was not read: "));
}

TEST_CASE("rules that ask for nothing, or of nobody, are told") {
  Scene scene;
  const std::vector<Environment> environments(1);
  const Surroundings around{scene.people, nullptr, true};
  CHECK(CheckReviewRules(scene.rules, environments, around).empty());
  const auto problems = [&](auto change) {
    ReviewRules rules = scene.rules;
    change(rules);
    return CheckReviewRules(rules, environments, around).size();
  };
  CHECK(problems([](ReviewRules& r) { r.paths = {{"a", {}, {}, {}}}; }) == 1);
  CHECK(problems([](ReviewRules& r) {
          r.paths = {{"a", {.count = 1, .from = {}}, {{"nowhere"}}, {}}};
        }) == 1);
  CHECK(problems([](ReviewRules& r) { r.paths = {{"a", {.count = 1, .from = {{"zoe"}}}, {}, {}}}; }) == 2);
  CHECK(problems([](ReviewRules& r) { r.policy = {.count = 6, .from = {}}; }) == 1);
  CHECK(problems([](ReviewRules& r) { r.policy = {.count = 0, .from = {{"sre"}}}; }) == 1);
}

}  // namespace
}  // namespace sluice::promotion
