// Walks over commits against `git rev-list`, `git merge-base` and
// `git merge-base --is-ancestor`, on random histories with merges, several
// roots, equal dates and dates that lie.
#include <algorithm>
#include <set>

#include "git/changes.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {

enum class Dates { kSane, kEqual, kLying };

std::vector<PlannedCommit> RandomHistory(unsigned seed, std::size_t count, Dates dates) {
  std::mt19937 random(seed);
  std::vector<PlannedCommit> history;
  for (std::size_t i = 0; i < count; ++i) {
    PlannedCommit commit{{{"f", std::to_string(i)}}, {}, 0};
    commit.seconds = dates == Dates::kSane ? 1'700'000'000 + 10 * static_cast<std::int64_t>(i)
                     : dates == Dates::kEqual
                         ? 1'700'000'000
                         : 1'600'000'000 + static_cast<std::int64_t>(random() % 200'000'000);
    const std::size_t parents =
        i == 0 ? 0 : std::vector<std::size_t>{0, 1, 1, 1, 1, 1, 1, 2, 2, 3}[i < 5 ? 1 : random() % 10];
    std::set<std::size_t> chosen;
    while (chosen.size() < std::min(parents, i))
      chosen.insert(i - 1 - random() % std::min<std::size_t>(i, 12));
    commit.parents.assign(chosen.rbegin(), chosen.rend());
    history.push_back(commit);
  }
  return history;
}

