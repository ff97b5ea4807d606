// Records whose people are not those whom the rules of their time ask for: they hold
// by themselves, and are no promotions.
#include "promotion/record_rules.h"

#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::promotion {
namespace {

constexpr std::int64_t kJudged = 1'790'000'000;
const std::string kRepository(64, 'e'), kChange(64, 'c');

constexpr const char* kRules = R"(version: 1
people:
  ana: {emails: [ana@shop.example], github: ana-at-shop}
  ben: {}
  chi: {}
  dan: {emails: [dan@shop.example], local: dan}
review:
  groups: {sre: [ana, ben, chi]}
environments:
  production:
    branch: production
    approvals: {count: 2, from: sre}
    breakGlass: {by: [chi]}
  dev: {branch: dev}
)";

struct Scene {
  git::TemporaryDirectory directory;
  std::string path = git::InitBare(directory.path(), "ledger.git");
  std::shared_ptr<const git::Repository> repository;
  Record record;
  std::vector<SignedApproval> approvals;
  std::optional<Source> policy_source;
  Oid policy, floor;
  std::uint64_t unseen = 0, removed = 0, objects = 0;
  const Record* before = nullptr;

  Scene() {
    record.environment = "production";
    record.judged = kJudged;
    record.head.actor = "dan";
    record.head.repository = kRepository;
    record.head.change = kChange;
    record.source = {std::string(40, 'a'), {}, "refs/heads/production", std::string(40, 'b')};
    policy = Tree(kRules);
  }

  Oid Tree(const std::string& sluice_yaml, const git::Files& more = {}) {
    git::Files files = more;
    files["%2Esluice/sluice.yaml"] = sluice_yaml;
    const Oid commit = git::ImportHistory(path, {{files, {}}}).front();
    repository = git::MustOpen(path);
    return *git::TreeOf(*repository, commit);
  }

  SignedApproval& Give(const std::string& person, ApprovalKind kind = ApprovalKind::kApproval) {
    SignedApproval opened;
    opened.approval.kind = kind;
    opened.approval.person = person;
    opened.approval.environment = "production";
    opened.approval.repository = kRepository;
    opened.approval.change = kChange;
    opened.approval.expires = kJudged + 3600;
    opened.digest = person + std::to_string(approvals.size());
    opened.key.plain = "key of " + person;
    record.head.approvals.push_back({kind, person, kJudged - 60, opened.digest});
    approvals.push_back(std::move(opened));
    return approvals.back();
  }

  // What is wrong; empty where it is enough.
  std::string Check() {
    RecordRules rules(repository);
    const Status status =
        rules.Check({record, before, approvals, policy, floor, policy_source, removed, objects});
    unseen = rules.unseen();
    return status ? "" : status.error().message;
  }
};

// The same before it is written, with a floor of the operator's.
std::string CheckNext(const Scene& scene, const char* floor) {
  RecordRules rules(scene.repository);
  std::map<std::string, std::string> files{{"%2Esluice/sluice.yaml", floor == nullptr ? "" : floor}};
  const MemoryTree tree(std::move(files));
  const Status status = rules.CheckNext({scene.record,
                                         nullptr,
                                         scene.approvals,
                                         scene.policy,
                                         {},
                                         scene.policy_source,
                                         scene.removed,
                                         scene.objects},
                                        floor == nullptr ? nullptr : &tree);
  return status ? "" : status.error().message;
}

bool Says(const std::string& message, const std::string& words) {
  INFO(message);
  return message.find(words) != std::string::npos;
}

TEST_CASE("two of those who are asked are enough") {
  Scene scene;
  scene.Give("ana");
  scene.Give("ben");
  CHECK(scene.Check().empty());
  CHECK(scene.unseen == 1);
}

TEST_CASE("an environment that asks for nobody, or that the rules do not know, needs nobody") {
  Scene scene;
  for (const char* name : {"dev", "elsewhere"}) {
    scene.record.environment = name;
    CHECK(scene.Check().empty());
  }
}

