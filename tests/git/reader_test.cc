// What the readers hand out, object by object, against `git cat-file`: loose,
// packed, many packs, alternates, both hashes. One table of repositories, both
// readers on each.
#include <filesystem>
#include <thread>

#include "git/hash.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {
namespace fs = std::filesystem;

std::vector<PlannedCommit> SmallHistory(unsigned seed, std::size_t commits) {
  std::mt19937 random(seed);
  std::vector<PlannedCommit> history;
  Files files = RandomFiles(random, 30);
  for (std::size_t i = 0; i < commits; ++i) {
    MutateFiles(random, &files);
    history.push_back({files, {}, 1'700'000'000 + static_cast<std::int64_t>(i)});
    if (i > 0) history.back().parents = {i - 1};
  }
  return history;
}

// A large file that grows a little each time: long chains of deltas.
std::vector<PlannedCommit> GrowingFile(std::size_t commits) {
  std::vector<PlannedCommit> history;
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "key" + std::to_string(i * 7919 % 10007) + ": value\n";
  for (std::size_t i = 0; i < commits; ++i) {
    text.insert(text.size() / 2, "# change " + std::to_string(i) + "\n");
    history.push_back({{{"values.yaml", text}}, {}, 1'700'000'000 + static_cast<std::int64_t>(i)});
    if (i > 0) history.back().parents = {i - 1};
  }
  return history;
}

void Unpack(const std::string& repository) {
  for (const std::string& pack : FilesBelow(repository + "/objects", ".pack")) {
    const std::string bytes = ReadTextFile(pack);
    fs::remove(pack);
    fs::remove(pack.substr(0, pack.size() - 5) + ".idx");
    Git(repository, {"unpack-objects", "-q"}, bytes);
  }
}

// Three packs and loose objects.
void ManyPacks(const std::string& repository) {
  for (unsigned seed = 10; seed < 13; ++seed) ImportHistory(repository, SmallHistory(seed, 6));
  for (int i = 0; i < 20; ++i)
    Git(repository, {"hash-object", "-w", "--stdin"}, "loose " + std::to_string(i));
}

struct Kind {
  const char* name;
  HashKind hash;
  void (*make)(const std::string& repository);
};

const std::vector<Kind>& Kinds() {
  static const std::vector<Kind> kinds = {
      {"packed", HashKind::kSha1, [](const std::string& r) { ImportHistory(r, SmallHistory(1, 20)); }},
      {"loose", HashKind::kSha1,
       [](const std::string& r) {
         ImportHistory(r, SmallHistory(2, 10));
         Unpack(r);
       }},
      {"repacked with deltas", HashKind::kSha1,
       [](const std::string& r) {
         ImportHistory(r, GrowingFile(60));
         Git(r, {"repack", "-adfq", "--depth=50", "--window=50"});
       }},
      {"REF_DELTA", HashKind::kSha1,
       [](const std::string& r) {
         ImportHistory(r, GrowingFile(30));
         Git(r, {"-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=50", "--window=50"});
       }},
      {"many packs", HashKind::kSha1, ManyPacks},
      {"multi-pack-index", HashKind::kSha1,
       [](const std::string& r) {
         ManyPacks(r);
         Git(r, {"multi-pack-index", "write"});
         ImportHistory(r, SmallHistory(20, 3));  // a pack that it does not name
       }},
      {"annotated tags, merges and an empty blob", HashKind::kSha1,
       [](const std::string& r) {
         ImportHistory(r,
                       {{{{"a", ""}}, {}, 1}, {{{"b", "x"}}, {}, 2}, {{{"a", ""}, {"b", "x"}}, {0, 1}, 3}});
         Git(r, {"tag", "-a", "-m", "one", "v1", "main"});
         Git(r, {"tag", "-a", "-m", "two", "v2", "v1"});
       }},
      {"packed, SHA-256", HashKind::kSha256,
       [](const std::string& r) { ImportHistory(r, SmallHistory(3, 20)); }},
      {"loose, SHA-256", HashKind::kSha256,
       [](const std::string& r) {
         ImportHistory(r, SmallHistory(4, 10));
         Unpack(r);
       }},
      {"deltas, SHA-256", HashKind::kSha256,
       [](const std::string& r) {
         ImportHistory(r, GrowingFile(40));
         Git(r, {"repack", "-adfq"});
       }},
      {"multi-pack-index, SHA-256", HashKind::kSha256,
       [](const std::string& r) {
         ManyPacks(r);
         Git(r, {"multi-pack-index", "write"});
       }},
  };
  return kinds;
}

// Every object of a repository as git reads it.
std::map<std::string, RawObject> AllObjects(const std::string& repository) {
  const std::string all = Git(repository, {"cat-file", "--batch", "--batch-all-objects", "--unordered"});
  std::map<std::string, RawObject> objects;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = all.find('\n', at);
    std::istringstream header(all.substr(at, end - at));
    std::string id, type;
    std::size_t size = 0;
    header >> id >> type >> size;
    objects[id] = {*TypeByName(type), all.substr(end + 1, size)};
    at = end + 1 + size + 1;
  }
  return objects;
}

void RequireSameObjects(const Repository& repository, const std::map<std::string, RawObject>& objects) {
  for (const auto& [id, expected] : objects) {
    CAPTURE(id);
    const Result<RawObject> read = repository.Read(MustOid(id), 1 << 30);
    INFO((read ? "" : read.error().message));
    REQUIRE(read);
    REQUIRE(read->type == expected.type);
    REQUIRE((read->bytes == expected.bytes));
  }
}

TEST_CASE("both readers hand out every object as git does") {
  for (const Kind& kind : Kinds()) {
    TemporaryDirectory directory;
    const std::string path = InitBare(directory.path(), "r.git", kind.hash);
    kind.make(path);
    const auto objects = AllObjects(path);
    REQUIRE(objects.size() > 5);
    for (const Reader& reader : Readers()) {
      if (kind.hash == HashKind::kSha256 && reader.open != Open) continue;
      INFO(kind.name << ", " << reader.name);
      RequireSameObjects(*MustOpen(path, reader.open), objects);
    }
  }
}

TEST_CASE("libgit2 says that it does not read SHA-256 before it tries") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git", HashKind::kSha256);
  for (const Reader& reader : Readers()) {
    const auto opened = reader.open({.git_dir = path});
    if (reader.open == Open) {
      REQUIRE(opened);
      REQUIRE((*opened)->hash() == HashKind::kSha256);
    } else {
      REQUIRE_FALSE(opened);
      REQUIRE(opened.error().message ==
              "the repository uses SHA-256, which this libgit2 does not read; use the other reader");
    }
  }
}

TEST_CASE("a pack without an index of its own is found through the multi-pack-index") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  ImportHistory(path, GrowingFile(20));
  // REF_DELTA, so that bases are looked up in the multi-pack-index too.
  Git(path, {"-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"});
  ManyPacks(path);
  const auto objects = AllObjects(path);
  Git(path, {"multi-pack-index", "write"});
  for (const std::string& index : FilesBelow(path + "/objects/pack", ".idx")) fs::remove(index);
  RequireSameObjects(*MustOpen(path), objects);
}

TEST_CASE("alternates are read, relative and absolute, one behind the other") {
  TemporaryDirectory directory;
  const std::string base = InitBare(directory.path(), "base.git");
  const std::string middle = InitBare(directory.path(), "middle.git");
  const std::string top = InitBare(directory.path(), "top.git");
  ImportHistory(base, SmallHistory(5, 5));
  ImportHistory(middle, SmallHistory(6, 5));
  Git(top, {"hash-object", "-w", "--stdin"}, "mine");
  WriteTextFile(middle + "/objects/info/alternates", "# a comment\n\n" + base + "/objects\n");
  WriteTextFile(top + "/objects/info/alternates", "../../middle.git/objects\n/nowhere/objects\n");
  auto objects = AllObjects(base);
  objects.merge(AllObjects(top));
  for (const Reader& reader : Readers()) {
    INFO(reader.name);
    RequireSameObjects(*MustOpen(top, reader.open), objects);
  }
}

TEST_CASE("alternates that name each other end") {
  TemporaryDirectory directory;
  const std::string a = InitBare(directory.path(), "a.git");
  const std::string b = InitBare(directory.path(), "b.git");
  WriteTextFile(a + "/objects/info/alternates", "../../b.git/objects\n");
  WriteTextFile(b + "/objects/info/alternates", "../../a.git/objects\n");
  const std::string id = Git1(b, {"hash-object", "-w", "--stdin"}, "there");
  const auto repository = MustOpen(a);
  REQUIRE(repository->Read(MustOid(id), 100)->bytes == "there");
  REQUIRE(repository->Read(MustOid(std::string(40, 'b')), 100).error().kind == ErrorKind::kNotFound);
}

TEST_CASE("an object that is not there, of another hash, or past the limit is an error in words") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  ImportHistory(path, GrowingFile(3));
  const std::string packed = Git1(path, {"rev-parse", "main:values.yaml"});
  const std::string loose = Git1(path, {"hash-object", "-w", "--stdin"}, std::string(1000, 'x'));
  const std::size_t size = std::stoul(Git1(path, {"cat-file", "-s", packed}));
  for (const Reader& reader : Readers()) {
    INFO(reader.name);
    const auto repository = MustOpen(path, reader.open);
    REQUIRE(repository->Read(MustOid(std::string(40, '1')), 100).error().kind == ErrorKind::kNotFound);
    REQUIRE(repository->Read(MustOid(std::string(64, '1')), 100).error().kind == ErrorKind::kNotFound);
    REQUIRE(repository->Read(Oid(), 100).error().kind == ErrorKind::kNotFound);
    REQUIRE(repository->Read(MustOid(packed), size));
    REQUIRE(repository->Read(MustOid(packed), size - 1).error().kind == ErrorKind::kLimit);
    REQUIRE(repository->Read(MustOid(loose), 1000));
    const Result<RawObject> past = repository->Read(MustOid(loose), 999);
    REQUIRE(past.error().kind == ErrorKind::kLimit);
    REQUIRE(past.error().message == "object " + loose + ": it is larger than 999 bytes");
  }
}

