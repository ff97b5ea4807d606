// Which files differ, against `git diff-tree -r`, on random histories; that
// only what differs is read; and trees that no git would write.
#include "git/changes.h"

#include <algorithm>
#include <cstdlib>

#include "tests/catch.h"
#include "tests/git/repositories.h"
#include "tests/git/trees.h"

namespace sluice::git {
namespace {

// "old_mode new_mode old_id new_id path" for each change, as git prints them.
std::vector<std::string> AsGitSays(const std::string& repository, const Oid& old_tree, const Oid& new_tree) {
  std::vector<std::string> changes;
  const std::vector<std::string> parts = Lines(
      Git(repository, {"diff-tree", "-r", "--raw", "-z", "--no-renames", old_tree.Hex(), new_tree.Hex()}),
      '\0');
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2)
    changes.push_back(parts[i].substr(1) + " " + parts[i + 1]);
  std::sort(changes.begin(), changes.end());
  return changes;
}

char KindLetter(FileKind kind) {
  return kind == FileKind::kFile        ? 'f'
         : kind == FileKind::kSymlink   ? 'l'
         : kind == FileKind::kSubmodule ? 's'
                                        : '?';
}

// The same without the executable bit, which a FileChange does not tell.
std::vector<std::string> Plain(const std::vector<std::string>& raw) {
  std::vector<std::string> plain;
  for (const std::string& line : raw) {
    const std::vector<std::string> words = Lines(line, ' ');
    const auto kind = [](const std::string& mode) {
      return mode == "000000" ? '-' : mode == "120000" ? 'l' : mode == "160000" ? 's' : 'f';
    };
    const std::size_t path_at =
        words[0].size() + words[1].size() + words[2].size() + words[3].size() + words[4].size() + 5;
    plain.push_back(std::string(1, kind(words[0])) + kind(words[1]) + ' ' + words[2] + ' ' + words[3] + ' ' +
                    line.substr(path_at));
  }
  return plain;
}

std::vector<std::string> AsWeSay(const std::vector<FileChange>& changes, HashKind hash) {
  const auto hex = [&](const Oid& id) {
    return id.IsZero() ? std::string(HashBytes(hash) * 2, '0') : id.Hex();
  };
  std::vector<std::string> lines;
  for (const FileChange& c : changes) {
    const char before = c.old_id.IsZero() ? '-' : KindLetter(c.old_kind);
    const char after = c.new_id.IsZero() ? '-' : KindLetter(c.new_kind);
    lines.push_back(std::string(1, before) + after + ' ' + hex(c.old_id) + ' ' + hex(c.new_id) + ' ' +
                    c.path);
  }
  return lines;
}

void RequireSameChanges(const std::string& path, const Repository& repository, const Oid& a, const Oid& b) {
  const Result<std::vector<FileChange>> changes = Changes(repository, a, b, {});
  INFO((changes ? "" : changes.error().message));
  REQUIRE(changes);
  std::vector<std::string> ours = AsWeSay(*changes, repository.hash());
  const auto by_path = [](const FileChange& x, const FileChange& y) { return x.path < y.path; };
  REQUIRE(std::is_sorted(changes->begin(), changes->end(), by_path));
  std::vector<std::string> theirs = Plain(AsGitSays(path, a, b));
  std::sort(ours.begin(), ours.end());
  std::sort(theirs.begin(), theirs.end());
  REQUIRE(ours == theirs);
}

TEST_CASE("changes of random histories are those that git sees") {
  const unsigned seed =
      std::getenv("SLUICE_SEED") ? static_cast<unsigned>(std::atoi(std::getenv("SLUICE_SEED"))) : 42;
  INFO("SLUICE_SEED=" << seed);
  for (const HashKind hash : {HashKind::kSha1, HashKind::kSha256}) {
    TemporaryDirectory directory;
    const std::string path = InitBare(directory.path(), "r.git", hash);
    std::mt19937 random(seed);
    std::vector<PlannedCommit> history;
    Files files = RandomFiles(random, 60);
    for (int i = 0; i < 40; ++i) {
      history.push_back({files, {}, i});
      MutateFiles(random, &files);
    }
    const std::vector<Oid> commits = ImportHistory(path, history);
    for (const Reader& reader : Readers()) {
      if (hash == HashKind::kSha256 && reader.open != Open) continue;
      const auto repository = MustOpen(path, reader.open);
      for (std::size_t i = 1; i < commits.size(); ++i) {
        const Oid a = *TreeOf(*repository, commits[i - 1]), b = *TreeOf(*repository, commits[i]);
        RequireSameChanges(path, *repository, a, b);
        RequireSameChanges(path, *repository, b, *TreeOf(*repository, commits[random() % commits.size()]));
      }
    }
  }
}

TEST_CASE("a zero tree is the empty one") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const Oid commit = ImportHistory(path, {{{{"a/b", "1"}, {"c", "2"}}, {}, 1}})[0];
  const auto repository = MustOpen(path);
  const Oid tree = *TreeOf(*repository, commit);
  REQUIRE(Changes(*repository, Oid(), tree, {})->size() == 2);
  REQUIRE(Changes(*repository, tree, Oid(), {})->size() == 2);
  REQUIRE(Changes(*repository, tree, Oid(), {})->at(0).new_id.IsZero());
  REQUIRE(Changes(*repository, tree, tree, {})->empty());
  REQUIRE(Changes(*repository, Oid(), Oid(), {})->empty());
}

