// Packs, indexes and loose objects that were damaged or made to hurt. Whatever
// stands in them, a read ends soon, within its bounds, with the right bytes or
// an Error: each object is hashed before it is handed out.
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>

#include "git/bounds.h"
#include "git/hash.h"
#include "git/object_store.h"
#include "tests/catch.h"
#include "tests/git/packs.h"
#include "tests/git/repositories.h"
#include "tests/git/trees.h"

namespace sluice::git {
namespace {
namespace fs = std::filesystem;

Oid BlobId(const std::string& bytes) { return HashObject(HashKind::kSha1, ObjectType::kBlob, bytes); }

// Reads every object; none may come out other than it is.
struct Tally {
  int whole = 0, refused = 0;
};
Tally ReadAllOf(const std::string& path, const std::map<Oid, std::string>& objects) {
  Tally tally;
  const auto repository = MustOpen(path);
  for (const auto& [id, bytes] : objects) {
    const Result<RawObject> read = repository->Read(id, 1 << 20);
    if (read) REQUIRE((read->bytes == bytes));
    ++(read ? tally.whole : tally.refused);
  }
  return tally;
}

// A small pack with whole objects and deltas of both kinds, and its objects.
std::map<Oid, std::string> SmallPack(const std::string& path) {
  std::map<Oid, std::string> objects;
  PackWriter pack;
  std::string text;
  for (int i = 0; i < 40; ++i) text += "line " + std::to_string(i * 31 % 17) + "\n";
  std::uint64_t base_at = pack.AddWhole(BlobId(text), ObjectType::kBlob, text);
  objects[BlobId(text)] = text;
  for (int i = 0; i < 5; ++i) {
    const std::string next = text.substr(0, 100) + "x";
    const std::string delta = MakeDelta(text.size(), next.size(), std::string("\x90\x64\x01x", 4));
    if (i % 2 == 0) base_at = pack.AddOfsDelta(BlobId(next), base_at, delta);
    if (i % 2 == 1) base_at = pack.AddRefDelta(BlobId(next), BlobId(text), delta);
    objects[BlobId(next)] = next;
    text = next + std::string(static_cast<std::size_t>(0), ' ');
    if (i < 4) {
      const std::string other = "other " + std::to_string(i) + std::string(200, 'y');
      base_at = pack.AddWhole(BlobId(other), ObjectType::kBlob, other);
      objects[BlobId(other)] = other;
      text = other;
    }
  }
  pack.Write(path);
  return objects;
}

void FlipEveryByte(const std::string& file, std::size_t stride, const std::function<void()>& check) {
  const std::string whole = ReadTextFile(file);
  for (std::size_t at = 0; at < whole.size(); at += stride) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      WriteTextFile(file, bytes);
      CAPTURE(at, flip);
      check();
    }
  }
  WriteTextFile(file, whole);
}

void CutEverywhere(const std::string& file, std::size_t stride, const std::function<void()>& check) {
  const std::string whole = ReadTextFile(file);
  for (std::size_t size = 0; size < whole.size(); size += stride) {
    WriteTextFile(file, whole.substr(0, size));
    CAPTURE(size);
    check();
  }
  WriteTextFile(file, whole);
}

TEST_CASE("a pack or index with any byte flipped or cut off gives right bytes or an error") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const auto objects = SmallPack(path);
  REQUIRE(ReadAllOf(path, objects).refused == 0);
  // The fall-back would start a git for each damaged index: it is not what is tried here.
  int refused = 0;
  const auto check = [&] {
    const auto repository =
        *Open({.git_dir = path,
               .fall_back = [](const Oid&, std::size_t) -> Result<RawObject> { return NotFound("no"); }});
    for (const auto& [id, bytes] : objects) {
      const Result<RawObject> read = repository->Read(id, 1 << 20);
      if (read) REQUIRE((read->bytes == bytes && read->type == ObjectType::kBlob));
      refused += !read;
    }
  };
  for (const char* name : {"/objects/pack/pack-hostile.pack", "/objects/pack/pack-hostile.idx"}) {
    refused = 0;
    FlipEveryByte(path + name, 1, check);
    CutEverywhere(path + name, 1, check);
    REQUIRE(refused > 500);
  }
}

