// Pushes as values, on real repositories made by git: who may move which ref,
// whose policy judges, what overrides it. Real pushes are in tests/push/.
#include "gate/push.h"

#include "tests/gate/push_fixture.h"

namespace sluice::gate {
namespace {

TEST_CASE("a good change of an environment's branch leaves an intent, of another branch nothing") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  const Oid tip = scratch.Commit({{"b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"}});
  scratch.Point("refs/heads/main", old);
  Push push = MakePush(scratch, {{old, tip, "refs/heads/main"}});
  const PushVerdict plain = JudgePush(push);
  CHECK(plain.accepted);
  REQUIRE(plain.refs.size() == 1);
  CHECK(plain.refs[0].is_protected);
  CHECK(plain.refs[0].intent.empty());
  CHECK(plain.refs[0].intent_name.empty());
  push.settings.environments = {{"staging", "refs/heads/main"}};
  const PushVerdict recorded = JudgePush(push);
  CHECK(recorded.accepted);
  CHECK(recorded.refs.at(0).intent_name.size() == 64);
  CHECK(recorded.refs[0].intent.find(
            "\"object\":{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"b\"}}") !=
        std::string::npos);
}

TEST_CASE("an intent says what is new, what is no more, and by whose rules since what") {
  const Scratch scratch;
  const Oid old = scratch.Commit(
      {{"a.yaml", kGood}, {"c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"}});
  const Oid tip = scratch.Commit(
      {{"a.yaml", ""}, {"c.yaml", ""}, {"d.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"}});
  Push push = MakePush(scratch, {{old, tip, "refs/heads/main"}});
  scratch.Point("refs/heads/main", old);
  push.pusher = "ana";
  push.settings.environments = {{"staging", "refs/heads/main"}};
  const PushVerdict verdict = JudgePush(push);
  REQUIRE(verdict.refs.size() == 1);
  const std::string& intent = verdict.refs[0].intent;
  CAPTURE(intent);
  const auto says = [&](const std::string& text) { return intent.find(text) != intent.npos; };
  CHECK(says("\"base\":\"" + git::TreeOf(*scratch.Open(), old)->Hex() + "\""));
  CHECK(says("\"policyCommit\":\"" + old.Hex() + "\""));
  CHECK(says("\"actor\":\"ana\""));
  // What moved to another file is not gone.
  CHECK(says("\"removed\":[{\"group\":\"\",\"kind\":\"ConfigMap\",\"namespace\":\"\",\"name\":\"a\"}],"));
  CHECK(says("\"evidence\":\"offline\",\"unknown\":false,\"object\":{"));
}

// Nobody has a schema of a Widget, so its evidence speaks of that.
TEST_CASE("an intent marks each object with a value that is filled in elsewhere") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  const Oid tip = scratch.Commit(
      {{"flux.yaml",
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: shop, namespace: flux-system}\n"
        "spec:\n  interval: 1h\n  prune: true\n  path: ./shop\n"
        "  sourceRef: {kind: GitRepository, name: flux-system}\n"
        "  postBuild: {substituteFrom: [{kind: Secret, name: vars}]}\n"},
       {"shop/kustomization.yaml", "resources: [widget.yaml, settings.yaml, plain.yaml]\n"},
       {"shop/widget.yaml",
        "apiVersion: shop.example/v1\nkind: Widget\nmetadata: {name: w}\nspec: {host: \"${HOST}\"}\n"},
       {"shop/settings.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\ndata: {host: \"${HOST}\"}\n"},
       {"shop/plain.yaml", "apiVersion: shop.example/v1\nkind: Widget\nmetadata: {name: p}\n"}});
  scratch.Point("refs/heads/main", old);
  Push push = MakePush(scratch, {{old, tip, "refs/heads/main"}});
  push.settings.environments = {{"staging", "refs/heads/main"}};
  const std::string intent = JudgePush(push).refs.at(0).intent;
  CAPTURE(intent);
  const auto marked = [&](const std::string& name, const char* unknown) {
    const std::string object = "\"unknown\":" + std::string(unknown) + ",\"object\":{";
    for (std::size_t at = intent.find(object); at != intent.npos; at = intent.find(object, at + 1)) {
      const std::size_t end = intent.find("\"unknown\":", at + 1);
      if (intent.substr(at, end - at).find("\"name\":\"" + name + "\"") != intent.npos) return true;
    }
    return false;
  };
  CHECK(marked("w", "true"));
  CHECK(marked("s", "true"));
  CHECK(marked("p", "false"));
}