TEST_CASE("the empty tree is known without being there") {
  TemporaryDirectory directory;
  for (const HashKind hash : {HashKind::kSha1, HashKind::kSha256}) {
    const std::string path = InitBare(directory.path(), hash == HashKind::kSha1 ? "1.git" : "256.git", hash);
    const Oid empty = MustOid(Git1(path, {"hash-object", "-t", "tree", "--stdin"}));
    REQUIRE(MustOpen(path)->Read(empty, 0)->type == ObjectType::kTree);
  }
}

TEST_CASE("a repack and a prune while a repository is open are not seen by its reader") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  ImportHistory(path, SmallHistory(7, 10));
  Unpack(path);
  const auto objects = AllObjects(path);
  const auto repository = MustOpen(path);
  RequireSameObjects(*repository, {*objects.begin()});
  Git(path, {"repack", "-adq"});
  Git(path, {"prune-packed"});
  RequireSameObjects(*repository, objects);
  Git(path, {"-c", "pack.compression=0", "repack", "-adfFq"});  // another pack takes its place
  RequireSameObjects(*repository, objects);
}

TEST_CASE("eight threads read one repository at once") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  ImportHistory(path, GrowingFile(40));
  ManyPacks(path);
  Git(path, {"repack", "-dq"});
  const auto objects = AllObjects(path);
  for (const Reader& reader : Readers()) {
    const auto repository = MustOpen(path, reader.open);
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (const auto& [id, expected] : objects) {
          const Result<RawObject> read = repository->Read(*Oid::FromHex(id), 1 << 30);
          if (!read || read->bytes != expected.bytes || read->type != expected.type) ++wrong;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    INFO(reader.name);
    REQUIRE(wrong == 0);
  }
}

