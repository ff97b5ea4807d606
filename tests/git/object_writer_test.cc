// What is written is what git reads, and the same words give the same id as
// git's own commands give.
#include "git/object_writer.h"

#include <filesystem>

#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {
namespace fs = std::filesystem;

constexpr HashKind kKinds[] = {HashKind::kSha1, HashKind::kSha256};

NewCommit Commit(std::vector<NewFile> files, std::optional<Oid> parent = {}) {
  return {.parent = parent,
          .files = std::move(files),
          .who = "Sluice <sluice>",
          .seconds = 1'790'000'000,
          .message = "record 1 of production\n"};
}

std::string Listed(const std::string& path, const Oid& commit) {
  return Git(path, {"ls-tree", "-r", "--format=%(objectmode) %(path)", commit.Hex()});
}

TEST_CASE("a commit has the bytes that were asked for, and git finds nothing wrong with it") {
  for (const HashKind kind : kKinds) {
    TemporaryDirectory directory;
    const std::string path = InitBare(directory.path(), "r.git", kind);
    const auto first =
        WriteCommit(path, Commit({{"envelope.json", "{}\n"}, {"objects/core/A/_cluster/x", ""}}));
    REQUIRE(first);
    REQUIRE(Git(path, {"cat-file", "commit", first->Hex()}) ==
            "tree " + Git1(path, {"rev-parse", first->Hex() + "^{tree}"}) +
                "\nauthor Sluice <sluice> 1790000000 +0000\ncommitter Sluice <sluice> 1790000000 +0000\n\n"
                "record 1 of production\n");
    REQUIRE(Git(path, {"cat-file", "blob", first->Hex() + ":envelope.json"}) == "{}\n");

    NewCommit next = Commit({{"objects/core/A/_cluster/y", std::string("a\0\n\"b", 5)}}, *first);
    next.removed = {"objects/core/A/_cluster/x", "approvals"};
    next.trees = {{"policy", *Oid::FromHex(Git1(path, {"rev-parse", first->Hex() + ":objects"}))}};
    const auto second = WriteCommit(path, next);
    REQUIRE(second);
    REQUIRE(Listed(path, *second) ==
            "100644 envelope.json\n100644 objects/core/A/_cluster/y\n100644 policy/core/A/_cluster/x\n");
    REQUIRE(Git1(path, {"rev-parse", second->Hex() + "^"}) == first->Hex());
    REQUIRE(Git(path, {"cat-file", "blob", second->Hex() + ":objects/core/A/_cluster/y"}).size() == 5);
    REQUIRE(WriteCommit(path, next)->Hex() == second->Hex());

    Git(path, {"fsck", "--strict", "--no-dangling"});
    REQUIRE(Git(path, {"for-each-ref"}).empty());
  }
}

TEST_CASE("more files than git keeps loose come as a pack, and nothing else is left") {
  for (const HashKind kind : kKinds) {
    TemporaryDirectory directory;
    const std::string path = InitBare(directory.path(), "r.git", kind);
    std::vector<NewFile> files;
    for (int i = 0; i < 400; ++i) files.push_back({"objects/" + std::to_string(i), std::to_string(i)});
    const auto commit = WriteCommit(path, Commit(files));
    REQUIRE(commit);
    REQUIRE(FilesBelow(path, ".pack").size() == 1);
    REQUIRE(Lines(Listed(path, *commit)).size() == 400);
    REQUIRE(Git(path, {"for-each-ref"}).empty());
    Git(path, {"fsck", "--strict", "--no-dangling"});
  }
}

TEST_CASE("a blob is its bytes, whatever attributes say") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  WriteTextFile(path + "/info/attributes", "* text eol=crlf\n");
  const auto blob = WriteBlob(path, "a\r\nb\n");
  REQUIRE(blob);
  REQUIRE(Git(path, {"cat-file", "blob", blob->Hex()}) == "a\r\nb\n");
}

TEST_CASE("what would say something else to git is refused before git is asked") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  for (const char* bad : {"", "/a", "a/../b", "a//b", "a b", "\"a\"", "a\nM 100644 inline b", "a\r"}) {
    CAPTURE(bad);
    REQUIRE(WriteCommit(path, Commit({{bad, "x"}})).error().kind == ErrorKind::kUsage);
    NewCommit removing = Commit({});
    removing.removed = {bad};
    REQUIRE(WriteCommit(path, removing).error().kind == ErrorKind::kUsage);
  }
  for (const char* who : {"", "Sluice", "Sluice <sluice", "Sluice <a>\ncommitter X <x>", "A <b> <c>"}) {
    CAPTURE(who);
    NewCommit commit = Commit({});
    commit.who = who;
    REQUIRE(WriteCommit(path, commit).error().kind == ErrorKind::kUsage);
  }
  NewCommit orphan = Commit({}, *Oid::FromHex(std::string(40, 'a')));
  REQUIRE(WriteCommit(path, orphan).error().kind == ErrorKind::kFailed);
  REQUIRE_FALSE(WriteCommit(directory.path() + "/gone.git", Commit({})));
  REQUIRE(FilesBelow(path + "/objects", "").empty());
}

TEST_CASE("nothing is written while a push lies in quarantine") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  setenv("GIT_QUARANTINE_PATH", (path + "/objects/incoming").c_str(), 1);
  const auto commit = WriteCommit(path, Commit({{"a", "b"}}));
  unsetenv("GIT_QUARANTINE_PATH");
  REQUIRE(commit.error().kind == ErrorKind::kUsage);
  REQUIRE(FilesBelow(path + "/objects", "").empty());
}

}  // namespace
}  // namespace sluice::git