std::set<std::string> NewHexes(const Repository& repository, const Oid& tip, const std::vector<Oid>& known) {
  const auto commits = NewCommits(repository, tip, known, 10'000);
  INFO((commits ? "" : commits.error().message));
  REQUIRE(commits);
  std::set<std::string> hexes;
  for (const Commit& commit : *commits) hexes.insert(commit.id.Hex());
  REQUIRE(hexes.size() == commits->size());
  return hexes;
}

void CompareOnePair(const std::string& path, const Repository& repository, const Oid& a, const Oid& b,
                    bool exact) {
  CAPTURE(a.Hex(), b.Hex());
  const GitRun bases = TryGit(path, {"merge-base", "--all", a.Hex(), b.Hex()});
  const std::vector<std::string> best = Lines(bases.output);
  const Result<Oid> ours = MergeBase(repository, a, b);
  if (best.empty()) {
    REQUIRE(ours.error().kind == ErrorKind::kNotFound);
  } else {
    REQUIRE(ours);
    REQUIRE(std::find(best.begin(), best.end(), ours->Hex()) != best.end());
  }
  const bool is = TryGit(path, {"merge-base", "--is-ancestor", a.Hex(), b.Hex()}).exit_code == 0;
  REQUIRE(*IsAncestor(repository, a, b, 10'000) == is);
  const auto lines = Lines(Git(path, {"rev-list", b.Hex(), "^" + a.Hex()}));
  const std::set<std::string> theirs(lines.begin(), lines.end());
  const std::set<std::string> mine = NewHexes(repository, b, {a});
  if (exact) REQUIRE(mine == theirs);
  // Where dates lie both may take too many commits for new, never too few.
  const auto truth = [&](const std::string& id) {
    return TryGit(path, {"merge-base", "--is-ancestor", id, a.Hex()}).exit_code != 0;
  };
  for (const std::string& id : theirs) REQUIRE((mine.contains(id) || !truth(id)));
}

TEST_CASE("walks over random histories agree with git") {
  unsigned seed = 1;
  for (const Dates dates : {Dates::kSane, Dates::kEqual, Dates::kLying}) {
    TemporaryDirectory directory;
    const std::string path =
        InitBare(directory.path(), "r.git", seed % 2 == 0 ? HashKind::kSha256 : HashKind::kSha1);
    const std::vector<Oid> commits = ImportHistory(path, RandomHistory(seed, 80, dates));
    const auto repository = MustOpen(path);
    std::mt19937 random(seed++);
    for (int i = 0; i < 40; ++i) {
      CompareOnePair(path, *repository, commits[random() % commits.size()],
                     commits[random() % commits.size()], dates == Dates::kSane);
    }
  }
}

TEST_CASE("a question about neighbours reads the neighbourhood and not the history") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  std::vector<PlannedCommit> plan;
  for (std::size_t i = 0; i < 500; ++i) {
    plan.push_back({{{"f", std::to_string(i)}}, {}, static_cast<std::int64_t>(1000 + i)});
    if (i > 0) plan.back().parents = {i - 1};
  }
  plan.push_back({{{"f", "other"}}, {497}, 1600});
  const auto ids = ImportHistory(path, plan);
  const auto repository = MustOpen(path);
  REQUIRE(*IsAncestor(*repository, ids[498], ids[499], 5));
  REQUIRE_FALSE(*IsAncestor(*repository, ids[500], ids[499], 10));
  REQUIRE(*IsAncestor(*repository, ids[0], ids[499], 500));
  REQUIRE(IsAncestor(*repository, ids[0], ids[499], 400).error().kind == ErrorKind::kLimit);
}

TEST_CASE("new commits outside a push are those that no known tip reaches, newest first") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  std::vector<PlannedCommit> plan;
  for (std::size_t i = 0; i < 6; ++i)
    plan.push_back({{{"f", std::to_string(i)}}, {}, static_cast<std::int64_t>(100 + i)});
  plan[1].parents = {0};
  plan[2].parents = {1};
  plan[3].parents = {1};
  plan[4].parents = {2, 3};
  plan[5].parents = {4};
  const auto ids = ImportHistory(path, plan);
  Git(path, {"tag", "-a", "-m", "x", "v1", ids[5].Hex()});
  const auto repository = MustOpen(path);
  const auto order = [&](const std::vector<Commit>& commits) {
    std::vector<std::size_t> numbers;
    for (const Commit& commit : commits)
      numbers.push_back(static_cast<std::size_t>(std::find(ids.begin(), ids.end(), commit.id) - ids.begin()));
    return numbers;
  };
  REQUIRE(order(*NewCommits(*repository, ids[5], {ids[2]}, 100)) == std::vector<std::size_t>{5, 4, 3});
  REQUIRE(order(*NewCommits(*repository, ids[5], {ids[2], ids[3], Oid()}, 100)) ==
          std::vector<std::size_t>{5, 4});
  REQUIRE(order(*NewCommits(*repository, *repository->ResolveRef("refs/tags/v1"), {ids[4]}, 100)) ==
          std::vector<std::size_t>{5});
  REQUIRE(NewCommits(*repository, ids[2], {ids[5]}, 100)->empty());
  REQUIRE(NewCommits(*repository, *TreeOf(*repository, ids[5]), {}, 100)->empty());
  REQUIRE(NewCommits(*repository, ids[5], {}, 6)->size() == 6);
  REQUIRE(NewCommits(*repository, ids[5], {}, 5).error().kind == ErrorKind::kLimit);
  REQUIRE(IsAncestor(*repository, ids[0], ids[5], 3).error().kind == ErrorKind::kLimit);
}

TEST_CASE("a shallow clone ends where it was cut, and a missing parent elsewhere is an error") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  std::vector<PlannedCommit> plan;
  for (std::size_t i = 0; i < 8; ++i) {
    plan.push_back({{{"f", std::to_string(i)}}, {}, static_cast<std::int64_t>(100 + i)});
    if (i > 0) plan.back().parents = {i - 1};
  }
  const auto ids = ImportHistory(path, plan);
  Git(directory.path(), {"clone", "--quiet", "--bare", "--depth=3", "file://" + path, "shallow.git"});
  const std::string shallow = directory.path() + "/shallow.git";
  const auto whole = MustOpen(path);
  const auto cut = MustOpen(shallow);
  REQUIRE_FALSE(IsShallow(*whole));
  REQUIRE(IsShallow(*cut));
  REQUIRE(NewCommits(*cut, ids[7], {}, 100)->size() == 3);
  REQUIRE(*IsAncestor(*cut, ids[5], ids[7], 100));
  REQUIRE(MergeBase(*cut, ids[5], ids[7])->Hex() == ids[5].Hex());
  WriteTextFile(shallow + "/shallow", "");
  const auto torn = NewCommits(*MustOpen(shallow), ids[7], {}, 100);
  REQUIRE(torn.error().kind == ErrorKind::kFailed);
  REQUIRE(torn.error().message == "object " + ids[4].Hex() + " is missing");
}

TEST_CASE("replaced objects and grafts change nothing") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const auto ids =
      ImportHistory(path, {{{{"f", "1"}}, {}, 1}, {{{"f", "2"}}, {0}, 2}, {{{"f", "evil"}}, {}, 3}});
  Git(path, {"replace", ids[1].Hex(), ids[2].Hex()});
  WriteTextFile(path + "/info/grafts", ids[1].Hex() + "\n");
  REQUIRE(Git1(path, {"show", ids[1].Hex() + ":f"}) == "evil");  // git itself is led astray
  for (const Reader& reader : Readers()) {
    const auto repository = MustOpen(path, reader.open);
    const Oid tree = ReadCommit(*repository, ids[1])->tree;
    REQUIRE(*OpenTree(repository, tree)->Read(*RepoPath::Parse("f"), 10) == "2");
    REQUIRE(*IsAncestor(*repository, ids[0], ids[1], 10));
  }
}

}  // namespace
}  // namespace sluice::git
