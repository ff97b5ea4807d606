// Promotion, rollback or direct change: told by trees and ledgers, whatever the
// commit says of itself.
#include "gate/move_kind.h"

#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::gate {
namespace {

using promotion::LedgerFacts;
using promotion::Move;
using promotion::RecordFact;

// A branch with a change of its own, and one that went on.
struct Scene {
  git::TemporaryDirectory directory;
  std::string path = git::InitBare(directory.path(), "r.git");
  Oid base, ours, theirs, merge, evil, conflicting;
  LedgerFacts dev{"dev", {}, {}}, own{"prod", {}, {}};
  bool may_merge = true;

  Scene() {
    const std::vector<Oid> ids = git::ImportHistory(path, {{{{"a", "1\n"}, {"b", "1\n"}}, {}, 1},
                                                           {{{"a", "2\n"}, {"b", "1\n"}}, {0}, 2},
                                                           {{{"a", "1\n"}, {"b", "2\n"}}, {0}, 3},
                                                           {{{"a", "2\n"}, {"b", "2\n"}}, {1, 2}, 4},
                                                           {{{"a", "9\n"}, {"b", "2\n"}}, {1, 2}, 5},
                                                           {{{"a", "3\n"}, {"b", "1\n"}}, {0}, 6}});
    base = ids[0], ours = ids[1], theirs = ids[2], merge = ids[3], evil = ids[4], conflicting = ids[5];
  }
  void Ran(const Oid& commit, LedgerFacts& ledger) const {
    const std::uint64_t number = ledger.records.size() + 1;
    ledger.records.push_back({number, commit.Hex(), "set" + std::to_string(number), {}, {}});
  }
  Oid Commit(const Oid& tree_of, const std::string& message, const std::vector<Oid>& parents) const {
    std::vector<std::string> words = {"commit-tree", "-m", message, tree_of.Hex() + "^{tree}"};
    for (const Oid& parent : parents) words.insert(words.end(), {"-p", parent.Hex()});
    return git::MustOid(git::Git1(path, words));
  }
  MoveKind Ask(const Oid& before, const Oid& after, const std::string& set = "") const {
    const auto repository = git::MustOpen(path);
    const MergeCommits merges = [this](const Oid& one, const Oid& other) {
      const Result<std::string> scratch = git::MakeScratch(path + "/objects");
      auto merged =
          git::MergeTree({.git_dir = path, .objects = path + "/objects", .scratch = *scratch}, one, other);
      git::RemoveScratch(*scratch);
      return merged;
    };
    const std::function<Result<LedgerFacts>()> facts = [this]() -> Result<LedgerFacts> { return own; };
    BroughtCommits brought(*repository, before, after);
    const std::vector<LedgerFacts> predecessors = {dev};
    const Result<MoveKind> kind = KindOfMove(
        {repository, before, after, predecessors, facts, set, may_merge ? merges : MergeCommits()}, brought);
    INFO((kind ? "" : kind.error().message));
    REQUIRE(kind);
    return *kind;
  }
};

TEST_CASE("what a predecessor recorded is promoted, forward or by git's merge") {
  Scene scene;
  scene.Ran(scene.theirs, scene.dev);
  const MoveKind forward = scene.Ask(scene.base, scene.theirs);
  CHECK(forward.move == Move::kPromotion);
  CHECK(forward.source == scene.theirs);
  const MoveKind merged = scene.Ask(scene.ours, scene.merge);
  CHECK(merged.move == Move::kPromotion);
  CHECK(merged.source == scene.theirs);
  CHECK(scene.Ask(Oid(), scene.theirs).move == Move::kPromotion);
}

TEST_CASE("anything else is a direct change of the commit itself") {
  Scene scene;
  scene.Ran(scene.theirs, scene.dev);
  const MoveKind evil = scene.Ask(scene.ours, scene.evil);
  CHECK(evil.move == Move::kDirect);
  CHECK(evil.source == scene.evil);
  CHECK(evil.why_direct ==
        "it holds more than the merge of " + scene.theirs.Hex().substr(0, 7) + ", which dev recorded");
  CHECK(scene.Ask(scene.base, scene.ours).move == Move::kDirect);
  CHECK(scene.Ask(scene.base, scene.ours).why_direct.empty());
  // One that was there before is not brought.
  CHECK(scene.Ask(scene.theirs, scene.Commit(scene.ours, "x", {scene.theirs})).move == Move::kDirect);
  // A merge with a conflict is nobody's promotion, however it was resolved.
  Scene other;
  other.Ran(other.conflicting, other.dev);
  CHECK(other.Ask(other.ours, other.Commit(other.ours, "x", {other.ours, other.conflicting})).move ==
        Move::kDirect);
}

TEST_CASE("the newest commit that the predecessor recorded counts") {
  Scene scene;
  scene.Ran(scene.base, scene.dev);
  scene.Ran(scene.theirs, scene.dev);
  CHECK(scene.Ask(Oid(), scene.theirs).source == scene.theirs);
  // Its tree is that of an older one.
  CHECK(scene.Ask(Oid(), scene.Commit(scene.base, "x", {scene.theirs})).move == Move::kDirect);
}

TEST_CASE("a rollback is one commit with the files and the objects of a record, and a reason") {
  Scene scene;
  scene.Ran(scene.base, scene.own);
  scene.Ran(scene.ours, scene.own);
  const std::string text = "Roll back\n\n" + RollbackTrailers(1, "bad image");
  const MoveKind back = scene.Ask(scene.ours, scene.Commit(scene.base, text, {scene.ours}), "set1");
  CHECK(back.move == Move::kRollback);
  CHECK(back.restores == 1);
  CHECK(back.reason == "bad image");

  struct Case {
    const char* what;
    Oid commit;
    const char* set;
    const char* why;
  };
  const Case cases[] = {
      {"other objects", scene.Commit(scene.base, text, {scene.ours}), "set2", "what its files make today"},
      {"objects that are not known", scene.Commit(scene.base, text, {scene.ours}), "",
       "what its files make today"},
      {"other files", scene.Commit(scene.theirs, text, {scene.ours}), "set1",
       "its files are not those of record 1"},
      {"a merge", scene.Commit(scene.base, text, {scene.ours, scene.theirs}), "set1",
       "not one commit on top"},
      {"on something else", scene.Commit(scene.base, text, {scene.base}), "set1", "not one commit on top"},
      {"no such record", scene.Commit(scene.base, "x\n\n" + RollbackTrailers(7, "r"), {scene.ours}), "set1",
       "no such record"},
      {"no number", scene.Commit(scene.base, "x\n\nSluice-Rollback: 1x\nSluice-Reason: r", {scene.ours}),
       "set1", "no such record"},
      {"no reason", scene.Commit(scene.base, "x\n\nSluice-Rollback: 1", {scene.ours}), "set1",
       "gives no reason"},
      {"a reason that steers",
       scene.Commit(scene.base, "x\n\n" + RollbackTrailers(1, "a\x1b[2J"), {scene.ours}), "set1",
       "gives no reason"},
  };
  for (const Case& one : cases) {
    INFO(one.what);
    const MoveKind kind = scene.Ask(scene.ours, one.commit, one.set);
    CHECK(kind.move == Move::kDirect);
    CHECK(kind.why_direct.find(one.why) != std::string::npos);
  }
  // Elsewhere than in the last lines it means nothing; `git revert` does not say it at all.
  const MoveKind revert =
      scene.Ask(scene.ours, scene.Commit(scene.base, text + "\nThis reverts it.\n", {scene.ours}), "set1");
  CHECK(revert.move == Move::kDirect);
  CHECK(revert.why_direct.empty());
}

TEST_CASE("without a git that merges, what needs a merge cannot be told") {
  Scene scene;
  scene.Ran(scene.theirs, scene.dev);
  scene.may_merge = false;
  CHECK(scene.Ask(scene.base, scene.theirs).move == Move::kPromotion);
  const auto repository = git::MustOpen(scene.path);
  CHECK_FALSE(MergedInto(*repository, scene.ours, scene.theirs, {}));
}

}  // namespace
}  // namespace sluice::gate
