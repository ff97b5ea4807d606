// Refs: loose, packed, symbolic, in linked work trees, and kept in a way that
// only git reads.
#include "git/refs.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "git/file.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {
namespace fs = std::filesystem;

TEST_CASE("names of refs that lead elsewhere are refused before a file is touched") {
  for (const char* good : {"HEAD", "FETCH_HEAD", "refs/heads/main", "refs/heads/a.b", "refs/heads/größe",
                           "refs/heads/a@b", "refs/sluice/ledger/prod", "refs/heads/-"}) {
    CAPTURE(good);
    REQUIRE(IsRefName(good));
  }
  for (const std::string& bad : {std::string(),
                                 std::string("config"),
                                 std::string("objects/ab"),
                                 std::string("refs/../config"),
                                 std::string("refs/heads/../../config"),
                                 std::string("/etc/passwd"),
                                 std::string("refs//a"),
                                 std::string("refs/heads/"),
                                 std::string("refs/heads/.a"),
                                 std::string("refs/heads/a."),
                                 std::string("refs/heads/a..b"),
                                 std::string("refs/heads/a.lock"),
                                 std::string("refs/a.lock/b"),
                                 std::string("refs/heads/a b"),
                                 std::string("refs/heads/a\nb"),
                                 std::string("refs/heads/a~1"),
                                 std::string("refs/heads/a^"),
                                 std::string("refs/heads/a:b"),
                                 std::string("refs/heads/a?"),
                                 std::string("refs/heads/a*"),
                                 std::string("refs/heads/[a"),
                                 std::string("refs/heads/a\\b"),
                                 std::string("refs/heads/a@{1}"),
                                 std::string("refs/heads/\x7f"),
                                 std::string("refs/heads/a\0b", 14),
                                 std::string("HEAD/.."),
                                 std::string("head"),
                                 "refs/heads/" + std::string(2000, 'a')}) {
    CAPTURE(bad);
    REQUIRE_FALSE(IsRefName(bad));
  }
  TemporaryDirectory directory;
  const auto repository = MustOpen(InitBare(directory.path(), "r.git"));
  REQUIRE(repository->ResolveRef("refs/../HEAD").error().kind == ErrorKind::kUsage);
}

TEST_CASE("refs resolve as git resolves them") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const auto ids = ImportHistory(path, {{{{"f", "1"}}, {}, 1}, {{{"f", "2"}}, {0}, 2}});
  Git(path, {"pack-refs", "--all"});
  Git(path, {"update-ref", "refs/heads/main", ids[0].Hex()});  // loose, over the packed one
  Git(path, {"symbolic-ref", "refs/heads/alias", "refs/heads/main"});
  Git(path, {"update-ref", "refs/heads/deep/er", ids[1].Hex()});
  Git(path, {"tag", "-a", "-m", "x", "v1", ids[1].Hex()});
  for (const Reader& reader : Readers()) {
    INFO(reader.name);
    const auto repository = MustOpen(path, reader.open);
    for (const std::string& name : Lines(Git(path, {"for-each-ref", "--format=%(refname)"}))) {
      CAPTURE(name);
      REQUIRE(repository->ResolveRef(name)->Hex() == Git1(path, {"rev-parse", name}));
    }
    REQUIRE(repository->ResolveRef("HEAD")->Hex() == ids[0].Hex());
    REQUIRE(*repository->HeadRef() == "refs/heads/main");
    for (const char* name : {"HEAD", "refs/heads/alias", "refs/heads/main"}) {
      REQUIRE(*repository->TargetRef(name) == "refs/heads/main");
    }
    REQUIRE(*repository->TargetRef("refs/heads/none") == "refs/heads/none");
    for (const char* none : {"refs/heads/none", "refs/heads", "refs/heads/deep", "refs/heads/main/x",
                             "refs/commits/9", "ORIG_HEAD"}) {
      CAPTURE(none);
      REQUIRE_FALSE(repository->ResolveRef(none));
    }
    REQUIRE(repository->ResolveRef("refs/heads/none").error().kind == ErrorKind::kNotFound);
  }
}

TEST_CASE("the refs of a directory are those that git lists, one level deep") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const auto ids = ImportHistory(path, {{{{"f", "1"}}, {}, 1}, {{{"f", "2"}}, {0}, 2}});
  std::string updates;
  for (int i = 1000; i < 1300; ++i)
    for (const char* below : {"refs/a/", "refs/a/x/", "refs/a-b/", "refs/b/", "refs/a/x/deep/"})
      updates += "create " + (below + std::to_string(i)) + " " + ids[0].Hex() + "\n";
  Git(path, {"update-ref", "--stdin"}, updates);
  Git(path, {"pack-refs", "--all"});
  Git(path, {"update-ref", "refs/a/x/1000", ids[1].Hex()});  // loose, over the packed one
  Git(path, {"update-ref", "refs/a/x/loose", ids[1].Hex()});
  Git(path, {"symbolic-ref", "refs/a/x/symbolic", "refs/a/x/loose"});
  for (const Reader& reader : Readers()) {
    INFO(reader.name);
    const auto repository = MustOpen(path, reader.open);
    for (const char* below : {"refs/a/", "refs/a/x/", "refs/a/x/deep/", "refs/b/"}) {
      CAPTURE(below);
      const auto refs = repository->ListRefs(below, 301);
      REQUIRE(refs);
      REQUIRE(refs->size() == (below == std::string("refs/a/x/") ? 301 : 300));
      for (const ListedRef& ref : *refs) REQUIRE(ref.id.Hex() == Git1(path, {"rev-parse", ref.name}));
    }
    REQUIRE(repository->ListRefs("refs/none/", 1)->empty());
    REQUIRE(repository->ListRefs("refs/a/x/1000/", 1)->empty());
    REQUIRE(repository->ListRefs("refs/a/x/", 300).error().kind == ErrorKind::kLimit);
    for (const char* none : {"refs/a", "", "/", "refs/../", "refs//", "objects/"})
      REQUIRE(repository->ListRefs(none, 1).error().kind == ErrorKind::kUsage);
  }
}

