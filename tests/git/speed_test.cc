// What a push of one file costs in a repository of 100,000 files, and what the
// index costs: `git_test "[.bench]"`. Prints figures and judges none; not part
// of a plain run.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "git/changes.h"
#include "git/index.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {

template <class Work>
void Measure(const char* what, int runs, const Work& work) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    times.push_back(took.count());
  }
  std::printf("%-58s first %7.3f  least %7.3f", what, times[0],
              *std::min_element(times.begin(), times.end()));
  std::nth_element(times.begin(), times.begin() + runs / 2, times.end());
  std::printf("  median %7.3f ms\n", times[static_cast<std::size_t>(runs / 2)]);
}

struct Shape {
  const char* name;
  int group, directory;  // files in each
};

TEST_CASE("a push of one file in 100,000", "[.bench]") {
  for (const Shape& shape : {Shape{"20 files a directory, 1,000 a group", 1000, 20},
                             Shape{"1,000 files a directory", 100'000, 1000}}) {
    TemporaryDirectory directory;
    const std::string path = InitBare(directory.path(), "r.git");
    const auto name_of = [&](int i) {
      return "apps/g" + std::to_string(i / shape.group) + "/d" + std::to_string(i / shape.directory) + "/f" +
             std::to_string(i) + ".yaml";
    };
    PlannedCommit before;
    for (int i = 0; i < 100'000; ++i) {
      before.files[name_of(i)] = "kind: ConfigMap\nvalue: " + std::to_string(i * 7919) + "\n";
    }
    ImportHistory(path, {before});
    Git(path, {"repack", "-adq"});
    // The change as loose objects, as a small push leaves them.
    Git(path, {"-c", "fastimport.unpackLimit=1000", "fast-import", "--quiet"},
        "commit refs/heads/next\ncommitter B <b@c> 1700000001 +0000\ndata 1\nx\nfrom refs/heads/main\nM "
        "100644 inline " +
            name_of(50'001) + "\ndata 7\nchanged\n");
    REQUIRE(FilesBelow(path, ".pack").size() == 1);
    std::printf("%s\n", shape.name);
    for (const Reader& reader : Readers()) {
      Measure(reader.name, 200, [&] {
        const auto repository = *reader.open({.git_dir = path});
        const Oid old_tree = *TreeOf(*repository, *repository->ResolveRef("HEAD"));
        const Oid new_tree = *TreeOf(*repository, *repository->ResolveRef("refs/heads/next"));
        const auto changes = Changes(*repository, old_tree, new_tree, {});
        REQUIRE(changes->size() == 1);
        REQUIRE(repository->Read(changes->front().new_id, 100)->bytes == "changed");
      });
    }
  }
}

TEST_CASE("a whole tree of 100,000 files", "[.bench]") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  PlannedCommit commit;
  for (int i = 0; i < 100'000; ++i) {
    commit.files["d" + std::to_string(i / 20) + "/f" + std::to_string(i)] =
        std::string(600, 'a') + std::to_string(i);
  }
  const Oid id = ImportHistory(path, {commit})[0];
  Git(path, {"repack", "-adq"});
  for (const Reader& reader : Readers()) {
    const auto repository = MustOpen(path, reader.open);
    Limits limits;
    limits.push_files = 1'000'000;
    Measure(reader.name, 3, [&] {
      const auto changes = Changes(*repository, Oid(), *TreeOf(*repository, id), limits);
      for (const FileChange& change : *changes) REQUIRE(repository->Read(change.new_id, 1000));
    });
  }
}

TEST_CASE("an index of 100,000 records", "[.bench]") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/index";
  std::vector<IndexRecord> records;
  for (int i = 0; i < 100'000; ++i) {
    records.push_back({1, "apps/Deployment/shop/web-" + std::to_string(i),
                       "apps/d" + std::to_string(i / 20) + ".yaml", ""});
  }
  Measure("write", 3, [&] { REQUIRE(WriteIndex(path, "e", Oid(), records)); });
  Measure("open and find ten", 200, [&] {
    const auto index = *OpenIndex(path, "e");
    int found = 0;
    for (int i = 0; i < 10; ++i) {
      index->Find(1, records[static_cast<std::size_t>(i * 9973)].key,
                  [&](const IndexRecordView&) { ++found; });
    }
    REQUIRE(found == 10);
  });
}

}  // namespace
}  // namespace sluice::git
