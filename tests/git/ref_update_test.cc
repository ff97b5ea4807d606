// Transactions: all refs or none, and each from where it was.
#include "git/ref_update.h"

#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {

struct Place {
  TemporaryDirectory directory;
  std::string path;
  std::vector<Oid> ids;

  explicit Place(HashKind kind = HashKind::kSha1) : path(InitBare(directory.path(), "r.git", kind)) {
    ids = ImportHistory(path, {{{{"f", "1"}}, {}, 1}, {{{"f", "2"}}, {0}, 2}, {{{"f", "3"}}, {1}, 3}});
  }
  RefOutcome Update(const std::vector<RefChange>& changes) const {
    const Result<RefOutcome> outcome = UpdateRefs(path, changes);
    INFO((outcome ? "" : outcome.error().message));
    REQUIRE(outcome);
    return *outcome;
  }
  std::string At(const std::string& ref) const {
    const GitRun run = TryGit(path, {"rev-parse", "--verify", "--quiet", ref});
    return run.exit_code == 0 ? run.output.substr(0, run.output.find('\n')) : "none";
  }
};

TEST_CASE("refs are made, moved, looked at and removed, from where they were") {
  for (const HashKind kind : {HashKind::kSha1, HashKind::kSha256}) {
    const Place place(kind);
    const auto& ids = place.ids;
    REQUIRE(place.Update({{"refs/sluice/ledger/a", {}, ids[0]}, {"refs/heads/b", {}, ids[1]}}) ==
            RefOutcome::kMoved);
    REQUIRE(place.Update({{"refs/sluice/ledger/a", ids[0], ids[1]},
                          {"refs/heads/b", ids[1], {}},
                          {"refs/heads/main", ids[2], ids[2]}}) == RefOutcome::kMoved);
    REQUIRE(place.At("refs/sluice/ledger/a") == ids[1].Hex());
    REQUIRE(place.At("refs/heads/b") == "none");
  }
}

TEST_CASE("one ref that is not where it should be holds up all") {
  const Place place;
  const auto& ids = place.ids;
  const RefChange good{"refs/heads/new", {}, ids[0]};
  for (const RefChange& late : {RefChange{"refs/heads/main", ids[0], ids[1]},     // is elsewhere
                                RefChange{"refs/heads/main", {}, ids[1]},         // is there
                                RefChange{"refs/heads/gone", ids[0], ids[1]},     // is not there
                                RefChange{"refs/heads/gone", ids[0], {}},         // nor to be removed
                                RefChange{"refs/heads/main", ids[1], ids[1]}}) {  // only looked at
    CAPTURE(late.name);
    REQUIRE(place.Update({good, late}) == RefOutcome::kOvertaken);
    REQUIRE(place.At("refs/heads/new") == "none");
    REQUIRE(place.At("refs/heads/main") == ids[2].Hex());
  }
}

TEST_CASE("what git refuses for another reason is an error in its words") {
  const Place place;
  const Oid nothing = *Oid::FromHex(std::string(40, 'a'));
  REQUIRE(UpdateRefs(place.path, {{{"refs/heads/x", {}, nothing}}}).error().kind == ErrorKind::kFailed);
  REQUIRE(UpdateRefs(place.path, {{{"refs/heads/main/x", {}, place.ids[0]}}})
              .error()
              .message.find("git update-ref: ") == 0);
  WriteTextFile(place.path + "/refs/heads/locked.lock", "");
  REQUIRE(UpdateRefs(place.path, {{{"refs/heads/locked", {}, place.ids[0]}}}).error().kind ==
          ErrorKind::kFailed);
}

TEST_CASE("names and moves that mean nothing are refused before git is asked") {
  const Place place;
  const Oid id = place.ids[0];
  const std::vector<std::vector<RefChange>> bad = {
      {},
      {{"HEAD", {}, id}},
      {{"main", {}, id}},
      {{"refs/heads/a\ndelete refs/heads/main", {}, id}},
      {{"refs/heads/a b", {}, id}},
      {{"refs/../config", {}, id}},
      {{"refs/heads/a", {}, {}}},
      {{"refs/heads/a", {}, id}, {"refs/heads/a", id, {}}},
  };
  for (const auto& changes : bad) REQUIRE(UpdateRefs(place.path, changes).error().kind == ErrorKind::kUsage);
  REQUIRE(place.At("refs/heads/main") == place.ids[2].Hex());
}

}  // namespace
}  // namespace sluice::git
