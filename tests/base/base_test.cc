// The words of base/: ids, paths, trees in memory and on disk.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/file_tree.h"
#include "base/finding.h"
#include "base/oid.h"
#include "base/repo_path.h"
#include "tests/catch.h"

namespace sluice {
namespace {

TEST_CASE("an object id has 40 or 64 hexadecimal digits and nothing else") {
  const std::string sha1 = "0123456789abcdef0123456789abcdef01234567";
  const std::string sha256 = sha1 + "0123456789abcdef01234567";
  REQUIRE(Oid::FromHex(sha1)->Hex() == sha1);
  REQUIRE(Oid::FromHex(sha256)->Hex() == sha256);
  REQUIRE(Oid::FromHex(sha256)->kind() == HashKind::kSha256);
  REQUIRE(Oid::FromHex("0123456789ABCDEF0123456789ABCDEF01234567")->Hex() == sha1);
  for (const std::string& bad : {std::string(), sha1.substr(1), sha1 + "0", sha256 + "0",
                                 std::string(40, 'g'), " " + sha1.substr(1), sha1.substr(1) + "\n"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(Oid::FromHex(bad));
  }
}

TEST_CASE("the zero id is zero in both hashes") {
  REQUIRE(Oid().IsZero());
  REQUIRE(Oid::FromHex(std::string(64, '0'))->IsZero());
  REQUIRE_FALSE(Oid::FromHex(std::string(39, '0') + "1")->IsZero());
}

TEST_CASE("a repository path holds its invariants") {
  for (const char* good : {"", "a", "a/b", "a/.b", "...", ".git/x", "a b/\xc3\xa9", "a/\x01"}) {
    CAPTURE(good);
    REQUIRE(RepoPath::Parse(good)->text() == good);
  }
  for (const std::string& bad : {std::string("/"), std::string("/a"), std::string("a/"), std::string("a//b"),
                                 std::string("."), std::string(".."), std::string("a/../b"),
                                 std::string("a/."), std::string("a\0b", 3), std::string(5000, 'a')}) {
    CAPTURE(bad);
    REQUIRE_FALSE(RepoPath::Parse(bad));
  }
}

TEST_CASE("a relative path resolves inside the repository or not at all") {
  const RepoPath base = *RepoPath::Parse("apps/shop");
  REQUIRE(base.Resolve("../base")->text() == "apps/base");
  REQUIRE(base.Resolve("./x//y/")->text() == "apps/shop/x/y");
  REQUIRE(base.Resolve("../..")->IsRoot());
  REQUIRE_FALSE(base.Resolve("../../.."));
  REQUIRE_FALSE(base.Resolve("/etc/passwd"));
}

TEST_CASE("inside means by whole parts") {
  REQUIRE(RepoPath::Parse("a/b")->IsInside(*RepoPath::Parse("a")));
  REQUIRE(RepoPath::Parse("a")->IsInside(*RepoPath::Parse("a")));
  REQUIRE(RepoPath::Parse("a")->IsInside(RepoPath()));
  REQUIRE_FALSE(RepoPath::Parse("ab")->IsInside(*RepoPath::Parse("a")));
}

TEST_CASE("a tree in memory lists directories once and refuses what is not there") {
  const MemoryTree tree({{"a/x.yaml", "1"}, {"a/y/z.yaml", "22"}, {"b.yaml", "3"}});
  REQUIRE(tree.List(RepoPath())->size() == 2);
  REQUIRE(tree.List(*RepoPath::Parse("a"))->at(1).kind == FileKind::kDirectory);
  REQUIRE(*tree.Read(*RepoPath::Parse("a/y/z.yaml"), 2) == "22");
  REQUIRE(tree.Read(*RepoPath::Parse("a/y/z.yaml"), 1).error().kind == ErrorKind::kLimit);
  REQUIRE(tree.Read(*RepoPath::Parse("a"), 9).error().kind == ErrorKind::kNotFound);
  REQUIRE(tree.List(*RepoPath::Parse("c")).error().kind == ErrorKind::kNotFound);
}

// Every call of openat2 fails from here on, as under old filters of containers.
void ForbidOpenat2() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{std::size(filter), filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    _exit(2);
}

// "ok", or what a tree with links gave that it should not.
std::string FollowsNoLink(const std::string& root) {
  const DirectoryTree tree(root);
  if (*tree.Read(*RepoPath::Parse("in/side/a.yaml"), 10) != "x") return "a file cannot be read";
  if (tree.List(*RepoPath::Parse("in/side"))->size() != 1) return "a directory cannot be listed";
  for (const char* path :
       {"link/a.yaml", "in/link/a.yaml", "in/up/in/side/a.yaml", "absolute/a.yaml", "in/missing/a"})
    if (tree.Read(*RepoPath::Parse(path), 10)) return std::string(path) + " was read";
  for (const char* path : {"link", "in/link", "in/up/in", "absolute", "in/side/a.yaml"})
    if (tree.List(*RepoPath::Parse(path))) return std::string(path) + " was listed";
  return "ok";
}

TEST_CASE("a link is no way to a file or a directory, with openat2 and without") {
  const std::filesystem::path root =
      std::filesystem::temp_directory_path() / ("sluice-links-" + std::to_string(getpid()));
  std::filesystem::create_directories(root / "in/side");
  std::ofstream(root / "in/side/a.yaml") << "x";
  std::filesystem::create_directory_symlink("in/side", root / "link");
  std::filesystem::create_directory_symlink("side", root / "in/link");
  std::filesystem::create_directory_symlink("..", root / "in/up");
  std::filesystem::create_directory_symlink(root / "in/side", root / "absolute");
  CHECK(FollowsNoLink(root.string()) == "ok");
  const pid_t child = fork();
  if (child == 0) {
    ForbidOpenat2();
    _exit(FollowsNoLink(root.string()) == "ok" ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  std::filesystem::remove_all(root);
}

TEST_CASE("a directory on disk follows no link and shows no .git") {
  const std::filesystem::path root =
      std::filesystem::temp_directory_path() / ("sluice-base-" + std::to_string(getpid()));
  std::filesystem::create_directories(root / ".git");
  std::ofstream(root / "a.yaml") << "x";
  std::filesystem::create_symlink("/etc/passwd", root / "link.yaml");
  const DirectoryTree tree(root.string());
  const auto entries = *tree.List(RepoPath());
  REQUIRE(entries.size() == 2);
  REQUIRE(entries[1].kind == FileKind::kSymlink);
  REQUIRE(*tree.Read(*RepoPath::Parse("a.yaml"), 10) == "x");
  REQUIRE(tree.Read(*RepoPath::Parse("link.yaml"), 1 << 20).error().kind == ErrorKind::kNotFound);
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace sluice