TEST_CASE("a record lacks approvals") {
  Scene scene;
  CHECK(Says(scene.Check(), "production needs 2 approvals"));
  scene.Give("ana");
  CHECK(Says(scene.Check(), "production needs 1 more approval"));
  SECTION("one who is not asked") { scene.Give("dan"); }
  SECTION("one whom nobody knows") { scene.Give("eve"); }
  SECTION("the same one again") { scene.Give("ana"); }
  SECTION("another with the same key") { scene.Give("ben").key.plain = "key of ana"; }
  SECTION("for another environment") { scene.Give("ben").approval.environment = "dev"; }
  SECTION("for another change") { scene.Give("ben").approval.change = std::string(64, 'd'); }
  SECTION("for another repository") { scene.Give("ben").approval.repository = std::string(64, 'd'); }
  SECTION("expired") { scene.Give("ben").approval.expires = kJudged; }
  SECTION("received later") {
    scene.Give("ben");
    scene.record.head.approvals.back().received = kJudged + 1;
  }
  SECTION("of another kind") { scene.Give("ben", ApprovalKind::kConsent); }
  SECTION("who asked for it") { scene.Give("ben"), scene.Give("ben", ApprovalKind::kRequest); }
  CHECK(Says(scene.Check(), "production needs 1 more approval"));
}

TEST_CASE("a record that is not written yet is held to the same, and to the floor that it will hold") {
  Scene scene;
  const char* const floor =
      "version: 1\npeople: {ana: {}, ben: {}, chi: {}, dan: {local: dan}}\n"
      "environments: {production: {branch: production, approvals: 3}}\n";
  CHECK(Says(CheckNext(scene, nullptr), "production needs 2 approvals"));
  scene.Give("ana"), scene.Give("ben");
  CHECK(CheckNext(scene, nullptr).empty());
  CHECK(Says(CheckNext(scene, floor), "production needs 1 more approval"));
  CHECK(Says(CheckNext(scene, "version: ["), "cannot be read"));
  scene.Give("chi");
  CHECK(CheckNext(scene, floor).empty());
  scene.policy = Oid();
  scene.approvals.clear(), scene.record.head.approvals.clear();
  CHECK(CheckNext(scene, nullptr).empty());
  CHECK(Says(CheckNext(scene, floor), "production needs 3 approvals"));
}

TEST_CASE("a zone that this machine does not know makes no record false") {
  Scene scene;
  scene.Give("ana"), scene.Give("ben");
  std::string rules = kRules;
  rules.replace(rules.find("    breakGlass"), 0,
                "    windows: [{days: mon-fri, hours: 09:00-16:00, zone: Mars/Olympus}]\n");
  scene.policy = scene.Tree(rules);
  CHECK(scene.Check().empty());
}

TEST_CASE("two who have the login of whoever moved it are both left out") {
  Scene scene;
  scene.policy = scene.Tree(
      "version: 1\npeople: {ana: {gitlab: alex}, ben: {github: alex}, chi: {}, dan: {local: dan}}\n"
      "environments: {production: {branch: production, approvals: 1}}\n");
  scene.record.head.actor = "alex";
  SECTION("the one") { scene.Give("ana"); }
  SECTION("the other") { scene.Give("ben"); }
  CHECK(Says(scene.Check(), "production needs 1 approval"));
  scene.Give("chi");
  CHECK(scene.Check().empty());
}

TEST_CASE("who moved it never counts, on whatever platform") {
  Scene scene;
  scene.record.head.actor = "ana-at-shop";
  scene.Give("ana");
  scene.Give("ben");
  CHECK(Says(scene.Check(), "production needs 1 more approval"));
  scene.record.head.actor = "nobody knows";
  CHECK(Says(scene.Check(), "has the login nobody knows"));
}

TEST_CASE("whose commits it brings does not count") {
  Scene scene;
  scene.Give("ana");
  scene.Give("ben");
  const auto source = [&](const std::string& author) {
    const std::vector<Oid> made = git::ImportHistory(scene.path, {{{{"a.yaml", author}}, {}}});
    git::Git(scene.path, {"update-ref", "refs/heads/x", made.front().Hex()});
    const std::string tree = git::Git1(scene.path, {"rev-parse", "refs/heads/x^{tree}"});
    const std::string text =
        "tree " + tree + "\nauthor A <" + author + "> 1 +0000\ncommitter A <" + author + "> 1 +0000\n\nx\n";
    scene.record.source.tree = tree;
    scene.record.source.commit =
        git::Git1(scene.path, {"hash-object", "-t", "commit", "-w", "--stdin"}, text);
    scene.repository = git::MustOpen(scene.path);
  };
  source("ana@shop.example");
  CHECK(Says(scene.Check(), "production needs 1 more approval"));
  source("dan@shop.example");
  CHECK(scene.Check().empty());
  CHECK(scene.unseen == 0);
}