TEST_CASE("commits, tags and trees read as git shows them") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  ImportHistory(
      path, {{{{"a", "1"}}, {}, 1'600'000'000}, {{{"d/b", "2"}, {"a", "120000|d/b"}}, {0}, 1'600'000'001}});
  Git(path, {"tag", "-a", "-m", "one", "v1", "main"});
  Git(path, {"tag", "-a", "-m", "two", "v2", "v1"});
  for (const Reader& reader : Readers()) {
    INFO(reader.name);
    const auto repository = MustOpen(path, reader.open);
    const Oid tip = *repository->ResolveRef("refs/heads/main");
    const Result<Commit> commit = ReadCommit(*repository, tip);
    REQUIRE(commit);
    REQUIRE(commit->tree.Hex() == Git1(path, {"rev-parse", "main^{tree}"}));
    REQUIRE(commit->parents == std::vector<Oid>{MustOid(Git1(path, {"rev-parse", "main^"}))});
    REQUIRE(commit->committer == "Ben <ben@example.com>");
    REQUIRE(commit->author == "Ben <ben@example.com>");
    REQUIRE(commit->committer_time == 1'600'000'001);
    REQUIRE(commit->message == "commit\n");
    const Oid tag = *repository->ResolveRef("refs/tags/v2");
    REQUIRE(TreeOf(*repository, tag)->Hex() == commit->tree.Hex());
    REQUIRE(TreeOf(*repository, tip)->Hex() == commit->tree.Hex());
    REQUIRE(TreeOf(*repository, commit->tree)->Hex() == commit->tree.Hex());
    REQUIRE_FALSE(ReadCommit(*repository, commit->tree));
    REQUIRE_FALSE(ReadTree(*repository, tip));
    const Result<std::vector<TreeEntry>> entries = ReadTree(*repository, commit->tree);
    REQUIRE(entries);
    REQUIRE(entries->size() == 2);
    REQUIRE((*entries)[0].mode == 0120000);
    REQUIRE((*entries)[1].name == "d");
  }
}