TEST_CASE("a pack of git's own with bytes flipped and cut off gives right bytes or an error") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  std::mt19937 random(11);
  std::vector<PlannedCommit> history;
  Files files = RandomFiles(random, 40);
  for (int i = 0; i < 10; ++i) {
    MutateFiles(random, &files);
    history.push_back({files, {}, i});
  }
  ImportHistory(path, history);
  Git(path, {"repack", "-adfq"});
  Git(path, {"multi-pack-index", "write"});
  std::map<Oid, std::string> objects;
  for (const std::string& line : Lines(Git(path, {"cat-file", "--batch-check", "--batch-all-objects"}))) {
    const Oid id = MustOid(line.substr(0, 40));
    objects[id] = MustOpen(path)->Read(id, 1 << 20)->bytes;
  }
  const std::string index = FilesBelow(path, ".idx").at(0);
  const std::string pack = FilesBelow(path, ".pack").at(0);
  const std::string multi = path + "/objects/pack/multi-pack-index";
  const auto check = [&] { ReadAllOf(path, objects); };
  const auto size = [](const std::string& file) { return fs::file_size(file); };
  fs::remove(index);  // the multi-pack-index alone
  FlipEveryByte(multi, size(multi) / 150 + 1, check);
  CutEverywhere(multi, size(multi) / 50 + 1, check);
  FlipEveryByte(pack, size(pack) / 150 + 1, check);
  CutEverywhere(pack, size(pack) / 50 + 1, check);
  REQUIRE(ReadAllOf(path, objects).refused == 0);
}

TEST_CASE("a loose object with any byte flipped or cut off gives an error") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const std::string text = "apiVersion: v1\nkind: ConfigMap\n";
  const Oid id = MustOid(Git1(path, {"hash-object", "-w", "--stdin"}, text));
  const std::string file = path + "/objects/" + id.Hex().insert(2, "/");
  int whole = 0, refused = 0;
  const auto check = [&] {
    const Result<RawObject> read = MustOpen(path)->Read(id, 1 << 20);
    if (read) REQUIRE(read->bytes == text);
    ++(read ? whole : refused);
  };
  FlipEveryByte(file, 1, check);
  CutEverywhere(file, 1, check);
  REQUIRE(refused > 100);
  REQUIRE(whole < 10);  // bits of zlib's header that say nothing
  for (const std::string& inner :
       {std::string(), std::string("blob"), std::string("blob 3"), std::string("blob 3\0ab", 9),
        std::string("blob 3\0abcd", 11), std::string("blob x\0abc", 10), std::string("blob -3\0abc", 11),
        std::string("thing 3\0abc", 11), std::string("blob 99999999999999999999\0abc", 29),
        std::string(" 3\0abc", 6), std::string(100, 'b')}) {
    WriteTextFile(file, Deflate(inner));
    CAPTURE(inner);
    REQUIRE_FALSE(MustOpen(path)->Read(id, 1 << 20));
  }
  // The right form, but another object's bytes.
  WriteTextFile(file, Deflate(std::string("blob 3\0abc", 10)));
  REQUIRE(MustOpen(path)->Read(id, 1 << 20).error().message ==
          "object " + id.Hex() + " is damaged: its bytes have another id; run git fsck");
}

std::size_t PeakKilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss);
}

