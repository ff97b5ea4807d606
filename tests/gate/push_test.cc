// Pushes as values, on real repositories made by git: who may move which ref,
// whose policy judges, what overrides it. Real pushes are in tests/push/.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "gate/push.h"
#include "process/child.h"
#include "tests/catch.h"

namespace sluice::gate {
namespace {

namespace fs = std::filesystem;

const char* kGood = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
const char* kBad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndate: {}\n";
const char* kSecret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter2}\n";

class Scratch {
 public:
  explicit Scratch(const std::string& name = "repo")
      : root_(fs::temp_directory_path() / ("sluice-push-" + std::to_string(getpid()) + "-" + name)) {
    fs::remove_all(root_);
    fs::create_directories(root_);
    Git({"init", "-q", "-b", "main"});
  }
  ~Scratch() { fs::remove_all(root_); }

  std::string Git(std::vector<std::string> arguments) const {
    process::ChildOptions options;
    options.argv = {"/usr/bin/git", "-C", root_.string()};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.environment = {"HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=ana",
                           "GIT_AUTHOR_EMAIL=ana@shop.example", "GIT_COMMITTER_NAME=ana",
                           "GIT_COMMITTER_EMAIL=ana@shop.example", "GIT_AUTHOR_DATE=1700000000 +0000",
                           "GIT_COMMITTER_DATE=1700000000 +0000", "PATH=/usr/bin:/bin"};
    const Result<process::ChildResult> result = process::Run(options);
    REQUIRE(result);
    CAPTURE(result->error_output);
    REQUIRE(result->exit_code == 0);
    return result->output.substr(0, result->output.find('\n'));
  }

  // Commits `files` (empty text: removed) on top of what is checked out.
  Oid Commit(const std::vector<std::pair<std::string, std::string>>& files, const std::string& message = "change") const {
    for (const auto& [path, text] : files) {
      fs::create_directories((root_ / path).parent_path());
      if (text.empty()) {
        fs::remove(root_ / path);
      } else {
        std::ofstream(root_ / path) << text;
      }
    }
    Git({"add", "-A"});
    Git({"commit", "-q", "--allow-empty", "-m", message});
    return *Oid::FromHex(Git({"rev-parse", "HEAD"}));
  }
  void Point(const std::string& ref, const Oid& id) const { Git({"update-ref", ref, id.Hex()}); }
  std::shared_ptr<const git::Repository> Open() const { return *git::Open({.git_dir = (root_ / ".git").string()}); }
  std::string path() const { return (root_ / ".git").string(); }

 private:
  fs::path root_;
};

Push MakePush(const Scratch& scratch, std::vector<RefUpdate> updates) {
  Push push;
  push.repository = scratch.Open();
  push.settings.policy_ref = "refs/heads/main";
  push.updates = std::move(updates);
  push.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  return push;
}

// `old` is where main stands in the repository, `tip` what is pushed to it.
PushVerdict PushMain(const Scratch& scratch, const Oid& old, const Oid& tip) {
  if (!old.IsZero()) scratch.Point("refs/heads/main", old);
  return JudgePush(MakePush(scratch, {{old, tip, "refs/heads/main"}}));
}

bool Has(const PushVerdict& push, const std::string& rule) {
  for (const RefVerdict& ref : push.refs) {
    for (const Finding& finding : ref.verdict.findings) {
      if (finding.rule == rule) return true;
    }
  }
  return false;
}

bool Notes(const PushVerdict& push, const std::string& words) {
  const std::vector<std::string>& notes = push.refs.at(0).verdict.notes;
  return std::any_of(notes.begin(), notes.end(), [&](const std::string& note) { return note.find(words) != note.npos; });
}

TEST_CASE("a good change of the protected branch is accepted and leaves an intent") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  const Oid tip = scratch.Commit({{"b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"}});
  const PushVerdict push = PushMain(scratch, old, tip);
  CHECK(push.accepted);
  REQUIRE(push.refs.size() == 1);
  CHECK(push.refs[0].is_protected);
  CHECK(push.refs[0].intent_name.size() == 64);
  CHECK(push.refs[0].intent.find("\"object\":{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"b\"}}") !=
        std::string::npos);
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
  const Oid config = scratch.Commit({{".sluice/sluice.yaml", "version: 1\nprotect: [main, {branch: \"env/*\", delete: true, force: true}]\n"}});
  scratch.Point("refs/heads/main", config);
  CHECK(Has(JudgePush(MakePush(scratch, {{Oid(), config, "refs/heads/env/prod"}})), "git/protected-create"));
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
  const Oid weaker = scratch.Commit({{".sluice/sluice.yaml", "version: 1\nrules: {schema: \"off\"}\n"}, {"a.yaml", kBad}});
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
  CHECK(push.refs[0].verdict.findings[0].message.find("in commit " + middle.Hex().substr(0, 7)) != std::string::npos);
  CHECK(push.refs[0].verdict.findings[0].message.find("hunter2") == std::string::npos);
}