TEST_CASE("a file that becomes a directory is a deletion and additions, in path order") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const auto commits = ImportHistory(
      path, {{{{"a", "1"}, {"a.b", "2"}}, {}, 1}, {{{"a/x", "1"}, {"a-b", "3"}, {"a.b", "4"}}, {}, 2}});
  const auto repository = MustOpen(path);
  const auto changes =
      Changes(*repository, *TreeOf(*repository, commits[0]), *TreeOf(*repository, commits[1]), {});
  std::vector<std::string> paths;
  for (const FileChange& change : *changes) paths.push_back(change.path);
  REQUIRE(paths == std::vector<std::string>{"a", "a-b", "a.b", "a/x"});
}

// Counts what is read.
class Counting final : public Repository {
 public:
  explicit Counting(std::shared_ptr<const Repository> under) : under_(std::move(under)) {}
  Result<RawObject> Read(const Oid& id, std::size_t limit) const override {
    ++reads;
    return under_->Read(id, limit);
  }
  Result<Oid> ResolveRef(std::string_view name) const override { return under_->ResolveRef(name); }
  Result<std::string> HeadRef() const override { return under_->HeadRef(); }
  HashKind hash() const override { return under_->hash(); }
  const std::string& git_dir() const override { return under_->git_dir(); }
  bool InQuarantine(const Oid& id) const override { return under_->InQuarantine(id); }
  mutable int reads = 0;

 private:
  std::shared_ptr<const Repository> under_;
};

// 10,000 files; 100,000 with SLUICE_LARGE=1.
TEST_CASE("a change of one file in a large tree reads two trees a level and no more") {
  const int files = std::getenv("SLUICE_LARGE") ? 100'000 : 10'000;
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  PlannedCommit before;
  for (int i = 0; i < files; ++i) {
    const std::string name = "apps/g" + std::to_string(i / 1000) + "/d" + std::to_string(i / 20) + "/f" +
                             std::to_string(i) + ".yaml";
    before.files[name] = "value: " + std::to_string(i) + "\n";
  }
  PlannedCommit after = before;
  after.files["apps/g3/d150/f3001.yaml"] = "changed";
  after.parents = {0};
  const auto commits = ImportHistory(path, {before, after});
  const Counting repository(MustOpen(path));
  const Oid a = *TreeOf(repository, commits[0]), b = *TreeOf(repository, commits[1]);
  repository.reads = 0;
  RequireSameChanges(path, repository, a, b);
  REQUIRE(repository.reads == 2 * 4);  // the root, apps, g3, d150
}

TEST_CASE("more changed files than the limit are refused with the limit in words") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  PlannedCommit commit;
  for (int i = 0; i < 12; ++i) commit.files["d" + std::to_string(i) + "/f"] = "x";
  const Oid id = ImportHistory(path, {commit})[0];
  const auto repository = MustOpen(path);
  const Oid tree = *TreeOf(*repository, id);
  Limits limits;
  limits.push_files = 12;
  REQUIRE(Changes(*repository, Oid(), tree, limits)->size() == 12);
  limits.push_files = 11;
  const auto refused = Changes(*repository, Oid(), tree, limits);
  REQUIRE(refused.error().kind == ErrorKind::kLimit);
  REQUIRE(refused.error().message == "the change touches more than 11 files");
}

