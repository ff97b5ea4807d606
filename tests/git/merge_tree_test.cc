// Merges without a work tree: git's own merge is the judge, and nothing is left.
#include "git/merge_tree.h"

#include <filesystem>

#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {

struct Place {
  TemporaryDirectory directory;
  std::string path;
  std::vector<Oid> ids;

  explicit Place(HashKind kind = HashKind::kSha1) : path(InitBare(directory.path(), "r.git", kind)) {
    ids = ImportHistory(path, {{{{"a", "1\n"}, {"b", "1\n"}}, {}, 1},
                               {{{"a", "2\n"}, {"b", "1\n"}}, {0}, 2},
                               {{{"a", "1\n"}, {"b", "2\n"}}, {0}, 3},
                               {{{"a", "3\n"}, {"b", "1\n"}}, {0}, 4},
                               {{{"a", "2\n"}, {"b", "2\n"}}, {1, 2}, 5},
                               {{{"c", "1\n"}}, {}, 6}});
  }
  Result<MergedTree> Merge(const Oid& ours, const Oid& theirs) const {
    const Result<std::string> scratch = MakeScratch(path + "/objects");
    REQUIRE(scratch);
    Result<MergedTree> merged =
        MergeTree({.git_dir = path, .objects = path + "/objects", .scratch = *scratch}, ours, theirs);
    RemoveScratch(*scratch);
    return merged;
  }
};

TEST_CASE("two commits are merged as git merges them") {
  for (const HashKind kind : {HashKind::kSha1, HashKind::kSha256}) {
    const Place place(kind);
    const Result<MergedTree> merged = place.Merge(place.ids[1], place.ids[2]);
    INFO((merged ? "" : merged.error().message));
    REQUIRE(merged);
    CHECK(merged->tree.Hex() == Git1(place.path, {"rev-parse", place.ids[4].Hex() + "^{tree}"}));
    CHECK(merged->conflicts.empty());
  }
}

TEST_CASE("a conflict names its paths and has no tree") {
  const Place place;
  const Result<MergedTree> merged = place.Merge(place.ids[1], place.ids[3]);
  REQUIRE(merged);
  CHECK(merged->tree.IsZero());
  CHECK(merged->conflicts == std::vector<std::string>{"a"});
}

TEST_CASE("what cannot be merged is an error") {
  const Place place;
  CHECK_FALSE(place.Merge(place.ids[1], MustOid(std::string(40, '1'))));
  CHECK_FALSE(place.Merge(place.ids[1], place.ids[5]));  // no common commit
}

TEST_CASE("nothing of a merge stays, and settings of the repository do not change it") {
  const Place place;
  Git(place.path, {"config", "merge.renames", "false"});
  Git(place.path, {"config", "merge.renormalize", "true"});
  const auto files = FilesBelow(place.path + "/objects", "");
  REQUIRE(place.Merge(place.ids[1], place.ids[2]));
  CHECK(FilesBelow(place.path + "/objects", "") == files);
  for (const auto& entry : std::filesystem::directory_iterator(place.path + "/objects"))
    CHECK_FALSE(entry.path().filename().string().starts_with("tmp_objdir"));
  CHECK_FALSE(MakeScratch(place.path + "/nowhere"));
}

}  // namespace
}  // namespace sluice::git