TEST_CASE("an intent says of each Secret whether its values can be read") {
  const Scratch scratch;
  const Oid old =
      scratch.Commit({{".sluice/sluice.yaml", "version: 1\nrules: {secret: warning, schema: warning}\n"}});
  const auto secret = [](const std::string& name, const std::string& members) {
    return "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name + "}\n" + members;
  };
  const std::string sops = "ENC[AES256_GCM,data:Zm9v,iv:eA==,tag:eA==,type:str]";
  const Oid tip = scratch.Commit({
      {"a.yaml", secret("nothing", "")},
      {"b.yaml", secret("encrypted", "stringData: {a: '" + sops + "', b: ''}\n")},
      {"c.yaml", secret("placeholder", "stringData: {a: '<path:kv/data/shop#password>'}\n")},
      {"d.yaml", secret("encoded", "data: {a: PHBhdGg6a3YvZGF0YS9zaG9wI3Bhc3N3b3JkPg==}\n")},
      {"e.yaml", secret("plain", "data: {a: aHVudGVyMg==}\n")},
      {"f.yaml", secret("half", "stringData: {a: '" + sops + "', b: hunter2}\n")},
      {"g.yaml", secret("begun", "stringData: {a: 'ENC[AES256_GCM,hunter2'}\n")},
      {"h.yaml", "apiVersion: shop.example/v1\nkind: Secret\nmetadata: {name: other}\ndata: {a: hunter2}\n"},
  });
  scratch.Point("refs/heads/main", old);
  Push push = MakePush(scratch, {{old, tip, "refs/heads/main"}});
  push.settings.environments = {{"staging", "refs/heads/main"}};
  const PushVerdict verdict = JudgePush(push);
  for (const Finding& finding : verdict.refs.at(0).verdict.findings) UNSCOPED_INFO(finding.message);
  const std::string& intent = verdict.refs[0].intent;
  const auto word = [&](const std::string& name) {
    const std::size_t at = intent.find("\"name\":\"" + name + "\"");
    const std::size_t key = intent.rfind("\"secret\":\"", at);
    REQUIRE(key != intent.npos);
    return intent.substr(key + 10, intent.find('"', key + 10) - key - 10);
  };
  CHECK(word("nothing") == "none");
  CHECK(word("encrypted") == "stand-in");
  CHECK(word("placeholder") == "stand-in");
  CHECK(word("encoded") == "stand-in");
  CHECK(word("plain") == "plain");
  CHECK(word("half") == "plain");
  CHECK(word("begun") == "plain");
  CHECK(word("other") == "none");
}

TEST_CASE("a push that names another old value than the ref has is not judged against it") {
  const Scratch scratch;
  const Oid first = scratch.Commit({{"a.yaml", kGood}});
  const Oid second = scratch.Commit({{"b.txt", "x"}});
  const Oid third = scratch.Commit({{"c.txt", "x"}});
  scratch.Point("refs/heads/main", second);
  const auto judged = [&](const Oid& old) {
    Push push = MakePush(scratch, {{old, third, "refs/heads/main"}});
    push.settings.environments = {{"staging", "refs/heads/main"}};
    return JudgePush(push);
  };
  CHECK(judged(second).accepted);
  CHECK_FALSE(judged(second).refs.at(0).intent.empty());
  for (const Oid& old : {first, third, Oid()}) {
    const PushVerdict verdict = judged(old);
    CHECK_FALSE(verdict.accepted);
    CHECK(verdict.refs.at(0).intent.empty());
    CHECK(verdict.refs.at(0).verdict.reason.find("fetch, and push again") != std::string::npos);
  }
}