TEST_CASE("HEAD may be unborn, detached, a link, a loop, or nonsense") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const auto repository = MustOpen(path);
  REQUIRE(*repository->HeadRef() == "refs/heads/main");
  REQUIRE(repository->ResolveRef("HEAD").error().kind == ErrorKind::kNotFound);
  const Oid id = ImportHistory(path, {{{{"f", "1"}}, {}, 1}})[0];
  REQUIRE(repository->ResolveRef("HEAD")->Hex() == id.Hex());
  Git(path, {"update-ref", "--no-deref", "HEAD", id.Hex()});
  REQUIRE(repository->HeadRef().error().kind == ErrorKind::kNotFound);
  REQUIRE(repository->ResolveRef("HEAD")->Hex() == id.Hex());
  fs::remove(path + "/HEAD");
  fs::create_symlink("refs/heads/main", path + "/HEAD");
  REQUIRE(repository->ResolveRef("HEAD")->Hex() == id.Hex());
  for (const std::string& bad :
       {std::string("ref: refs/heads/../../config"), std::string("ref: HEAD2/x"), std::string("ref: "),
        std::string("garbage"), id.Hex().substr(1), id.Hex() + "0", std::string(20000, 'a'), std::string()}) {
    WriteTextFile(path + "/HEAD", bad);
    CAPTURE(bad);
    REQUIRE_FALSE(repository->ResolveRef("HEAD"));
  }
  for (const int hops : {5, 6}) {
    WriteTextFile(path + "/HEAD", "ref: refs/heads/hop1\n");
    for (int i = 1; i < hops; ++i) {
      WriteTextFile(path + "/refs/heads/hop" + std::to_string(i),
                    "ref: refs/heads/hop" + std::to_string(i + 1) + "\n");
    }
    WriteTextFile(path + "/refs/heads/hop" + std::to_string(hops), id.Hex() + "\n");
    CAPTURE(hops);
    REQUIRE(static_cast<bool>(repository->ResolveRef("HEAD")) == (hops == 5));
  }
  WriteTextFile(path + "/HEAD", "ref: refs/heads/a\n");
  WriteTextFile(path + "/refs/heads/a", "ref: refs/heads/b\n");
  WriteTextFile(path + "/refs/heads/b", "ref: refs/heads/a\n");
  const Result<Oid> loop = repository->ResolveRef("HEAD");
  REQUIRE(loop.error().kind == ErrorKind::kLimit);
  REQUIRE(loop.error().message == "symbolic refs lie more than 5 deep at HEAD");
}

// The file is written as git does; the names around every border are asked for.
TEST_CASE("each of 10,000 packed refs is found, and nothing between them") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/packed-refs";
  std::string text = "# pack-refs with: peeled fully-peeled sorted \n";
  const auto id_of = [](int i) { return std::string(32, 'a') + std::to_string(10'000'000 + i); };
  const auto name_of = [](int i) {
    return "refs/heads/topic/" + std::to_string(100'000 + i) +
           std::string(static_cast<std::size_t>(i * 37 % 90), 'x');
  };
  for (int i = 0; i < 10'000; ++i) {
    text += id_of(i) + " " + name_of(i) + "\n";
    if (i % 3 == 0) text += "^" + std::string(40, 'b') + "\n";
  }
  for (const bool sorted : {true, false}) {
    WriteTextFile(path, sorted ? text : text.substr(text.find('\n') + 1));
    const File file = OpenAt(-100, path);
    for (int i = 0; i < 10'000; i += sorted ? 1 : 997) {
      const Result<Oid> found = FindPackedRef(file.fd(), name_of(i), HashKind::kSha1);
      CAPTURE(i);
      REQUIRE(found);
      REQUIRE(found->Hex() == id_of(i));
      if (i % 100 == 0)
        REQUIRE(FindPackedRef(file.fd(), name_of(i) + "y", HashKind::kSha1).error().kind ==
                ErrorKind::kNotFound);
    }
    for (const char* none : {"refs/heads/a", "refs/heads/topic/", "refs/zzz", "refs/"}) {
      REQUIRE(FindPackedRef(file.fd(), none, HashKind::kSha1).error().kind == ErrorKind::kNotFound);
    }
  }
}