TEST_CASE("a file tree lists and reads what the commit holds, and follows nothing") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  ImportHistory(path, {{{{"apps/shop/a.yaml", "a"}, {"apps/link", "120000|shop"}, {"top", "t"}}, {}, 1}});
  for (const Reader& reader : Readers()) {
    const auto repository = MustOpen(path, reader.open);
    const auto tree = OpenTree(repository, *TreeOf(*repository, *repository->ResolveRef("HEAD")));
    REQUIRE(tree->List(RepoPath())->size() == 2);
    REQUIRE(tree->List(*RepoPath::Parse("apps"))->at(0).kind == FileKind::kSymlink);
    REQUIRE(*tree->Read(*RepoPath::Parse("apps/shop/a.yaml"), 1) == "a");
    REQUIRE(tree->Read(*RepoPath::Parse("apps/shop/a.yaml"), 0).error().kind == ErrorKind::kLimit);
    for (const char* none :
         {"apps/link", "apps/link/a.yaml", "apps/shop", "none", "top/x", "apps/shop/a.yaml/b"}) {
      CAPTURE(none);
      REQUIRE(tree->Read(*RepoPath::Parse(none), 100).error().kind == ErrorKind::kNotFound);
    }
    REQUIRE(tree->List(*RepoPath::Parse("top")).error().kind == ErrorKind::kNotFound);
    REQUIRE(OpenTree(repository, Oid())->List(RepoPath())->empty());
  }
}

TEST_CASE("the address of an author is what stands in angle brackets") {
  CHECK(EmailOf("Ana <ana@shop.example>") == "ana@shop.example");
  CHECK(EmailOf("A <b> <ana@shop.example>") == "ana@shop.example");
  for (const char* none : {"", "Ana", "Ana <", "Ana >", "> Ana <", "Ana <>"}) CHECK(EmailOf(none).empty());
}

}  // namespace
}  // namespace sluice::git