TEST_CASE("the first push of an environment is judged whole, whatever the policy branch holds") {
  const Scratch scratch;
  const Oid main = scratch.Commit(
      {{".sluice/sluice.yaml", "version: 1\nprotect: [main, {branch: production, create: true}]\n"},
       {"a.yaml", kGood}});
  scratch.Point("refs/heads/main", main);
  Push push = MakePush(scratch, {{Oid(), main, "refs/heads/production"}});
  CHECK(JudgePush(push).refs.at(0).verdict.summary.objects == 0);
  push.settings.environments = {{"production", "refs/heads/production"}};
  const std::string intent = JudgePush(push).refs.at(0).intent;
  CAPTURE(intent);
  CHECK(intent.find("\"base\":\"\"") != std::string::npos);
  CHECK(intent.find("\"object\":{\"apiVersion\"") != std::string::npos);
}

TEST_CASE("a bad change of the protected branch is rejected and leaves nothing") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  const PushVerdict push = PushMain(scratch, old, scratch.Commit({{"a.yaml", kBad}}));
  CHECK_FALSE(push.accepted);
  CHECK(Has(push, "schema/unknown-field"));
  CHECK(push.refs[0].intent.empty());
}

TEST_CASE("a protected branch is not deleted, not forced and not made anew unless it may be") {
  const Scratch scratch;
  const Oid first = scratch.Commit({{"a.yaml", kGood}});
  const Oid second = scratch.Commit({{"b.txt", "x"}});
  CHECK(Has(PushMain(scratch, second, Oid()), "git/protected-delete"));
  CHECK(Has(PushMain(scratch, second, first), "git/non-fast-forward"));
  const Oid config =
      scratch.Commit({{".sluice/sluice.yaml",
                       "version: 1\nprotect: [main, {branch: \"env/*\", delete: true, force: true}]\n"}});
  scratch.Point("refs/heads/main", config);
  CHECK(Has(JudgePush(MakePush(scratch, {{Oid(), config, "refs/heads/env/prod"}})), "git/protected-create"));
  scratch.Point("refs/heads/env/prod", config);
  CHECK(JudgePush(MakePush(scratch, {{config, Oid(), "refs/heads/env/prod"}})).accepted);
  CHECK(JudgePush(MakePush(scratch, {{config, first, "refs/heads/env/prod"}})).accepted);
}

TEST_CASE("the first push is judged by what it brings") {
  const Scratch scratch;
  const Oid bad = scratch.Commit({{"a.yaml", kBad}});
  scratch.Git({"update-ref", "-d", "refs/heads/main"});
  CHECK_FALSE(JudgePush(MakePush(scratch, {{Oid(), bad, "refs/heads/main"}})).accepted);
  scratch.Point("refs/heads/main", bad);
  const Oid lenient = scratch.Commit({{".sluice/sluice.yaml", "version: 1\nrules: {schema: warning}\n"}});
  scratch.Git({"update-ref", "-d", "refs/heads/main"});
  const PushVerdict push = JudgePush(MakePush(scratch, {{Oid(), lenient, "refs/heads/main"}}));
  CHECK(push.accepted);
  CHECK(Notes(push, "first push"));
}

TEST_CASE("a change of the configuration is judged by the old one, the new one is told") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  const Oid weaker =
      scratch.Commit({{".sluice/sluice.yaml", "version: 1\nrules: {schema: \"off\"}\n"}, {"a.yaml", kBad}});
  const PushVerdict push = PushMain(scratch, old, weaker);
  CHECK_FALSE(push.accepted);
  CHECK(Notes(push, "the new configuration would accept"));
  scratch.Git({"reset", "-q", "--hard", old.Hex()});
  const Oid broken = scratch.Commit({{".sluice/sluice.yaml", "version: 7\n"}});
  CHECK(Has(PushMain(scratch, old, broken), "policy/configuration"));
}

TEST_CASE("a broken configuration locks out, and the operator's policyCommit opens again") {
  const Scratch scratch;
  const Oid good = scratch.Commit({{"a.yaml", kGood}});
  const Oid broken = scratch.Commit({{".sluice/sluice.yaml", "version: 7\n"}});
  const Oid mended = scratch.Commit({{".sluice/sluice.yaml", "version: 1\n"}});
  scratch.Point("refs/heads/main", broken);
  Push push = MakePush(scratch, {{broken, mended, "refs/heads/main"}});
  PushVerdict locked = JudgePush(push);
  CHECK_FALSE(locked.accepted);
  CHECK(locked.refs[0].verdict.outcome == Outcome::kUnjudged);
  CHECK(locked.refs[0].verdict.reason.find(".sluice/sluice.yaml:1") != std::string::npos);
  push.settings.policy_commit = good.Hex();
  CHECK(JudgePush(push).accepted);
}