TEST_CASE("owners of what the source changed are asked, where it is there") {
  Scene scene;
  std::string rules = kRules;
  rules.replace(rules.find("groups:"), 7, "codeowners: github\n  groups:");
  rules.replace(rules.find("{count: 2, from: sre}"), 21, "{codeowners: true}");
  scene.policy = scene.Tree(rules, {{"%2Egithub/CODEOWNERS", "*.yaml @ana-at-shop\n"}});
  const std::vector<Oid> made = git::ImportHistory(scene.path, {{{{"a.yaml", "x"}}, {}}});
  scene.repository = git::MustOpen(scene.path);
  scene.record.source.commit = made.front().Hex();
  scene.record.source.tree = git::TreeOf(*scene.repository, made.front())->Hex();
  CHECK(Says(scene.Check(), "CODEOWNERS:1"));
  scene.Give("ana");
  CHECK(scene.Check().empty());
}

// Asked for two of sre, for chi where infra/ differs, and for an owner; the source is nowhere.
struct Sighted : Scene {
  Sighted() {
    std::string rules = kRules;
    rules.replace(rules.find("groups:"), 7,
                  "files: signed\n  codeowners: github\n"
                  "  paths: {infra/**: {approvals: 1, from: [chi]}}\n  groups:");
    rules.replace(rules.find("from: sre}"), 10, "from: sre, codeowners: true}");
    policy = Tree(rules, {{"%2Egithub/CODEOWNERS", "/apps/ @ana-at-shop\n"}});
    approvals.reserve(8);
  }
  SignedApproval& See(const std::string& person, std::vector<std::string> files,
                      std::vector<std::string> authors = {}) {
    SignedApproval& given = Give(person);
    given.approval.seen = Seen{std::move(authors), std::move(files)};
    return given;
  }
};

TEST_CASE("without the source, rules for paths are asked by what those who agreed saw") {
  Sighted scene;
  scene.See("ana", {"apps/web.yaml"});
  SECTION("all is met") {
    scene.See("ben", {"apps/web.yaml", "docs/x"}, {"dan"});
    CHECK(scene.Check().empty());
    CHECK(scene.unseen == 0);
    CHECK(CheckNext(scene, nullptr).empty());
    CHECK(CheckNext(scene, kRules).empty());
  }
  SECTION("one does not say") {
    scene.Give("ben");
    CHECK(Says(scene.Check(), "production needs 1 more approval (agreed: ana)"));
  }
  SECTION("nobody says, and nobody has to") {
    scene.policy = scene.Tree(kRules);
    scene.Give("ben");
    CHECK(scene.Check().empty());
    CHECK(scene.unseen == 1);
  }
  SECTION("a file of somebody who did not agree") {
    scene.See("ben", {"infra/net.yaml"});
    CHECK(Says(scene.Check(), "infra/** needs 1 approval"));
    CHECK(Says(CheckNext(scene, nullptr), "infra/** needs 1 approval"));
    scene.See("chi", {"infra/net.yaml"});
    CHECK(scene.Check().empty());
  }
  SECTION("an author agreed") {
    scene.See("ben", {"apps/web.yaml"}, {"ana"});
    CHECK(Says(scene.Check(), "ana wrote part of it, as ben saw"));
    scene.See("chi", {}, {"ana"});
    CHECK(Says(scene.Check(), "CODEOWNERS:1 /apps/ needs 1 approval"));
  }
}

TEST_CASE("an owner did not agree to what others saw") {
  Sighted scene;
  scene.See("ben", {"apps/web.yaml"});
  scene.See("chi", {"apps/web.yaml"});
  CHECK(Says(scene.Check(), "CODEOWNERS:1 /apps/ needs 1 approval"));
}

TEST_CASE("a source that the recorder named does not take back what was seen") {
  Sighted scene;
  const std::vector<Oid> made = git::ImportHistory(scene.path, {{{{"docs/x", "x"}}, {}}});
  scene.repository = git::MustOpen(scene.path);
  scene.record.source.commit = made.front().Hex();
  scene.record.source.tree = git::TreeOf(*scene.repository, made.front())->Hex();
  scene.See("ana", {"docs/x"});
  scene.See("ben", {"docs/x"});
  CHECK(scene.Check().empty());
  CHECK(scene.unseen == 0);
  scene.approvals.back().approval.seen->files = {"docs/x", "infra/net.yaml"};
  CHECK(Says(scene.Check(), "infra/** needs 1 approval"));
}