TEST_CASE("a packed-refs file that is cut off or full of noise is an error or not found") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/packed-refs";
  const std::string header = "# pack-refs with: peeled fully-peeled sorted \n";
  const std::string line = std::string(40, 'a') + " refs/heads/main\n";
  std::mt19937 random(7);
  std::vector<std::string> texts = {"",
                                    header,
                                    header + line.substr(0, 30),
                                    header + std::string(100'000, 'x'),
                                    header + std::string(100'000, '\n'),
                                    header + std::string(39, 'a') + " refs/heads/main\n",
                                    header + std::string(64, 'a') + " refs/heads/main\n"};
  for (int i = 0; i < 200; ++i) {
    std::string noise = header;
    for (int j = 0; j < 300; ++j) noise += line;
    for (int j = 0; j < 2000; ++j) noise[random() % noise.size()] = static_cast<char>(random() % 256);
    texts.push_back(noise);
  }
  for (const std::string& text : texts) {
    WriteTextFile(path, text);
    const File file = OpenAt(-100, path);
    const Result<Oid> found = FindPackedRef(file.fd(), "refs/heads/main", HashKind::kSha1);
    if (text.size() < 200'000 && texts.size() - 200 > 0 && found)
      REQUIRE(text.find(found->Hex()) != std::string::npos);
    REQUIRE_FALSE(FindPackedRef(file.fd(), "refs/heads/none", HashKind::kSha1));
  }
  for (std::size_t i = 0; i < 7; ++i) {
    WriteTextFile(path, texts[i]);
    REQUIRE_FALSE(FindPackedRef(OpenAt(-100, path).fd(), "refs/heads/main", HashKind::kSha1));
  }
}

TEST_CASE("a linked work tree has its own HEAD and the common refs and objects") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/main";
  Git(directory.path(), {"init", "--quiet", "--initial-branch=main", "main"});
  const Oid id = ImportHistory(path, {{{{"f", "1"}}, {}, 1}})[0];
  Git(path, {"worktree", "add", "--quiet", "-b", "topic", "../linked"});
  const Result<std::string> found = FindGitDir(directory.path() + "/linked");
  REQUIRE(found);
  REQUIRE(*found == path + "/.git/worktrees/linked");
  for (const Reader& reader : Readers()) {
    INFO(reader.name);
    const auto repository = MustOpen(*found, reader.open);
    REQUIRE(*repository->HeadRef() == "refs/heads/topic");
    REQUIRE(repository->ResolveRef("refs/heads/main")->Hex() == id.Hex());
    REQUIRE(ReadCommit(*repository, id));
    REQUIRE(fs::canonical(repository->common_dir()) == path + "/.git");
  }
}

// This git may be too old to make such a repository: it is written by hand, and
// a git that is too old to read it says so.
TEST_CASE("refs that are not files are git's to read, and a git that cannot is an error in words") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  ImportHistory(path, {{{{"f", "1"}}, {}, 1}});
  const bool known =
      TryGit(directory.path(), {"init", "--quiet", "--bare", "--ref-format=reftable", "real.git"})
          .exit_code == 0;
  if (known) {
    const std::string real = directory.path() + "/real.git";
    const Oid id = ImportHistory(real, {{{{"f", "1"}}, {}, 1}})[0];
    Git(real, {"symbolic-ref", "HEAD", "refs/heads/main"});
    REQUIRE(MustOpen(real)->ResolveRef("refs/heads/main")->Hex() == id.Hex());
    REQUIRE(MustOpen(real)->ResolveRef("refs/heads/none").error().kind == ErrorKind::kNotFound);
    REQUIRE(*MustOpen(real)->HeadRef() == "refs/heads/main");
    return;
  }
  const std::string blob = Git1(path, {"hash-object", "-w", "--stdin"}, "still read");
  Git(path, {"config", "core.repositoryFormatVersion", "1"});
  Git(path, {"config", "extensions.refStorage", "reftable"});
  const auto repository = MustOpen(path);
  REQUIRE(repository->Read(MustOid(blob), 100)->bytes == "still read");
  const Result<Oid> main = repository->ResolveRef("refs/heads/main");
  REQUIRE(main.error().kind == ErrorKind::kFailed);
  REQUIRE(main.error().message ==
          "git rev-parse cannot read the repository's refs (refs are kept as reftable)");
  const auto given =
      Open({.git_dir = path,
            .fall_back_ref = [&](std::string_view) -> Result<Oid> { return MustOid(blob); },
            .fall_back_head = []() -> Result<std::string> { return std::string("refs/heads/x"); }});
  REQUIRE((*given)->ResolveRef("refs/heads/main")->Hex() == blob);
  REQUIRE(*(*given)->HeadRef() == "refs/heads/x");
  for (const Reader& reader : Readers()) {
    if (reader.open == Open) continue;
    REQUIRE(reader.open({.git_dir = path}).error().message ==
            "the repository keeps its refs as reftable, which this libgit2 does not read");
  }
}

}  // namespace
}  // namespace sluice::git