TEST_CASE("sizes that are only claimed cost nothing") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const auto id = [](char c) { return MustOid(std::string(40, c)); };
  PackWriter pack;
  const std::uint64_t base = pack.AddWhole(id('a'), ObjectType::kBlob, "base");
  pack.AddRaw(id('b'), 3, std::uint64_t{4} << 30, {}, Deflate("small"));       // a blob of 4 GiB
  pack.AddRaw(id('c'), 3, 1u << 30, {}, Deflate("small"));                     // of 1 GiB, under the limit
  pack.AddOfsDelta(id('d'), base, MakeDelta(4, std::uint64_t{4} << 30, "x"));  // a delta to 4 GiB
  pack.AddOfsDelta(id('e'), base, MakeDelta(4, 1u << 30, "\x01x"));            // to 1 GiB, and gives a byte
  pack.AddRaw(id('f'), 6, std::uint64_t{1} << 62, std::string(1, '\x10'), Deflate("x"));  // a delta of 4 EiB
  pack.Write(path);
  const std::size_t before = PeakKilobytes();
  const auto repository = MustOpen(path);
  REQUIRE(repository->Read(id('b'), 16 << 20).error().kind == ErrorKind::kLimit);
  REQUIRE(repository->Read(id('c'), std::size_t{2} << 30).error().kind == ErrorKind::kFailed);
  REQUIRE(repository->Read(id('d'), 16 << 20).error().kind == ErrorKind::kLimit);
  REQUIRE(repository->Read(id('e'), std::size_t{2} << 30).error().kind == ErrorKind::kFailed);
  REQUIRE_FALSE(repository->Read(id('f'), 16 << 20));
  REQUIRE(PeakKilobytes() - before < 64 << 10);
}

TEST_CASE("a chain of 10,000 deltas is refused, one of 4,000 is read") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  PackWriter pack;
  std::string text(100, 'x');
  std::uint64_t at = pack.AddWhole(BlobId(text), ObjectType::kBlob, text);
  Oid fits, deepest;
  for (int i = 0; i < 10'000; ++i) {
    const std::string next = text.substr(0, 92) + std::to_string(10'000'000 + i);
    at = pack.AddOfsDelta(BlobId(next), at,
                          MakeDelta(text.size(), next.size(), "\x90\x5c\x08" + next.substr(92)));
    deepest = BlobId(next);
    if (i == 3999) fits = deepest;
    text = next;
  }
  pack.Write(path);
  REQUIRE(MustOpen(path)->Read(fits, 1000));
  const Result<RawObject> refused = MustOpen(path)->Read(deepest, 1000);
  REQUIRE(refused.error().kind == ErrorKind::kLimit);
  REQUIRE(refused.error().message == "object " + deepest.Hex() + ": it is a delta more than 4095 deep");
}

TEST_CASE("deltas that are each other's base, or their own, end") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const auto id = [](char c) { return MustOid(std::string(40, c)); };
  PackWriter pack;
  pack.AddRefDelta(id('a'), id('b'), MakeDelta(1, 1, "\x01x"));
  pack.AddRefDelta(id('b'), id('a'), MakeDelta(1, 1, "\x01x"));
  pack.AddRefDelta(id('c'), id('c'), MakeDelta(1, 1, "\x01x"));
  pack.AddRefDelta(id('d'), id('9'), MakeDelta(1, 1, "\x01x"));                    // a base that is not there
  pack.AddRaw(id('e'), 6, 3, std::string(1, '\0'), Deflate("abc"));                // distance zero
  pack.AddRaw(id('f'), 6, 3, std::string("\xff\xff\xff\x7f", 4), Deflate("abc"));  // before the pack
  pack.AddRaw(id('0'), 6, 3, std::string(40, '\xff'), Deflate("abc"));             // a distance without end
  pack.AddRaw(id('1'), 0, 3, {}, Deflate("abc"));
  pack.AddRaw(id('2'), 5, 3, {}, Deflate("abc"));
  pack.Write(path);
  const auto repository = MustOpen(path);
  REQUIRE(
      repository->Read(id('a'), 1000)
          .error()
          .message.ends_with("its delta is its own base (in " + path + "/objects/pack/pack-hostile.pack)"));
  for (const char c : std::string("abcdef012")) {
    CAPTURE(c);
    REQUIRE_FALSE(repository->Read(id(c), 1000));
  }
}