TEST_CASE("the operator's rules for paths are asked by the same") {
  Sighted scene;
  scene.floor = scene.policy;
  scene.policy = scene.Tree("version: 1\n");
  scene.See("ana", {"apps/web.yaml"});
  scene.See("ben", {"infra/net.yaml"});
  CHECK(Says(scene.Check(), "infra/** needs 1 approval"));
}

TEST_CASE("a record of an environment that moves by request names who asked for it") {
  Scene scene;
  std::string rules = kRules;
  rules.replace(rules.find("    branch: production"), 22,
                "    branch: main\n    folder: production\n    movedBy: request");
  scene.policy = scene.Tree(rules);
  scene.Give("ana");
  scene.Give("ben");
  CHECK(Says(scene.Check(), "production moves by request, and the record names none"));
  SignedApproval& request = scene.Give("dan", ApprovalKind::kRequest);
  request.approval.commit = scene.record.source.commit;
  request.approval.made = kJudged - 100;
  Record before;
  before.head.recorded = kJudged - 100;
  scene.before = &before;
  CHECK(scene.Check().empty());
  SECTION("for another commit") {
    request.approval.commit = std::string(40, 'c');
    CHECK(Says(scene.Check(), "it asks for cccccccccccc"));
  }
  SECTION("for another change") {
    request.approval.change = std::string(64, 'd');
    CHECK(Says(scene.Check(), "it is for another change"));
  }
  SECTION("for another environment") {
    request.approval.environment = "dev";
    CHECK(Says(scene.Check(), "it is for dev"));
  }
  SECTION("expired") {
    request.approval.expires = kJudged;
    CHECK(Says(scene.Check(), "it expired"));
  }
  SECTION("of somebody whom nobody knows") {
    request.approval.person = "eve";
    CHECK(Says(scene.Check(), "nobody in `people` has the key or name eve"));
  }
  SECTION("made before the record before was written") {
    before.head.recorded = kJudged - 99;
    CHECK(Says(scene.Check(), "it was made before the newest record was written"));
  }
  SECTION("two of them") {
    SignedApproval& other = scene.Give("chi", ApprovalKind::kRequest);
    other.approval.commit = scene.record.source.commit;
    other.approval.made = kJudged - 100;
    CHECK(Says(scene.Check(), "and the record names 2"));
  }
  SECTION("by one of those who agree") {
    request.approval.person = "ana";
    CHECK(Says(scene.Check(), "production needs 1 more approval"));
    CHECK(Says(scene.Check(), "ana asked for it"));
  }
  SECTION("by one of those who agree, under a second name") {
    request.key.plain = "key of ben";
    CHECK(Says(scene.Check(), "production needs 1 more approval (agreed: ana)"));
  }
  SECTION("the actor agrees to it") {
    scene.record.head.actor = "ana-at-shop";
    CHECK(Says(scene.Check(), "production needs 1 more approval"));
  }
  SECTION("a broken glass needs none") {
    scene.approvals.clear();
    scene.record.head.approvals.clear();
    scene.record.kind = RecordKind::kBreakGlass;
    scene.Give("chi", ApprovalKind::kBreakGlass);
    CHECK(scene.Check().empty());
  }
  SECTION("a glass that nobody may break needs one") {
    scene.approvals.clear();
    scene.record.head.approvals.clear();
    scene.record.kind = RecordKind::kBreakGlass;
    CHECK(Says(scene.Check(), "nobody who may broke the glass"));
  }
}

TEST_CASE("the operator's rules ask for a request too") {
  Scene scene;
  std::string rules = kRules;
  rules.replace(rules.find("    branch: production"), 22,
                "    branch: main\n    folder: production\n    movedBy: request");
  scene.floor = scene.Tree(rules);
  scene.Give("ana");
  scene.Give("ben");
  CHECK(Says(scene.Check(), "production moves by request, and the record names none"));
}