TEST_CASE("a hidden character in a commit message is found") {
  const Scratch scratch;
  const Oid old = scratch.Commit({{"a.yaml", kGood}});
  CHECK(Has(PushMain(scratch, old, scratch.Commit({{"b.txt", "x"}}, "harmless\xe2\x80\xae message")), "text/bidirectional"));
}

TEST_CASE("with a floor both judge and the union rejects") {
  const Scratch scratch("own"), floor("floor");
  const Oid old = scratch.Commit({{"a.yaml", kGood}, {".sluice/sluice.yaml", "version: 1\nrules: {schema: \"off\"}\n"}});
  const Oid tip = scratch.Commit({{"a.yaml", kBad}});
  scratch.Point("refs/heads/main", old);
  CHECK(PushMain(scratch, old, tip).accepted);
  floor.Commit({{".sluice/sluice.yaml", "version: 1\n"}});
  Push push = MakePush(scratch, {{old, tip, "refs/heads/main"}});
  push.floor = floor.Open();
  push.settings.floor = {floor.path(), "refs/heads/main"};
  CHECK_FALSE(JudgePush(push).accepted);
  push.settings.floor.ref = "refs/heads/gone";
  CHECK(JudgePush(push).refs[0].verdict.outcome == Outcome::kUnjudged);
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
  for (const Case& c : {Case{"ana", "sluice.bypass=fire", true}, {"bob", "sluice.bypass=fire", false},
                        {"", "sluice.bypass=fire", false}, {"ana", "sluice.bypass=", false}, {"ana", "bypass=fire", false}}) {
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
  CHECK(Has(JudgePush(MakePush(scratch, {{Oid(), tip, "refs/sluice/ledger/production"}})), "git/reserved-ref"));
}

TEST_CASE("the index gives the same verdict as the tree, fresh, stale or gone") {
  const Scratch scratch;
  std::vector<std::pair<std::string, std::string>> files = {
      {"k/kustomization.yaml", "resources: [web.yaml]\npatches: [{path: patch.yaml}]\n"},
      {"k/web.yaml", kGood}, {"k/patch.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"}};
  for (int i = 0; i < 40; ++i) files.push_back({"many/" + std::to_string(i) + ".yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m" + std::to_string(i) + "}\n"});
  const Oid old = scratch.Commit(files);
  const Oid tip = scratch.Commit({{"k/patch.yaml", kBad}});
  const auto verdict = [&] { return PushMain(scratch, old, tip).refs[0].verdict; };
  const Verdict without = verdict();
  CHECK(without.outcome == Outcome::kAccepted);
  REQUIRE(without.skipped.size() == 1);
  HookSettings settings;
  settings.policy_ref = "refs/heads/main";
  scratch.Point("refs/heads/main", old);
  REQUIRE(RefreshIndex(scratch.Open(), settings));
  REQUIRE(fs::exists(scratch.path() + "/sluice/index"));
  CHECK(verdict().skipped.at(0).reason == without.skipped[0].reason);
  fs::resize_file(scratch.path() + "/sluice/index", 100);
  CHECK(verdict().skipped.at(0).reason == without.skipped[0].reason);
}

}  // namespace
}  // namespace sluice::gate
