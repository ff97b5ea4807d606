// Outcomes signed and pushed by git into a repository that takes all, and what git says
// where one does not.
#include "agent/outcome_push.h"

#include <sys/stat.h>
#include <unistd.h>

#include "agent/outcomes.h"
#include "promotion/envelope.h"
#include "tests/catch.h"
#include "tests/crypto/ssh_keygen.h"
#include "tests/git/repositories.h"

namespace sluice::agent {
namespace {

using promotion::Outcome;
using promotion::OutcomeKind;
using std::chrono::seconds;

constexpr std::int64_t kNow = 1'800'000'000;
constexpr char kRef[] = "refs/sluice/outcomes/prod-1/production";

struct Hub {
  git::TemporaryDirectory directory;
  crypto::Workshop keys;
  std::string repository = git::InitBare(directory.path(), "hub.git");
  std::string mirror = git::InitBare(directory.path(), "mirror.git");
  promotion::Trust trust;

  Hub() {
    REQUIRE(keys.MakeKey("prod-1", {"-t", "ed25519"}));
    const std::string line = keys.PublicKeyOf("prod-1.pub");
    trust.clusters = {{"prod-1", {line, *crypto::ReadPublicKeyLine(line)}}};
    trust.repository = std::string(64, 'e');
  }

  Configuration Told() const {
    Configuration configuration;
    configuration.repository.url = repository;
    configuration.environment = "production";
    configuration.cluster = "prod-1";
    configuration.outcome_key = keys.path() + "/prod-1";
    return configuration;
  }
  std::string Tip() const {
    const git::GitRun run = git::TryGit(repository, {"rev-parse", "-q", "--verify", kRef});
    return run.exit_code == 0 ? run.output : "none";
  }
  // What lies there, where it is what a gate takes.
  Result<Outcome> There() const {
    return promotion::OpenOutcome(git::Git(repository, {"cat-file", "blob", kRef}), "prod-1", "production",
                                  trust);
  }
};

Outcome Said(OutcomeKind kind, std::uint64_t sequence = 7) {
  return {.cluster = "prod-1",
          .environment = "production",
          .since = kNow - 60,
          .kind = kind,
          .record = std::string(64, 'd'),
          .sequence = sequence,
          .repository = std::string(64, 'e')};
}

TEST_CASE("an outcome is pushed once, and its next in its place") {
  if (!crypto::HasSshKeygen()) return;
  const Hub hub;
  OutcomePush push(hub.Told(), hub.mirror);
  CHECK(push.Push(Said(OutcomeKind::kApplied), kNow).words.empty());
  const Result<Outcome> first = hub.There();
  REQUIRE(first);
  CHECK(first->kind == OutcomeKind::kApplied);
  CHECK(first->made == kNow);
  CHECK(first->since == kNow - 60);
  const std::string tip = hub.Tip();
  CHECK(push.Push(Said(OutcomeKind::kApplied), kNow + 10).end == PushEnd::kDone);
  CHECK(hub.Tip() == tip);
  CHECK(push.Push(Said(OutcomeKind::kHealthy), kNow).end == PushEnd::kDone);
  REQUIRE(hub.There());
  CHECK(hub.There()->kind == OutcomeKind::kHealthy);
  CHECK(hub.There()->made == kNow + 1);  // later than the one before, whatever the clock says
}

TEST_CASE("an agent that begins anew repeats nothing and goes on from what is there") {
  if (!crypto::HasSshKeygen()) return;
  const Hub hub;
  CHECK(OutcomePush(hub.Told(), hub.mirror).Push(Said(OutcomeKind::kHealthy), kNow).end == PushEnd::kDone);
  const std::string tip = hub.Tip();
  const std::string other = git::InitBare(hub.directory.path(), "other.git");
  OutcomePush push(hub.Told(), other);
  CHECK(push.Push(Said(OutcomeKind::kHealthy), kNow + 9).end == PushEnd::kDone);
  CHECK(hub.Tip() == tip);
  CHECK(push.Push(Said(OutcomeKind::kDegraded), kNow - 100).end == PushEnd::kDone);
  REQUIRE(hub.There());
  CHECK(hub.There()->made == kNow + 1);
}

TEST_CASE("an agent whose key was rotated says it again") {
  if (!crypto::HasSshKeygen()) return;
  Hub hub;
  CHECK(OutcomePush(hub.Told(), hub.mirror).Push(Said(OutcomeKind::kHealthy), kNow).end == PushEnd::kDone);
  REQUIRE(hub.keys.MakeKey("next", {"-t", "ed25519"}));
  const std::string line = hub.keys.PublicKeyOf("next.pub");
  hub.trust.clusters = {{"prod-1", {line, *crypto::ReadPublicKeyLine(line)}}};
  CHECK_FALSE(hub.There());
  Configuration rotated = hub.Told();
  rotated.outcome_key = hub.keys.path() + "/next";
  OutcomePush push(rotated, hub.mirror);
  CHECK(push.Push(Said(OutcomeKind::kHealthy), kNow + 5).end == PushEnd::kDone);
  REQUIRE(hub.There());
  CHECK(hub.There()->made == kNow + 5);
  const std::string tip = hub.Tip();
  CHECK(push.Push(Said(OutcomeKind::kHealthy), kNow + 10).end == PushEnd::kDone);
  CHECK(hub.Tip() == tip);
}

TEST_CASE("what somebody else put there is replaced, once it was seen") {
  if (!crypto::HasSshKeygen()) return;
  const Hub hub;
  OutcomePush push(hub.Told(), hub.mirror);
  CHECK(push.Push(Said(OutcomeKind::kApplied), kNow).end == PushEnd::kDone);
  hub.keys.Write("x", "no outcome");
  const std::string blob = git::Git1(hub.repository, {"hash-object", "-w", hub.keys.path() + "/x"});
  git::Git(hub.repository, {"update-ref", kRef, blob});
  const Pushed pushed = push.Push(Said(OutcomeKind::kHealthy), kNow);
  CHECK(pushed.end == PushEnd::kOvertaken);
  CHECK(pushed.words.find("stale info") != std::string::npos);
  CHECK(push.Push(Said(OutcomeKind::kHealthy), kNow).end == PushEnd::kDone);
  CHECK(hub.There());
}

TEST_CASE("what keeps an outcome from being told is said, and passes") {
  if (!crypto::HasSshKeygen()) return;
  const Hub hub;
  Configuration configuration = hub.Told();
  configuration.repository.url = hub.directory.path() + "/nowhere.git";
  const Pushed unreached = OutcomePush(configuration, hub.mirror).Push(Said(OutcomeKind::kFailed), kNow);
  CHECK(unreached.end == PushEnd::kNotDone);
  CHECK(unreached.words.find("nowhere.git") != std::string::npos);
  configuration = hub.Told();
  configuration.outcome_key += "-gone";
  const Pushed unsigned_yet = OutcomePush(configuration, hub.mirror).Push(Said(OutcomeKind::kFailed), kNow);
  CHECK(unsigned_yet.end == PushEnd::kNotDone);
  CHECK(unsigned_yet.words.find("prod-1-gone") != std::string::npos);
  CHECK(hub.Tip() == "none");
  // A hook that refuses, and does no more.
  const std::string hook = hub.repository + "/hooks/pre-receive";
  git::WriteTextFile(hook, "#!/bin/sh\necho 'the gate' >&2\necho 'error: it is older' >&2\nexit 1\n");
  REQUIRE(chmod(hook.c_str(), 0700) == 0);
  OutcomePush push(hub.Told(), hub.mirror);
  const Pushed refused = push.Push(Said(OutcomeKind::kFailed), kNow);
  CHECK(refused.end == PushEnd::kRefused);
  CHECK(refused.words == "it is older");
  CHECK(hub.Tip() == "none");
  REQUIRE(unlink(hook.c_str()) == 0);
  CHECK(push.Push(Said(OutcomeKind::kFailed), kNow).end == PushEnd::kDone);
}

TEST_CASE("what git says of a push is one of four things") {
  const struct {
    const char* output;
    const char* errors;
    PushEnd end;
    const char* words;
  } rows[] = {
      {"To /x\n!\ta:refs/b\t[rejected] (stale info)\nDone\n", "", PushEnd::kOvertaken,
       "[rejected] (stale info)"},
      {"!\ta:refs/b\t[rejected] (fetch first)\n", "", PushEnd::kOvertaken, "[rejected] (fetch first)"},
      {"!\ta:refs/b\t[remote rejected] (failed to update ref)\n", "", PushEnd::kOvertaken,
       "[remote rejected] (failed to update ref)"},
      {"!\ta:refs/b\t[remote rejected] (cannot lock ref 'refs/b': is at 1 but expected 2)\n", "",
       PushEnd::kOvertaken, "[remote rejected] (cannot lock ref 'refs/b': is at 1 but expected 2)"},
      {"!\ta:refs/b\t[remote rejected] (pre-receive hook declined)\n",
       "remote: error: 1 error        \nremote: error: older\x1b[2J        \nremote: hint: more\n",
       PushEnd::kRefused, "older?[2J"},
      {"!\ta:refs/b\t[remote rejected] (pre-receive hook declined)\n", "remote: no        \n",
       PushEnd::kRefused, "no"},
      {"!\ta:refs/b\t[remote rejected] (deny updating a hidden ref)\n", "", PushEnd::kRefused,
       "[remote rejected] (deny updating a hidden ref)"},
      {"", "fatal: unable to access", PushEnd::kNotDone, "otherwise"},
      {"To /x\n \ta:refs/b\tb\n", "", PushEnd::kNotDone, "otherwise"},
      {"!\ta:refs/b\tsomething new\n", "", PushEnd::kNotDone, "otherwise"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.output);
    const Pushed pushed = EndOfPush(row.output, row.errors, "otherwise");
    CHECK(pushed.end == row.end);
    CHECK(pushed.words == row.words);
  }
  CHECK(EndOfPush("!\ta:b\t[remote rejected] (no)\n", "remote: " + std::string(5000, 'x'), "").words.size() ==
        300);
}

TEST_CASE("what was refused is tried again later and later, what was overtaken at once") {
  CHECK(PauseAfter(PushEnd::kOvertaken, 1) == seconds(0));
  CHECK(PauseAfter(PushEnd::kOvertaken, 3) == seconds(4));
  CHECK(PauseAfter(PushEnd::kOvertaken, 99) == seconds(60));
  CHECK(PauseAfter(PushEnd::kNotDone, 1) == seconds(10));
  CHECK(PauseAfter(PushEnd::kNotDone, 2) == seconds(20));
  CHECK(PauseAfter(PushEnd::kNotDone, 1'000'000) == seconds(600));
  CHECK(PauseAfter(PushEnd::kRefused, 1) == seconds(60));
  CHECK(PauseAfter(PushEnd::kRefused, 4) == seconds(480));
  CHECK(PauseAfter(PushEnd::kRefused, 9) == seconds(600));
  CHECK(PauseAfter(PushEnd::kDone, 0) == seconds(0));
}

CycleReport Report(const std::string& outcome, std::uint64_t sequence = 7) {
  CycleReport report;
  report.applied = promotion::RememberedRecord{sequence, std::string(64, 'd')};
  report.repository = std::string(64, 'e');
  report.outcome = outcome;
  report.since = kNow - 60;
  return report;
}

TEST_CASE("a cycle tells what became of its record, and what it does not know it does not tell") {
  if (!crypto::HasSshKeygen()) return;
  const Hub hub;
  Outcomes outcomes(hub.Told(), hub.mirror, true);
  outcomes.Tell(Report(""), kNow);
  CycleReport nothing = Report("healthy");
  nothing.applied.reset();
  outcomes.Tell(nothing, kNow);
  CHECK(hub.Tip() == "none");
  CHECK(!outcomes.told());
  outcomes.Tell(Report("applied"), kNow);
  CHECK(outcomes.told() == true);
  CHECK(!outcomes.trouble());
  const std::string tip = hub.Tip();
  outcomes.Tell(Report("applied"), kNow + 30);
  CHECK(hub.Tip() == tip);
  outcomes.Tell(Report("healthy"), kNow + 60);
  REQUIRE(hub.There());
  CHECK(hub.There()->kind == OutcomeKind::kHealthy);
  Configuration mute = hub.Told();
  mute.outcome_key.clear();
  Outcomes none(mute, hub.mirror, true);
  none.Tell(Report("failed"), kNow + 90);
  CHECK(!none.told());
  CHECK(hub.There()->kind == OutcomeKind::kHealthy);
}

TEST_CASE("a repository that refuses is told of, and not asked each cycle") {
  if (!crypto::HasSshKeygen()) return;
  const Hub hub;
  const std::string hook = hub.repository + "/hooks/pre-receive";
  git::WriteTextFile(hook, "#!/bin/sh\necho x >>'" + hub.keys.path() + "/asked'\nexit 1\n");
  REQUIRE(chmod(hook.c_str(), 0700) == 0);
  Outcomes outcomes(hub.Told(), hub.mirror, true);
  for (int cycle = 0; cycle < 3; ++cycle) {
    outcomes.Tell(Report("applied"), kNow + cycle);
    REQUIRE(outcomes.trouble());
    CHECK(outcomes.trouble()->reason == "OutcomeNotTold");
    CHECK(outcomes.trouble()->message.find("record 7 is refused by the repository: ") != std::string::npos);
    CHECK(outcomes.told() == false);
  }
  CHECK(hub.keys.Read("asked") == "x\n");
  outcomes.Tell(Report("healthy"), kNow + 9);  // another outcome is told at once
  CHECK(hub.keys.Read("asked") == "x\nx\n");
}

}  // namespace
}  // namespace sluice::agent