TEST_CASE("other branches are advised, but credentials reject there too") {
  const Scratch scratch;
  const Oid main = scratch.Commit({{"a.yaml", kGood}});
  const Oid bad = scratch.Commit({{"a.yaml", kBad}});
  scratch.Point("refs/heads/main", main);
  const PushVerdict advised = JudgePush(MakePush(scratch, {{Oid(), bad, "refs/heads/topic"}}));
  CHECK(advised.accepted);
  CHECK(Has(advised, "schema/unknown-field"));
  CHECK(Notes(advised, "advised only"));
  scratch.Point("refs/heads/main", bad);
  const Oid secret = scratch.Commit({{"s.yaml", kSecret}});
  scratch.Point("refs/heads/main", main);
  CHECK_FALSE(JudgePush(MakePush(scratch, {{Oid(), secret, "refs/heads/topic"}})).accepted);
}

TEST_CASE("a secret in the middle of a history is found though the tip is clean") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  const Oid middle = scratch.Commit({{"s.yaml", kSecret}});
  const Oid tip = scratch.Commit({{"s.yaml", ""}});
  const PushVerdict push = PushMain(scratch, old, tip);
  CHECK_FALSE(push.accepted);
  REQUIRE(Has(push, "secret/plain"));
  CHECK(push.refs[0].verdict.findings[0].message.find("in commit " + middle.Hex().substr(0, 7)) !=
        std::string::npos);
  CHECK(push.refs[0].verdict.findings[0].message.find("hunter2") == std::string::npos);
}

TEST_CASE("a hidden character in a commit message is found") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  CHECK(Has(PushMain(scratch, old, scratch.Commit({{"b.txt", "x"}}, "harmless\xe2\x80\xae message")),
            "text/bidirectional"));
}

TEST_CASE("a bypass is for named people with a reason") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  const Oid tip = scratch.Commit({{"a.yaml", kBad}});
  scratch.Point("refs/heads/main", old);
  Push push = MakePush(scratch, {{old, tip, "refs/heads/main"}});
  push.settings.bypass_by = {"ana"};
  struct Case {
    const char* pusher;
    const char* option;
    bool accepted;
  };
  for (const Case& c : {Case{"ana", "sluice.bypass=fire", true},
                        {"bob", "sluice.bypass=fire", false},
                        {"", "sluice.bypass=fire", false},
                        {"ana", "sluice.bypass=", false},
                        {"ana", "bypass=fire", false}}) {
    CAPTURE(c.pusher, c.option);
    push.pusher = c.pusher;
    push.options = {c.option};
    const PushVerdict verdict = JudgePush(push);
    CHECK(verdict.accepted == c.accepted);
    CHECK(verdict.bypass.empty() != c.accepted);
  }
  push.pusher = "ana";
  push.options = {"sluice.bypass=fire"};
  push.updates = {{Oid(), tip, "refs/sluice/ledger/production"}};
  CHECK_FALSE(JudgePush(push).accepted);
}

TEST_CASE("observe reports and never rejects") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  const Oid tip = scratch.Commit({{"a.yaml", kBad}});
  scratch.Point("refs/heads/main", old);
  Push push = MakePush(scratch, {{old, tip, "refs/heads/main"}});
  push.settings.mode = Mode::kObserve;
  const PushVerdict verdict = JudgePush(push);
  CHECK(verdict.accepted);
  CHECK(verdict.refs[0].verdict.outcome == Outcome::kRejected);
  CHECK(verdict.refs[0].intent.empty());
}

TEST_CASE("refs of Sluice's own are written by nobody else") {
  const Scratch scratch;
  const Oid tip = scratch.Commit({{"a.yaml", kGood}});
  CHECK(
      Has(JudgePush(MakePush(scratch, {{Oid(), tip, "refs/sluice/ledger/production"}})), "git/reserved-ref"));
}