TEST_CASE("a broken glass is broken by those who may") {
  Scene scene;
  scene.record.kind = RecordKind::kBreakGlass;
  CHECK(Says(scene.Check(), "nobody who may broke the glass"));
  scene.Give("ana", ApprovalKind::kBreakGlass);
  CHECK(Says(scene.Check(), "nobody who may broke the glass"));
  scene.Give("chi");
  CHECK(Says(scene.Check(), "nobody who may broke the glass"));
  scene.Give("chi", ApprovalKind::kBreakGlass);
  CHECK(scene.Check().empty());
  scene.record.environment = "dev";
  CHECK(Says(scene.Check(), "nobody may break the glass of dev"));
}

TEST_CASE("a record that removes much holds a consent to exactly that") {
  Scene scene;
  for (const char* person : {"ana", "ben"}) scene.Give(person);
  scene.objects = 10;
  scene.removed = 2;  // not more than the share
  CHECK(scene.Check().empty());
  scene.removed = 3;
  CHECK(Says(scene.Check(), "it removes 3 of 10 objects, more than 20%, and nobody who may consented"));
  const auto consent = [&](const char* person, std::uint64_t removes) -> SignedApproval& {
    SignedApproval& given = scene.Give(person, ApprovalKind::kConsent);
    given.approval.removes = removes;
    return given;
  };
  consent("chi", 2);
  consent("chi", 4);
  consent("dan", 3);  // pushed it, and is not asked
  consent("ana", 3).approval.change = std::string(64, 'd');
  consent("ana", 3).approval.environment = "dev";
  consent("ana", 3).approval.expires = kJudged - 1;
  CHECK(Says(scene.Check(), "it removes 3 of 10"));
  consent("ana", 3);
  CHECK(scene.Check().empty());
  scene.removed = 10;
  CHECK(Says(scene.Check(), "it removes 10 of 10"));
}

TEST_CASE("a broken glass is no consent") {
  Scene scene;
  scene.record.kind = RecordKind::kBreakGlass;
  scene.Give("chi", ApprovalKind::kBreakGlass);
  scene.objects = scene.removed = 1;
  CHECK(Says(scene.Check(), "it removes 1 of 1 objects"));
  scene.Give("ben", ApprovalKind::kConsent).approval.removes = 1;
  CHECK(scene.Check().empty());
}

TEST_CASE("a glass that the rules of one side broke leaves the other side's rules to be met") {
  Scene scene;
  scene.record.kind = RecordKind::kBreakGlass;
  scene.floor = scene.Tree(
      "version: 1\npeople: {ana: {}, ben: {}, chi: {}, dan: {gitolite: dan}}\n"
      "environments: {production: {branch: p, approvals: {count: 1, from: [ana]}}}\n");
  scene.Give("chi", ApprovalKind::kBreakGlass);
  CHECK(Says(scene.Check(), "production needs 1 approval"));
  scene.Give("ben");
  CHECK(Says(scene.Check(), "production needs 1 approval"));
  scene.Give("ana");
  CHECK(scene.Check().empty());
}

TEST_CASE("the operator's rules are asked too") {
  Scene scene;
  scene.floor = scene.policy;
  scene.policy = scene.Tree("version: 1\n");
  CHECK(Says(scene.Check(), "production needs 2 approvals"));
}

TEST_CASE("rules that cannot be read let nothing through") {
  Scene scene;
  for (const char* text :
       {"version: [", "--- {}\n--- {}\n", "environments: {p: {branch: p, after: [q]}}\n"}) {
    CAPTURE(text);
    scene.policy = scene.Tree(text);
    CHECK(Says(scene.Check(), "its sluice.yaml"));
  }
}

TEST_CASE("what is asked of a configuration since leaves older records as they are") {
  Scene scene;
  const std::string folders =
      "environments:\n"
      "  production: {branch: main, folder: p, after: [dev], approvals: {count: 1, from: [ana]}}\n"
      "  dev: {branch: main, folder: d}\n";
  const std::string people = "version: 1\npeople: {ana: {}, dan: {local: dan}}\n";
  scene.policy = scene.Tree(people + folders);
  CHECK(Says(scene.Check(), "production needs 1 approval"));
  scene.Give("ana");
  CHECK(scene.Check().empty());
  scene.policy = scene.Tree(people + folders + "  dev2: {branch: main, folder: d/in}\n");
  CHECK(Says(scene.Check(), "folder d/in overlaps with d of dev"));
}

}  // namespace
}  // namespace sluice::promotion
