// The whole-tree index: what was written is found; what is damaged is not there.
#include "git/index.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {

Oid Tree() { return MustOid("0123456789abcdef0123456789abcdef01234567"); }

std::vector<IndexRecord> Records(int count) {
  std::vector<IndexRecord> records;
  for (int i = 0; i < count; ++i) {
    const auto kind = static_cast<std::uint16_t>(1 + i % 3);
    records.push_back({kind, "key" + std::to_string(i * 7919 % count),
                       "apps/" + std::to_string(i % 50) + ".yaml",
                       std::string(static_cast<std::size_t>(i % 9), 'v')});
  }
  return records;
}

using Found = std::vector<std::tuple<std::uint16_t, std::string, std::string, std::string>>;

Found FindAll(const Index& index, std::uint16_t kind, std::string_view key) {
  Found found;
  index.Find(kind, key,
             [&](const IndexRecordView& r) { found.emplace_back(r.kind, r.key, r.file, r.value); });
  return found;
}

Found Everything(const Index& index, std::uint16_t kind) {
  Found found;
  index.ForEach(kind, [&](const IndexRecordView& r) { found.emplace_back(r.kind, r.key, r.file, r.value); });
  return found;
}

TEST_CASE("each record that was written is found by kind and key, and no other") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/sluice/index";  // the directory is made
  std::vector<IndexRecord> records = Records(3000);
  records.push_back({9, "twice", "b.yaml", ""});
  records.push_back({9, "twice", "a.yaml", "x"});
  records.push_back({9, "", "empty key", std::string("\0\xff", 2)});
  REQUIRE(WriteIndex(path, "engine 1", Tree(), records));
  const auto index = OpenIndex(path, "engine 1");
  REQUIRE(index);
  REQUIRE((*index)->tree() == Tree());
  for (const IndexRecord& r : records) {
    if (r.kind == 9) continue;
    REQUIRE(FindAll(**index, r.kind, r.key) == Found{{r.kind, r.key, r.file, r.value}});
    REQUIRE(FindAll(**index, static_cast<std::uint16_t>(r.kind + 3), r.key).empty());
  }
  REQUIRE(FindAll(**index, 9, "twice") == Found{{9, "twice", "a.yaml", "x"}, {9, "twice", "b.yaml", ""}});
  REQUIRE(FindAll(**index, 9, "").size() == 1);
  REQUIRE(FindAll(**index, 9, "twic").empty());
  REQUIRE(FindAll(**index, 9, "twice2").empty());
  REQUIRE(Everything(**index, 1).size() == 1000);
  REQUIRE(Everything(**index, 9).size() == 3);
  REQUIRE(Everything(**index, 0).empty());
  REQUIRE(Everything(**index, 65535).empty());
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  REQUIRE((status.st_mode & 07777) == 0644);
  REQUIRE(FilesBelow(directory.path(), "").size() == 1);  // no temporary file is left
}

TEST_CASE("an index without records and one of a SHA-256 tree are read too") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/index";
  const Oid tree = MustOid(std::string(64, 'c'));
  REQUIRE(WriteIndex(path, "", tree, {}));
  const auto index = OpenIndex(path, "");
  REQUIRE((*index)->tree() == tree);
  REQUIRE(Everything(**index, 0).empty());
}

TEST_CASE("what is missing, of another engine or no index at all is not found") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/index";
  REQUIRE(OpenIndex(path, "e").error().kind == ErrorKind::kNotFound);
  REQUIRE(WriteIndex(path, "engine 1", Tree(), Records(10)));
  for (const char* other : {"", "engine", "engine 2", "engine 10"})
    REQUIRE(OpenIndex(path, other).error().kind == ErrorKind::kNotFound);
  REQUIRE(OpenIndex(directory.path(), "e").error().kind == ErrorKind::kNotFound);
  for (const std::string& bytes :
       {std::string(), std::string("SLUICEIX"), std::string(127, 'x'), std::string(4096, '\0')}) {
    WriteTextFile(path, bytes);
    REQUIRE(OpenIndex(path, "e").error().kind == ErrorKind::kNotFound);
  }
  std::filesystem::remove(path);
  std::filesystem::create_symlink("/etc/passwd", path);
  REQUIRE(OpenIndex(path, "e").error().kind == ErrorKind::kNotFound);
}

TEST_CASE("every truncation and every flipped byte of the header is refused") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/index";
  REQUIRE(WriteIndex(path, "e", Tree(), Records(20)));
  const std::string whole = ReadTextFile(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    WriteTextFile(path, whole.substr(0, size));
    REQUIRE(OpenIndex(path, "e").error().kind == ErrorKind::kNotFound);
  }
  for (std::size_t at = 0; at < 128; ++at) {
    for (const int bit : {0, 7}) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
      WriteTextFile(path, bytes);
      CAPTURE(at, bit);
      REQUIRE(OpenIndex(path, "e").error().kind == ErrorKind::kNotFound);
    }
  }
  WriteTextFile(path, whole + "x");
  REQUIRE(OpenIndex(path, "e").error().kind == ErrorKind::kNotFound);
}

// A torn body cannot be told from a whole one without reading it; it must not
// lead outside the file.
TEST_CASE("flipped bytes behind the header never lead outside the file") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/index";
  REQUIRE(WriteIndex(path, "e", Tree(), Records(20)));
  const std::string whole = ReadTextFile(path);
  for (std::size_t at = 128; at < whole.size() - 12; ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(~bytes[at]);
    WriteTextFile(path, bytes);
    const auto index = OpenIndex(path, "e");
    if (!index) continue;  // the engine's own name was hit
    std::size_t bytes_seen = 0;
    for (std::uint16_t kind = 0; kind < 5; ++kind) {
      (*index)->ForEach(kind, [&](const IndexRecordView& r) {
        bytes_seen += r.key.size() + r.file.size() + r.value.size() + std::string(r.value).size();
      });
      (*index)->Find(kind, "key7",
                     [&](const IndexRecordView& r) { bytes_seen += std::string(r.file).size(); });
    }
    REQUIRE(bytes_seen < 40 * 3 * whole.size());
  }
}

TEST_CASE("an index that is open stays as it was while others are written") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/index";
  REQUIRE(WriteIndex(path, "e", Tree(), Records(500)));
  const auto index = *OpenIndex(path, "e");
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i) (void)WriteIndex(path, "e", Tree(), Records(100 * (t + 1)));
    });
  }
  std::size_t seen = 0;
  for (int i = 0; i < 20; ++i) {
    seen += Everything(*index, 1).size();
    REQUIRE(OpenIndex(path, "e"));  // whole at any time
  }
  for (std::thread& writer : writers) writer.join();
  REQUIRE(seen == 20 * Everything(*index, 1).size());
  REQUIRE(FilesBelow(directory.path(), "").size() == 1);
}

bool HasLeases(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool has = fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
  close(fd);
  return has;
}

TEST_CASE("whoever would truncate an index that is open is held off") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/index";
  REQUIRE(WriteIndex(path, "e", Tree(), Records(500)));
  if (!HasLeases(path)) {
    std::printf("skipped: this file system has no leases\n");
    return;
  }
  {
    const auto index = *OpenIndex(path, "e");
    REQUIRE(open(path.c_str(), O_WRONLY | O_TRUNC | O_NONBLOCK | O_CLOEXEC) < 0);
    REQUIRE(errno == EWOULDBLOCK);
    REQUIRE(Everything(*index, 1).size() == 167);
  }
  const int fd = open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);  // and no longer
  REQUIRE(fd >= 0);
  close(fd);
}

}  // namespace
}  // namespace sluice::git