TEST_CASE("the index gives the same verdict as the tree, fresh, stale or gone") {
  const Scratch scratch;
  std::vector<std::pair<std::string, std::string>> files = {
      {"k/kustomization.yaml", "resources: [web.yaml]\npatches: [{path: patch.yaml}]\n"},
      {"k/web.yaml", kGood},
      {"k/patch.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"}};
  for (int i = 0; i < 40; ++i)
    files.push_back({"many/" + std::to_string(i) + ".yaml",
                     "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m" + std::to_string(i) + "}\n"});
  const Oid old = scratch.Commit(files);
  const Oid tip = scratch.Commit({{"k/patch.yaml", kBad}});
  // The patch alone changed; the facts of all else say what it is for.
  const auto places = [&] {
    std::vector<std::string> seen;
    const PushVerdict push = PushMain(scratch, old, tip);
    for (const Finding& finding : push.refs[0].verdict.findings)
      seen.push_back(finding.rule + " " + finding.file + " through " +
                     std::to_string(finding.through.size()));
    return seen;
  };
  const std::vector<std::string> found = {"schema/unknown-field k/patch.yaml through 1"};
  CHECK(places() == found);
  HookSettings settings;
  settings.policy_ref = "refs/heads/main";
  scratch.Point("refs/heads/main", old);
  REQUIRE(RefreshIndex(scratch.Open(), settings));
  REQUIRE(fs::exists(scratch.path() + "/sluice/index"));
  CHECK(places() == found);
  fs::resize_file(scratch.path() + "/sluice/index", 100);
  CHECK(places() == found);
}

TEST_CASE("a secret rejects on every branch, also where the rest could not be judged") {
  const Scratch scratch;
  const Oid main = scratch.Commit({{"a.yaml", kGood}});
  const Oid secret = scratch.Commit({{"s.yaml", kSecret}});
  scratch.Point("refs/heads/main", main);
  Push push = MakePush(scratch, {{Oid(), secret, "refs/heads/topic"}});
  push.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  const PushVerdict late = JudgePush(push);
  CHECK(late.refs[0].verdict.outcome == Outcome::kUnjudged);
  CHECK_FALSE(late.accepted);
}

TEST_CASE("with a policy that is broken the commits of other branches are searched all the same") {
  const Scratch scratch;
  const Oid broken = scratch.Commit({{".sluice/sluice.yaml", "version: 7\n"}});
  const Oid good = scratch.Commit({{"a.yaml", kBad}});
  const Oid secret = scratch.Commit({{"s.yaml", kSecret}});
  scratch.Point("refs/heads/main", broken);
  CHECK(JudgePush(MakePush(scratch, {{broken, good, "refs/heads/topic"}})).accepted);
  const PushVerdict push = JudgePush(MakePush(scratch, {{broken, secret, "refs/heads/topic"}}));
  CHECK_FALSE(push.accepted);
  CHECK(Has(push, "secret/plain"));
}

TEST_CASE("past a limit nothing was searched, so every branch rejects") {
  const Scratch scratch;
  const Oid main = scratch.Commit({{".sluice/sluice.yaml", "version: 1\nlimits: {pushFiles: 2}\n"}});
  const Oid many = scratch.Commit({{"a.yaml", kGood}, {"b.txt", "x"}, {"s.yaml", kSecret}});
  scratch.Point("refs/heads/main", main);
  const PushVerdict push = JudgePush(MakePush(scratch, {{main, many, "refs/heads/topic"}}));
  CHECK_FALSE(push.accepted);
  CHECK(Has(push, "git/too-large"));
  CHECK(Has(push, "secret/plain"));
}

TEST_CASE("a blob under a name that is no manifest does not hide the same one under another") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  scratch.Commit({{"s.yaml", kSecret}});
  CHECK(Has(PushMain(scratch, old, scratch.Commit({{"s.yaml", ""}, {"s.txt", kSecret}})), "secret/plain"));
}

