// Finding a repository, and the forms of it that we know.
#include <filesystem>

#include "git/format.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {
namespace fs = std::filesystem;

TEST_CASE("the format of a repository is read from its configuration") {
  const auto hash = [](std::string_view text) { return ParseFormat(text)->hash; };
  REQUIRE(hash("") == HashKind::kSha1);
  REQUIRE(hash("[core]\n\trepositoryformatversion = 0\n") == HashKind::kSha1);
  REQUIRE(hash("[core]\nrepositoryFormatVersion=1\n[extensions]\nobjectFormat=sha256\n") ==
          HashKind::kSha256);
  REQUIRE(hash("\xef\xbb\xbf# c\n; c\n[Core] repositoryformatversion = \"1\" ; c\n[EXTENSIONS]\nObjectFormat "
               "= \"sha\"256 # c\n") == HashKind::kSha256);
  REQUIRE(hash("[extensions]\nobjectformat = sha\\\n256\n[core]\nrepositoryformatversion = 1") ==
          HashKind::kSha256);
  REQUIRE(hash("[core]\nrepositoryformatversion=1\n[extensions]\nobjectformat=sha256\nobjectformat=sha1\n") ==
          HashKind::kSha1);
  REQUIRE(hash("[core]\nrepositoryformatversion=1\n[extensions \"x\"]\nobjectformat=sha256\n") ==
          HashKind::kSha1);
  REQUIRE(hash("[core]\nrepositoryformatversion=1\n[remote "
               "\"extensions\"]\nobjectformat=sha256\n[extensions]\nnoop\npreciousObjects = true\n") ==
          HashKind::kSha1);
  REQUIRE_FALSE(
      ParseFormat("[core]\nrepositoryformatversion=1\n[extensions]\nrefstorage=reftable\n")->files_refs);
  REQUIRE(ParseFormat("[core]\nrepositoryformatversion=1\n[extensions]\nrefstorage=files\n")->files_refs);
  REQUIRE(ParseFormat("[[[[=\n]]\n\"\n\\")->files_refs);  // not of our section: not ours to judge
}

TEST_CASE("what a repository uses and we do not know is refused by its name") {
  const auto refused = [](std::string_view text) {
    const Result<RepositoryFormat> format = ParseFormat(text);
    return format ? "" : format.error().message;
  };
  REQUIRE(refused("[core]\nrepositoryformatversion = 2\n") ==
          "the repository's format version is 2, which Sluice does not know");
  REQUIRE(refused("[core]\nrepositoryformatversion = x\n") ==
          "the repository's format version is x, which Sluice does not know");
  REQUIRE(refused("[core]\nrepositoryformatversion = 1\n[extensions]\nfuture = 1\n") ==
          "the repository uses the extension future, which Sluice does not know");
  REQUIRE(refused("[core]\nrepositoryformatversion = 1\n[extensions]\nobjectformat = sha3\n") ==
          "the repository's object format is unknown: sha3");
}

TEST_CASE("a repository is found from a directory inside it") {
  TemporaryDirectory directory;
  const std::string& root = directory.path();
  Git(root, {"init", "--quiet", "work"});
  fs::create_directories(root + "/work/a/b");
  InitBare(root, "bare.git");
  Git(root, {"init", "--quiet", "--separate-git-dir=elsewhere", "separate"});
  fs::create_directory_symlink(root + "/work/a", root + "/link");
  REQUIRE(*FindGitDir(root + "/work") == root + "/work/.git");
  REQUIRE(*FindGitDir(root + "/work/a/b") == root + "/work/.git");
  REQUIRE(*FindGitDir(root + "/work/a/b/") == root + "/work/.git");
  REQUIRE(*FindGitDir(root + "/work/a/../a") == root + "/work/.git");
  REQUIRE(*FindGitDir(root + "/link") == root + "/work/.git");
  REQUIRE(*FindGitDir(root + "/work/.git") == root + "/work/.git");
  REQUIRE(*FindGitDir(root + "/work/.git/refs") == root + "/work/.git");
  REQUIRE(*FindGitDir(root + "/bare.git") == root + "/bare.git");
  REQUIRE(*FindGitDir(root + "/separate") == root + "/elsewhere");
}

TEST_CASE("where there is no repository, that is said") {
  TemporaryDirectory directory;
  const std::string& root = directory.path();
  fs::create_directories(root + "/plain/.git");  // empty: not a repository
  WriteTextFile(root + "/file/.git", "gitdir: /nowhere\n");
  WriteTextFile(root + "/noise/.git", "nonsense");
  for (const char* none : {"/plain", "/file", "/noise", "/missing"}) {
    CAPTURE(none);
    REQUIRE(FindGitDir(root + none).error().kind == ErrorKind::kNotFound);
    for (const Reader& reader : Readers()) REQUIRE_FALSE(reader.open({.git_dir = root + none}));
  }
  REQUIRE(Open({.git_dir = root + "/missing"}).error().kind == ErrorKind::kNotFound);
  REQUIRE(Open({.git_dir = root + "/plain"}).error().kind == ErrorKind::kNotFound);
  WriteTextFile(root + "/plain/.git/config", "[core]\nrepositoryformatversion = 9\n");
  REQUIRE(Open({.git_dir = root + "/plain/.git"}).error().kind == ErrorKind::kFailed);
}

}  // namespace
}  // namespace sluice::git
