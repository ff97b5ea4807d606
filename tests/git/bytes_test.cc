// The smallest parts: hashes, deltas, inflating, parsing of commits and tags.
#include <unistd.h>

#include "git/delta.h"
#include "git/file.h"
#include "git/hash.h"
#include "git/inflate.h"
#include "git/objects.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"
#include "tests/git/trees.h"

namespace sluice::git {
namespace {

std::string RandomBytes(std::mt19937& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

TEST_CASE("ids are those that git computes, at every length around the borders of a block") {
  TemporaryDirectory directory;
  std::mt19937 random(3);
  for (const HashKind hash : {HashKind::kSha1, HashKind::kSha256}) {
    const std::string path = InitBare(directory.path(), hash == HashKind::kSha1 ? "1.git" : "2.git", hash);
    std::string list;
    std::vector<std::string> contents;
    for (std::size_t size = 0; size < 200; ++size) contents.push_back(RandomBytes(random, size));
    contents.push_back(RandomBytes(random, 1'000'003));
    for (std::size_t i = 0; i < contents.size(); ++i) {
      const std::string file = directory.path() + "/" + std::to_string(i);
      WriteTextFile(file, contents[i]);
      list += file + "\n";
    }
    const std::vector<std::string> ids =
        Lines(Git(path, {"hash-object", "--no-filters", "--stdin-paths"}, list));
    for (std::size_t i = 0; i < contents.size(); ++i)
      REQUIRE(HashObject(hash, ObjectType::kBlob, contents[i]).Hex() == ids[i]);
  }
}

TEST_CASE("deltas copy and insert") {
  const std::string base = "0123456789";
  const auto apply = [&](const std::string& delta) { return *ApplyDelta(base, delta, 100); };
  REQUIRE(apply(std::string("\x0a\x04\x91\x02\x04", 5)) == "2345");
  REQUIRE(apply(std::string("\x0a\x05\x05hello", 8)) == "hello");
  REQUIRE(apply(std::string("\x0a\x07\x90\x04\x03xyz", 8)) == "0123xyz");
  REQUIRE(apply(std::string("\x0a\x00", 2)) == "");
  const std::string large(0x10000, 'b');  // a size of zero copies 64 KiB
  REQUIRE(*ApplyDelta(large, std::string("\x80\x80\x04\x80\x80\x04\x80", 7), 1 << 20) == large);
}

TEST_CASE("malformed deltas and deltas of other bases are errors") {
  const std::string base = "0123456789";
  const std::vector<std::string> table = {
      "",
      "\x0a",
      std::string("\x09\x01\x01x", 4),                              // another base
      std::string("\x0a\x01", 2),                                   // says one byte, gives none
      std::string("\x0a\x01\x02xy", 5),                             // says one byte, gives two
      std::string("\x0a\x02\x00xy", 5),                             // the code that is reserved
      std::string("\x0a\x05\x05hel", 6),                            // cut off in an insertion
      std::string("\x0a\x04\x91\x02", 4),                           // cut off in a copy
      std::string("\x0a\x04\x91\x07\x04", 5),                       // past the end of the base
      std::string("\x0a\x04\x91\x0b\x04", 5),                       // begins past it
      std::string("\x0a\x04\xff\xff\xff\xff\xff\xff\xff\xff", 10),  // everything at once
      std::string("\x0a\x0a\x80", 3),                               // 64 KiB from ten bytes
      std::string(40, '\xff'),
  };
  for (const std::string& delta : table) {
    CAPTURE(delta);
    const Result<std::string> result = ApplyDelta(base, delta, 1000);
    REQUIRE_FALSE(result);
    REQUIRE(result.error().kind == ErrorKind::kFailed);
  }
  const std::string claims_4_gib("\x0a\x80\x80\x80\x80\x10\x01x", 8);
  REQUIRE(ApplyDelta(base, claims_4_gib, 1 << 20).error().kind == ErrorKind::kLimit);
}

TEST_CASE("a stream that ends early, late or not at all is an error") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const std::string id = Git1(path, {"hash-object", "-w", "--stdin"}, std::string(100'000, 'x') + "end");
  const std::string file = path + "/objects/" + id.substr(0, 2) + "/" + id.substr(2);
  const std::string deflated = ReadTextFile(file);
  std::string text;
  const auto read = [&](const std::string& bytes, std::size_t size) {
    WriteTextFile(file, bytes);
    const File open = OpenAt(-100, file);
    InflateStream stream(open.fd(), 0, {});
    text.clear();
    const Status status = stream.ReadRest(&text, size);
    return status ? std::string("whole") : status.error().message;
  };
  const std::size_t size = 100'003 + std::string("blob 100003").size() + 1;
  REQUIRE(read(deflated, size) == "whole");
  const std::string whole = text;
  REQUIRE(read(deflated, size - 1) == "it holds more bytes than its header says");
  REQUIRE(read(deflated, 0) == "it holds more bytes than its header says");
  REQUIRE(read(deflated, size + 1) == "it holds fewer bytes than its header says");
  REQUIRE(read(deflated, std::size_t{1} << 40) == "it holds fewer bytes than its header says");
  for (std::size_t cut = 0; cut < deflated.size(); ++cut)
    REQUIRE(read(deflated.substr(0, cut), size) != "whole");
  for (std::size_t at = 2; at < deflated.size(); ++at) {
    std::string bytes = deflated;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    // Some bits say nothing, or the same: an x copied from one place or from the next.
    if (read(bytes, size) == "whole") REQUIRE((text == whole));
  }
}

Oid Id() { return MustOid(std::string(40, '1')); }

TEST_CASE("commits are read as git reads them") {
  const std::string tree = "tree " + std::string(40, 'a') + "\n";
  const std::string parent = "parent " + std::string(40, 'b') + "\n";
  const Result<Commit> commit =
      ParseCommit(Id(), tree + parent + parent +
                            "author A <a> 5 +0000\ncommitter B > C <c@d> 1700000000 -0130\ngpgsig x\n y\n\n" +
                            std::string("line\0\n\nmore", 11));
  REQUIRE(commit);
  REQUIRE(commit->parents.size() == 2);
  REQUIRE(commit->author == "A <a>");
  REQUIRE(commit->committer == "B > C <c@d>");
  REQUIRE(commit->committer_time == 1'700'000'000);
  REQUIRE(commit->message == std::string("line\0\n\nmore", 11));
  // Second headers of a kind count for nothing.
  const auto twice =
      ParseCommit(Id(), tree + "author A <a> 1 +0\nauthor Evil <e> 9 +0\ncommitter B <b> 2 +0\ntree " +
                            std::string(40, 'e') + "\n" + parent + "\nm");
  REQUIRE(twice->author == "A <a>");
  REQUIRE(twice->tree.Hex() == std::string(40, 'a'));
  REQUIRE(twice->parents.empty());
  for (const char* time : {"x", "", "-5 +0", "99999999999999999999999 +0"}) {
    CAPTURE(time);
    const auto odd = ParseCommit(Id(), tree + "author A <a> 1 +0\ncommitter B <b> " + time + "\n\nm");
    REQUIRE(odd->committer_time == 0);
    REQUIRE(odd->committer == "B <b>");
  }
  REQUIRE(ParseCommit(Id(), tree)->message == "");
  REQUIRE(ParseCommit(Id(), tree + "author no end")->author == "");
  for (const std::string& bad : {std::string(), std::string("tree\n"), tree.substr(0, 44), "parent " + tree,
                                 "tree " + std::string(64, 'a') + "\n", tree + "parent x\n",
                                 tree + "parent " + std::string(64, 'b') + "\n",
                                 tree + "parent " + std::string(40, 'b'), "\n" + tree}) {
    CAPTURE(bad);
    REQUIRE_FALSE(ParseCommit(Id(), bad));
  }
}

TEST_CASE("tags lead to what they name, so deep and no deeper") {
  TemporaryDirectory directory;
  const std::string path = InitBare(directory.path(), "r.git");
  const std::string commit = ImportHistory(path, {{{{"f", "1"}}, {}, 1}})[0].Hex();
  const auto repository = MustOpen(path);
  std::string id = commit, type = "commit";
  for (int depth = 1; depth <= 10; ++depth) {
    id = WriteObject(path, "tag", "object " + id + "\ntype " + type + "\ntag t\n\n");
    type = "tag";
    CAPTURE(depth);
    const Result<Oid> tree = TreeOf(*repository, MustOid(id));
    if (depth <= 8) REQUIRE(tree->Hex() == Git1(path, {"rev-parse", commit + "^{tree}"}));
    if (depth > 8) REQUIRE(tree.error().kind == ErrorKind::kLimit);
  }
  for (const char* bad : {"", "object x\ntype commit\n", "type commit\nobject 1\n"}) {
    REQUIRE_FALSE(TreeOf(*repository, MustOid(WriteObject(path, "tag", bad))));
  }
  const std::string blob = Git1(path, {"hash-object", "-w", "--stdin"}, "x");
  REQUIRE(TreeOf(*repository, MustOid(blob)).error().message ==
          "object " + blob + " is a blob, which has no tree");
}

}  // namespace
}  // namespace sluice::git