TEST_CASE("the operator loosens a limit, and a repository only tightens it") {
  const std::string open(150, '['), shut(150, ']');
  const std::string deep =
      "apiVersion: example.com/v1\nkind: Deep\nmetadata: {name: d}\nspec: " + open + shut + "\n";
  struct Case {
    const char* configuration;
    std::size_t depth;
    bool accepted;
  };
  for (const Case& c : {Case{"version: 1\n", 100, false},
                        {"version: 1\n", 200, true},
                        {"version: 1\n", 160, true},
                        {"version: 1\n", 120, false},
                        {"version: 1\nlimits: {depth: 50}\n", 200, false},
                        {"version: 1\nlimits: {depth: 180}\n", 100, false},
                        {"version: 1\nlimits: {depth: 130}\n", 200, false},
                        {"version: 1\nlimits: {depth: 180}\n", 200, true}}) {
    CAPTURE(c.configuration, c.depth);
    const Scratch scratch;
    const Oid old = scratch.Commit({{".sluice/sluice.yaml", c.configuration}});
    const Oid tip = scratch.Commit({{"deep.yaml", deep}});
    scratch.Point("refs/heads/main", old);
    Push push = MakePush(scratch, {{old, tip, "refs/heads/main"}});
    push.settings.limits.depth = c.depth;
    CHECK(JudgePush(push).accepted == c.accepted);
  }
}

TEST_CASE("a file of the history that is too large to be read is a finding") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  scratch.Commit({{"big.txt", std::string(5000, 'x')}});
  const Oid tip = scratch.Commit({{"big.txt", ""}});
  scratch.Point("refs/heads/main", old);
  Push push = MakePush(scratch, {{old, tip, "refs/heads/main"}});
  push.settings.limits.file_bytes = 4000;
  CHECK(Has(JudgePush(push), "git/too-large"));
}

TEST_CASE("rules by path, waivers and the ratchet hold for the commits in between") {
  const std::string waiver =
      "- {rule: secret/plain, paths: [\"w.yaml\"], owner: sre, reason: r, expires: \"2099-01-01\"}\n";
  struct Case {
    const char* configuration;
    const char* file;
    bool accepted;
  };
  for (const Case& c : {Case{"version: 1\n", "testdata/s.yaml", false},
                        {"version: 1\nrules: {secret/plain: [{path: \"testdata/**\", severity: \"off\"}]}\n",
                         "testdata/s.yaml", true},
                        {"version: 1\nrules: {secret/plain: [{path: \"testdata/**\", severity: \"off\"}]}\n",
                         "apps/s.yaml", false},
                        {"version: 1\n", "w.yaml", true},
                        {"version: 1\nratchet: true\n", "old.yaml", true},
                        {"version: 1\nratchet: true\n", "new.yaml", false}}) {
    CAPTURE(c.configuration, c.file);
    const Scratch scratch;
    const Oid old = scratch.Commit(
        {{".sluice/sluice.yaml", c.configuration}, {".sluice/waivers.yaml", waiver}, {"old.yaml", kSecret}});
    const std::string secret = kSecret;
    scratch.Commit({{c.file, secret + "# one\n"}});
    scratch.Commit({{c.file, secret + "# two\n"}});
    const Oid tip = scratch.Commit({{c.file, std::string(c.file) == "old.yaml" ? secret + "# three\n" : ""}});
    CHECK(PushMain(scratch, old, tip).accepted == c.accepted);
  }
}

TEST_CASE("the policy branch is protected though no pattern names it") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{".sluice/sluice.yaml", "version: 1\nprotect: [\"env/*\"]\n"}});
  const Oid bad = scratch.Commit({{"a.yaml", kBad}});
  CHECK_FALSE(PushMain(scratch, old, bad).accepted);
  CHECK(Has(PushMain(scratch, old, Oid()), "git/protected-delete"));
  CHECK(Has(PushMain(scratch, bad, old), "git/non-fast-forward"));
}

TEST_CASE("a symbolic ref is protected as what it stands for") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  const Oid bad = scratch.Commit({{"a.yaml", kBad}});
  scratch.Point("refs/heads/main", old);
  scratch.Git({"symbolic-ref", "refs/heads/alias", "refs/heads/main"});
  const PushVerdict push = JudgePush(MakePush(scratch, {{old, bad, "refs/heads/alias"}}));
  CHECK(push.refs[0].is_protected);
  CHECK_FALSE(push.accepted);
  Push other = MakePush(scratch, {{old, bad, "refs/heads/main"}});
  other.settings.policy_ref = "refs/heads/alias";
  CHECK_FALSE(JudgePush(other).accepted);
}