// Trees that git does not write -------------------------------------------------

struct BadTree {
  const char* name;
  std::vector<RawEntry> entries;
  const char* message;  // a part of it
};

TEST_CASE("hostile trees are written here as git writes them") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const std::string bytes = "0100644 ../x" + std::string(21, '\0');
  const std::string id = WriteObject(path, "tree", bytes);
  REQUIRE(Git1(path, {"hash-object", "--literally", "-t", "tree", "--stdin"}, bytes) == id);
  REQUIRE(Git(path, {"cat-file", "tree", id}) == bytes);
}

TEST_CASE("a new tree that readers could take differently is an error that names the path") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const std::string one = Git1(path, {"hash-object", "-w", "--stdin"}, "one");
  const std::string two = Git1(path, {"hash-object", "-w", "--stdin"}, "two");
  const std::string tree = WriteTree(path, {{"100644", "x", one}});
  const std::vector<BadTree> table = {
      {"a name twice", {{"100644", "a", one}, {"100644", "a", two}}, "holds two entries named \"a\""},
      {"the same entry twice", {{"100644", "a", one}, {"100644", "a", one}}, "holds two entries named \"a\""},
      {"a file and a directory of one name",
       {{"100644", "a", one}, {"40000", "a", tree}},
       "holds two entries named \"a\""},
      {"the same with others between",
       {{"100644", "a", one}, {"100644", "a-b", one}, {"100644", "a.b", one}, {"40000", "a", tree}},
       "holds two entries named \"a\""},
      {"out of order", {{"100644", "b", one}, {"100644", "a", one}}, "not in the order of a tree"},
      {"a directory sorted as a file",
       {{"40000", "a", tree}, {"100644", "a.b", one}},
       "not in the order of a tree"},
      {"a slash in a name", {{"100644", "a/b", one}}, "whose name is none: \"a/b\""},
      {"a dot", {{"100644", ".", one}}, "whose name is none: \".\""},
      {"two dots", {{"40000", "..", tree}}, "whose name is none: \"..\""},
      {"an escape in a name", {{"100644", "\x1b[31m/", one}}, "whose name is none: \"\\x1b[31m/\""},
  };
  for (const BadTree& bad : table) {
    INFO(bad.name);
    const std::string apps = WriteTree(path, {{"40000", "shop", WriteTree(path, bad.entries)}});
    for (const Reader& reader : Readers()) {
      const auto repository = MustOpen(path, reader.open);
      const auto changes = Changes(*repository, Oid(), MustOid(apps), {});
      REQUIRE_FALSE(changes);
      REQUIRE(changes.error().kind == ErrorKind::kFailed);
      CAPTURE(changes.error().message);
      REQUIRE(changes.error().message.find("\"shop\" (tree ") == 0);
      REQUIRE(changes.error().message.find(bad.message) != std::string::npos);
      const Result<std::vector<FileEntry>> listed =
          OpenTree(repository, MustOid(apps))->List(*RepoPath::Parse("shop"));
      REQUIRE(listed.error().message.find(bad.message) != std::string::npos);
    }
  }
}

TEST_CASE("a tree that is broken already can be repaired by a push") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const std::string one = Git1(path, {"hash-object", "-w", "--stdin"}, "one");
  const std::string two = Git1(path, {"hash-object", "-w", "--stdin"}, "two");
  const Oid broken = MustOid(WriteTree(
      path, {{"100644", "b", one}, {"100644", "a", one}, {"100644", "a", two}, {"100644", "c/d", one}}));
  const Oid whole = MustOid(WriteTree(path, {{"100644", "a", one}, {"100644", "b", one}}));
  const auto repository = MustOpen(path);
  const auto changes = Changes(*repository, broken, whole, {});
  REQUIRE(changes);
  REQUIRE(changes->size() == 1);  // "a" counts as new: nobody can say which it was
  REQUIRE(changes->at(0).path == "a");
  REQUIRE(changes->at(0).old_id.IsZero());
}

