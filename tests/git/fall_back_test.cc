// What our reader does not know is git's to read: an index of version 1.
#include <filesystem>
#include <thread>

#include "git/cat_file.h"
#include "git/layout.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {

std::string RepositoryWithOldIndex(const std::string& directory) {
  const std::string path = InitBare(directory, "r.git");
  ImportHistory(path, {{{{"f", "one"}, {"g", "two"}}, {}, 1}});
  Git(path, {"-c", "pack.indexVersion=1", "repack", "-adq"});
  REQUIRE(ReadTextFile(FilesBelow(path + "/objects", ".idx").at(0)).substr(0, 4) != "\377tOc");
  return path;
}

TEST_CASE("objects behind an index of version 1 are read by git cat-file") {
  TemporaryDirectory directory;
  const std::string path = RepositoryWithOldIndex(directory.path());
  const auto repository = MustOpen(path);
  const Oid f = MustOid(Git1(path, {"rev-parse", "main:f"}));
  const Oid g = MustOid(Git1(path, {"rev-parse", "main:g"}));
  REQUIRE(repository->Read(f, 3)->bytes == "one");
  REQUIRE(repository->Read(f, 2).error().kind == ErrorKind::kLimit);  // stops the child
  REQUIRE(repository->Read(g, 3)->bytes == "two");                    // another one answers
  REQUIRE(repository->Read(MustOid(std::string(40, '3')), 3).error().kind == ErrorKind::kNotFound);
  REQUIRE(repository->Read(g, 3)->bytes == "two");
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        wrong += repository->Read(i % 2 ? f : g, 3)->bytes != (i % 2 ? "one" : "two");
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(wrong == 0);
}

TEST_CASE("the fall-back that was given is asked instead, and is not believed") {
  TemporaryDirectory directory;
  const std::string path = RepositoryWithOldIndex(directory.path());
  const Oid f = MustOid(Git1(path, {"rev-parse", "main:f"}));
  std::string bytes = "one";
  int asked = 0;
  const auto repository =
      *Open({.git_dir = path, .fall_back = [&](const Oid&, std::size_t) -> Result<RawObject> {
               ++asked;
               return RawObject{ObjectType::kBlob, bytes};
             }});
  REQUIRE(repository->Read(f, 10)->bytes == "one");
  bytes = "two";
  REQUIRE(repository->Read(f, 10).error().kind == ErrorKind::kFailed);
  bytes = "one and more";
  REQUIRE(repository->Read(f, 3).error().kind == ErrorKind::kLimit);
  REQUIRE(asked == 3);
}

TEST_CASE("no child is asked where our reader knows everything") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  ImportHistory(path, {{{{"f", "one"}}, {}, 1}});
  int asked = 0;
  const auto repository =
      *Open({.git_dir = path, .fall_back = [&](const Oid&, std::size_t) -> Result<RawObject> {
               ++asked;
               return Failed("no");
             }});
  REQUIRE(repository->Read(MustOid(std::string(40, '3')), 3).error().kind == ErrorKind::kNotFound);
  REQUIRE(asked == 0);
}

TEST_CASE("git is started with nothing that was not given") {
  const auto environment = GitEnvironment("/r", "/r/objects/q", "/r/objects");
  for (const std::string& line : environment) {
    CAPTURE(line);
    REQUIRE((line.starts_with("GIT_") || line.starts_with("PATH=/usr/bin") || line == "LC_ALL=C" ||
             line == "HOME=/nonexistent"));
  }
  // The child answers for another user's repository, whatever our own variables say.
  TemporaryDirectory directory;
  const std::string path = RepositoryWithOldIndex(directory.path());
  const std::string f = Git1(path, {"rev-parse", "main:f"});
  setenv("GIT_DIR", "/nowhere", 1);
  setenv("LD_PRELOAD", "/nowhere.so", 1);
  const auto read = MustOpen(path)->Read(MustOid(f), 3);
  unsetenv("GIT_DIR");
  unsetenv("LD_PRELOAD");
  REQUIRE(read->bytes == "one");
}

}  // namespace
}  // namespace sluice::git