TEST_CASE("while the policy branch does not exist every push is warned") {
  const Scratch scratch;
  const Oid bad = scratch.Commit({{"a.yaml", kBad}});
  Push push = MakePush(scratch, {{Oid(), bad, "refs/heads/main"}, {Oid(), bad, "refs/heads/topic"}});
  push.settings.policy_ref = "refs/heads/master";
  const PushVerdict advised = JudgePush(push);
  CHECK(advised.accepted);
  CHECK(Has(advised, "policy/no-branch"));
  CHECK_FALSE(Notes(advised, "first push"));
  push.settings.policy_ref = "refs/heads/topic";
  scratch.Git({"update-ref", "-d", "refs/heads/topic"});
  const PushVerdict brought = JudgePush(push);
  CHECK_FALSE(Has(brought, "policy/no-branch"));
  CHECK_FALSE(Notes(brought, "first push"));  // that is the other ref's
  CHECK(brought.refs[1].is_protected);
}

TEST_CASE("a configuration that is swapped for something else is rejected") {
  const Scratch scratch;
  const Oid old =
      scratch.Commit({{".sluice/sluice.yaml", "version: 1\n"}, {"s/sluice.yaml", "version: 1\n"}});
  scratch.Git({"rm", "-rq", ".sluice"});
  scratch.Git({"update-index", "--add", "--cacheinfo", "160000," + old.Hex() + ",.sluice"});
  scratch.Git({"commit", "-q", "-m", "submodule"});
  CHECK(
      Has(PushMain(scratch, old, *Oid::FromHex(scratch.Git({"rev-parse", "HEAD"}))), "policy/configuration"));
  scratch.Git({"reset", "-q", "--hard", old.Hex()});
  CHECK(Has(PushMain(scratch, old, scratch.Commit({{".sluice/sluice.yml", "version: 1\n"}})),
            "policy/configuration"));
  scratch.Git({"reset", "-q", "--hard", old.Hex()});
  CHECK(Has(PushMain(scratch, old, scratch.Commit({{".Sluice/sluice.yaml", "version: 1\n"}})),
            "policy/configuration"));
}

TEST_CASE("annotated tags, tagged files and names of refs are looked at") {
  const Scratch scratch;
  const Oid main = scratch.Commit({{"a.yaml", kGood}});
  const auto push = [&](const std::string& ref, const std::string& id) {
    return JudgePush(MakePush(scratch, {{Oid(), *Oid::FromHex(id), ref}}));
  };
  const auto line = [](const char* word) { return std::string("-----") + word + " RSA PRIVATE KEY-----\n"; };
  const std::string key =
      line("BEGIN") + "MIIEpAIBAAKCAQEAx1Lm0pQ7Zy3V9kT2cWf8rB5dN6hJ4sGqYuE1aXoKiPvM7tRw\n" + line("END");
  scratch.Git({"tag", "-a", "-m", key, "key", main.Hex()});
  scratch.Git({"tag", "-a", "-m", "hidden\xe2\x80\xae", "hidden", main.Hex()});
  scratch.Git({"tag", "-a", "-m", "fine", "fine", main.Hex()});
  scratch.Git({"tag", "-a", "-m", "around it", "outer", "key"});
  CHECK(Has(push("refs/tags/key", scratch.Git({"rev-parse", "key"})), "secret/private-key"));
  CHECK(Has(push("refs/tags/outer", scratch.Git({"rev-parse", "outer"})), "secret/private-key"));
  CHECK(Has(push("refs/tags/hidden", scratch.Git({"rev-parse", "hidden"})), "text/bidirectional"));
  CHECK(push("refs/tags/fine", scratch.Git({"rev-parse", "fine"})).accepted);
  scratch.Commit({{"s.yaml", kSecret}, {"k.pem", key}});
  for (const char* file : {"HEAD:s.yaml", "HEAD:k.pem"}) {
    CAPTURE(file);
    CHECK_FALSE(push("refs/tags/blob", scratch.Git({"rev-parse", file})).accepted);
  }
  CHECK(push("refs/tags/blob", scratch.Git({"rev-parse", "HEAD:a.yaml"})).accepted);
  CHECK_FALSE(push("refs/tags/tree", scratch.Git({"rev-parse", "HEAD^{tree}"})).accepted);
  CHECK_FALSE(push("refs/heads/x\xe2\x80\xaey", main.Hex()).accepted);
}

}  // namespace
}  // namespace sluice::gate
