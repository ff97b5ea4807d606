// Trees with edits: git lists them, and nothing but their objects is left.
#include "git/edit_tree.h"

#include <algorithm>

#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {

struct Place {
  TemporaryDirectory directory;
  std::string path, scratch;
  Oid commit;

  explicit Place(HashKind kind = HashKind::kSha1)
      : path(InitBare(directory.path(), "r.git", kind)), scratch(*MakeScratch(path + "/objects")) {
    commit = ImportHistory(path, {{{{"a/one", "1\n"}, {"a/two", "2\n"}, {"b", "100755|3\n"}}, {}, 1}})[0];
  }
  Result<Oid> Edit(const std::vector<TreeEdit>& edits) const {
    return EditTree({.git_dir = path, .objects = path + "/objects", .scratch = scratch}, commit, edits);
  }
  // "MODE PATH" lines.
  std::string List(const Oid& tree) const {
    const GitRun run = TryGit(path, {"ls-tree", "-r", "--format=%(objectmode) %(path)", tree.Hex()}, {},
                              {"GIT_ALTERNATE_OBJECT_DIRECTORIES=" + scratch});
    return run.output + run.error_output;
  }
};

TEST_CASE("a tree has the edits, and all else as it was") {
  for (const HashKind kind : {HashKind::kSha1, HashKind::kSha256}) {
    const Place place(kind);
    const Oid two = *Oid::FromHex(Git1(place.path, {"rev-parse", place.commit.Hex() + ":a/two"}));
    const Result<Oid> tree = place.Edit(
        {{"a/one", kProgramMode, "new\n", {}}, {"c d/\"x\"", kFileMode, {}, two}, {"b", kFileMode, {}, {}}});
    INFO((tree ? "" : tree.error().message));
    REQUIRE(tree);
    CHECK(place.List(*tree) == "100755 a/one\n100644 a/two\n100644 \"c d/\\\"x\\\"\"\n");
    // Trees of the root, of a and of "c d", and one blob; no commit, no pack, no ref.
    CHECK(FilesBelow(place.scratch, "").size() == 4);
    CHECK(Git(place.path, {"for-each-ref", "refs/sluice-writes-no-ref"}).empty());
  }
}

TEST_CASE("more files than git keeps loose come as files all the same") {
  const Place place;
  std::vector<TreeEdit> edits;
  for (int i = 0; i < 300; ++i) edits.push_back({"n/" + std::to_string(i), kFileMode, std::to_string(i), {}});
  REQUIRE(place.Edit(edits));
  CHECK(FilesBelow(place.scratch, ".pack").empty());
}

TEST_CASE("what is no file, or means something else to git, is refused") {
  const Place place;
  for (const char* bad : {"", "/a", "a/../b", "a//b", "a\nM 100644 inline b", "a\r", "."}) {
    CAPTURE(bad);
    const auto edited = place.Edit({{bad, kFileMode, "x", {}}});
    REQUIRE_FALSE(edited);
    CHECK(edited.error().kind == ErrorKind::kUsage);
  }
  for (const std::uint32_t mode : {0120000u, 0160000u, 040000u, 0100664u, 0u}) {
    CAPTURE(mode);
    REQUIRE_FALSE(place.Edit({{"a/one", mode, "x", {}}}));
  }
  REQUIRE_FALSE(place.Edit({{"a/one", kFileMode, {}, *Oid::FromHex(std::string(40, 'a'))}}));
  CHECK(FilesBelow(place.scratch, "").empty());
}

}  // namespace
}  // namespace sluice::git