// 4,000 deltas of a few bytes, each a copy of a megabyte: 4 GB of work without
// the bound.
TEST_CASE("a chain that writes too much is refused") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  PackWriter pack;
  const std::string text(1 << 20, 'z');
  std::string copy_all;
  for (int i = 0; i < 16; ++i) copy_all += std::string("\x80", 1);  // 64 KiB each
  std::uint64_t at = pack.AddWhole(BlobId(text), ObjectType::kBlob, text);
  const auto id_of = [](int i) { return MustOid(std::to_string(1'000'000'000 + i) + std::string(30, '0')); };
  for (int i = 0; i < 4'000; ++i)
    at = pack.AddOfsDelta(id_of(i), at, MakeDelta(text.size(), text.size(), copy_all));
  pack.Write(path);
  const Result<RawObject> refused = MustOpen(path)->Read(id_of(3'999), 2 << 20);
  REQUIRE(refused.error().kind == ErrorKind::kLimit);
  REQUIRE(refused.error().message.find("its deltas write more than") != std::string::npos);
}

TEST_CASE("a base larger than the limit does not keep a small object from being read") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  PackWriter pack;
  const std::string large(3 << 20, 'q');
  const std::uint64_t at = pack.AddWhole(BlobId(large), ObjectType::kBlob, large);
  pack.AddOfsDelta(BlobId("qqqq"), at, MakeDelta(large.size(), 4, std::string("\x90\x04", 2)));
  pack.Write(path);
  REQUIRE(MustOpen(path)->Read(BlobId("qqqq"), 4)->bytes == "qqqq");
  REQUIRE(MustOpen(path)->Read(BlobId(large), 4).error().kind == ErrorKind::kLimit);
}

TEST_CASE("a file that shrinks while it is read is an error and no signal") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const auto objects = SmallPack(path);
  const auto repository = MustOpen(path);
  REQUIRE(repository->Read(objects.begin()->first, 1 << 20));  // everything is open now
  fs::resize_file(path + "/objects/pack/pack-hostile.pack", 20);
  for (const auto& [id, bytes] : objects) (void)repository->Read(id, 1 << 20);
  fs::resize_file(path + "/objects/pack/pack-hostile.idx", 0);
  for (const auto& [id, bytes] : objects) REQUIRE_FALSE(repository->Read(id, 1 << 20));
}

TEST_CASE("FIFOs, directories and devices in the places of files hold nobody up") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const Oid id = MustOid(std::string(40, 'a'));
  fs::create_directories(path + "/objects/aa");
  REQUIRE(mkfifo((path + "/objects/aa/" + id.Hex().substr(2)).c_str(), 0600) == 0);
  REQUIRE(mkfifo((path + "/packed-refs").c_str(), 0600) == 0);
  REQUIRE(mkfifo((path + "/objects/info/alternates").c_str(), 0600) == 0);
  REQUIRE(mkfifo((path + "/objects/pack/pack-x.idx").c_str(), 0600) == 0);
  REQUIRE(mkfifo((path + "/objects/pack/pack-x.pack").c_str(), 0600) == 0);
  REQUIRE(mkfifo((path + "/refs/heads/fifo").c_str(), 0600) == 0);
  const auto repository =
      *Open({.git_dir = path,
             .fall_back = [](const Oid&, std::size_t) -> Result<RawObject> { return NotFound("no"); }});
  REQUIRE_FALSE(repository->Read(id, 100));
  REQUIRE_FALSE(repository->Read(MustOid(std::string(40, 'b')), 100));
  REQUIRE_FALSE(repository->ResolveRef("refs/heads/fifo"));
  REQUIRE_FALSE(repository->ResolveRef("refs/heads/none"));
}

}  // namespace
}  // namespace sluice::git