TEST_CASE("malformed trees are errors") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const std::string id(20, '\x11');
  const std::vector<std::string> bad = {"100644 a",
                                        std::string("100644 a\0", 9),
                                        std::string("100644 a\0", 9) + id.substr(1),
                                        std::string("100644 \0", 8) + id,
                                        std::string(" a\0", 3) + id,
                                        std::string("100644a\0", 8) + id,
                                        std::string("100648 a\0", 9) + id,
                                        std::string("-100644 a\0", 10) + id,
                                        std::string("7777777777777 a\0", 16) + id,
                                        "x",
                                        std::string("100644 a\0", 9) + id + "1"};
  for (const std::string& bytes : bad) {
    CAPTURE(bytes);
    const Oid tree = MustOid(WriteObject(path, "tree", bytes));
    const auto repository = MustOpen(path);
    REQUIRE_FALSE(ReadTree(*repository, tree));
    REQUIRE_FALSE(Changes(*repository, Oid(), tree, {}));
    REQUIRE_FALSE(Changes(*repository, tree, Oid(), {}));
    REQUIRE_FALSE(OpenTree(repository, tree)->List(RepoPath()));
  }
}

TEST_CASE("odd modes are told, and odd directories stand for themselves") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const std::string one = Git1(path, {"hash-object", "-w", "--stdin"}, "one");
  const std::string sub = WriteTree(path, {{"100644", "x", one}});
  const Oid tree = MustOid(WriteTree(path, {{"100664", "a", one},
                                            {"0100644", "b", one},
                                            {"40755", "c", sub},
                                            {"010000", "d", one},
                                            {"120777", "e", one},
                                            {"0160000", "f", one},
                                            {"100644", "g", one}}));
  const auto repository = MustOpen(path);
  const auto changes = Changes(*repository, Oid(), tree, {});
  REQUIRE(changes);
  std::vector<std::string> told;
  for (const FileChange& change : *changes)
    told.push_back(change.path + (change.odd_mode ? " odd " : " ") + KindLetter(change.new_kind));
  REQUIRE(told == std::vector<std::string>{"a odd f", "b odd f", "c odd ?", "c/x f", "d odd ?", "e odd l",
                                           "f odd s", "g f"});
  // The mode alone changes, the subtree does not.
  const Oid plain = MustOid(WriteTree(path, {{"40000", "c", sub}}));
  const Oid odd = MustOid(WriteTree(path, {{"40755", "c", sub}}));
  REQUIRE(Changes(*repository, plain, odd, {})->size() == 1);
  REQUIRE(Changes(*repository, plain, odd, {})->at(0).new_kind == FileKind::kOdd);
  REQUIRE(Changes(*repository, odd, plain, {})->empty());
}

TEST_CASE("deep, long and repeated trees end at their bounds") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const std::string blob = Git1(path, {"hash-object", "-w", "--stdin"}, "x");
  std::string deep = WriteTree(path, {{"100644", "x", blob}});
  std::string at_the_bound;
  for (int i = 1; i <= 257; ++i) {
    deep = WriteTree(path, {{"40000", "d", deep}});
    if (i == 256) at_the_bound = deep;
  }
  const auto repository = MustOpen(path);
  REQUIRE(Changes(*repository, Oid(), MustOid(at_the_bound), {})->size() == 1);
  const auto too_deep = Changes(*repository, Oid(), MustOid(deep), {});
  REQUIRE(too_deep.error().kind == ErrorKind::kFailed);
  REQUIRE(too_deep.error().message.find("more than 256 directories deep") != std::string::npos);

  std::string wide = WriteTree(path, {{"100644", std::string(4000, 'n'), blob}});
  REQUIRE(Changes(*repository, Oid(), MustOid(wide), {}));
  wide = WriteTree(path, {{"40000", std::string(96, 'd'), wide}});
  REQUIRE(Changes(*repository, Oid(), MustOid(wide), {}).error().kind == ErrorKind::kLimit);

  // Ten directories of ten directories … without one file: 10^9 paths.
  std::string bomb = Git1(path, {"hash-object", "-w", "-t", "tree", "--stdin"});
  for (int i = 0; i < 9; ++i) {
    std::vector<RawEntry> entries;
    for (int j = 0; j < 10; ++j) entries.push_back({"40000", std::to_string(j), bomb});
    bomb = WriteTree(path, entries);
  }
  const auto bounded = Changes(*repository, Oid(), MustOid(bomb), {});
  REQUIRE(bounded.error().kind == ErrorKind::kLimit);
  REQUIRE(bounded.error().message == "the change touches more than 100000 directories");
}

}  // namespace
}  // namespace sluice::git
