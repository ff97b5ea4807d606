// The whole-tree index on disk. One file, little-endian, in three parts:
//
//   header, 128 bytes
//     0  8  "SLUICEIX"                    64  4  engine: offset in strings
//     8  4  0x01020304 (byte order)       68  4  engine: size
//    12  4  version of this format, 1     72  8  offset of the rows, 128
//    16  8  size of the file              80  8  offset of the strings
//    24  4  number of rows                88  8  size of the strings
//    28  4  hash: 0 SHA-1, 1 SHA-256      96 28  zeros
//    32 32  id of the tree               124  4  CRC-32 of bytes 0 to 123
//   rows, 28 bytes each, sorted by kind, key, file, value
//     0  4  key: offset in strings         4  4  its size
//     8  8  file, likewise                16  8  value, likewise
//    24  2  kind                          26  2  zeros
//   strings, equal ones once; then 12 bytes: "SLUICEIX" and the CRC again
//
// A reader maps the file and trusts the header alone, after its CRC; every row
// and string is held against the file's size when it is touched, so opening
// costs the same for any number of rows and a damaged row is one that is not
// there. Look-ups halve the rows.
//
// A truncation under the map would end the reader with SIGBUS. Nobody truncates:
// writers make a whole new file, sync it (the cache may be lost in a power cut,
// never be half there) and rename it. And the reader holds a read lease, so that
// whoever opens the file for writing all the same waits until it is done.
//
// Tested by tests/git/index_test.cc and tests/fuzz/index_fuzz.cc.
#include "git/index.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <tuple>
#include <unordered_map>

#include "base/write_all.h"
#include "git/file.h"

namespace sluice::git {
namespace {

static_assert(std::endian::native == std::endian::little, "the index is written as it lies in memory");

constexpr char kMagic[8] = {'S', 'L', 'U', 'I', 'C', 'E', 'I', 'X'};
constexpr std::uint32_t kByteOrder = 0x01020304;
constexpr std::uint32_t kVersion = 1;

struct Text {
  std::uint32_t at = 0, size = 0;
};

struct Header {
  char magic[8];
  std::uint32_t byte_order, version;
  std::uint64_t file_size;
  std::uint32_t rows, hash;
  std::uint8_t tree[32];
  Text engine;
  std::uint64_t rows_at, strings_at, strings_size;
  std::uint8_t zeros[28];
  std::uint32_t crc;
};
static_assert(sizeof(Header) == 128);

struct Row {
  Text key, file, value;
  std::uint16_t kind, zeros;
};
static_assert(sizeof(Row) == 28);

struct Trailer {
  char magic[8];
  std::uint8_t crc[4];
};

std::uint32_t CrcOf(const Header& header) {
  return static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(&header), offsetof(Header, crc)));
}

class MappedIndex final : public Index {
 public:
  MappedIndex(File file, const char* map, const Header& header)
      : file_(std::move(file)),
        map_(map),
        header_(header),
        tree_(Oid::FromBytes(header.hash == 0 ? HashKind::kSha1 : HashKind::kSha256, header.tree)) {}
  ~MappedIndex() override { munmap(const_cast<char*>(map_), header_.file_size); }

  Oid tree() const override { return tree_; }

  void Find(std::uint16_t kind, std::string_view key,
            const std::function<void(const IndexRecordView&)>& visit) const override {
    for (std::uint32_t i = LowerBound(kind, key); i < header_.rows; ++i) {
      const IndexRecordView record = At(i);
      if (record.kind != kind || record.key != key) return;
      visit(record);
    }
  }

  void ForEach(std::uint16_t kind, const std::function<void(const IndexRecordView&)>& visit) const override {
    for (std::uint32_t i = LowerBound(kind, {}); i < header_.rows; ++i) {
      const IndexRecordView record = At(i);
      if (record.kind != kind) return;
      visit(record);
    }
  }

  bool IsOf(std::string_view engine) const { return String(header_.engine) == engine; }

 private:
  // Empty where the string does not lie in the file.
  std::string_view String(const Text& text) const {
    if (text.at > header_.strings_size || text.size > header_.strings_size - text.at) return {};
    return {map_ + header_.strings_at + text.at, text.size};
  }

  IndexRecordView At(std::uint32_t i) const {
    Row row;
    std::memcpy(&row, map_ + header_.rows_at + std::uint64_t{i} * sizeof row, sizeof row);
    return {row.kind, String(row.key), String(row.file), String(row.value)};
  }

  std::uint32_t LowerBound(std::uint16_t kind, std::string_view key) const {
    std::uint32_t low = 0, count = header_.rows;
    while (count > 0) {
      const std::uint32_t half = count / 2;
      const IndexRecordView record = At(low + half);
      const bool before = record.kind != kind ? record.kind < kind : record.key < key;
      low = before ? low + half + 1 : low;
      count = before ? count - half - 1 : half;
    }
    return low;
  }

  const File file_;  // holds the lease
  const char* const map_;
  const Header header_;
  const Oid tree_;
};

// Whether the header is whole, of this version, and its parts fill the file.
bool IsSound(const Header& header, std::uint64_t size) {
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0 || header.crc != CrcOf(header)) return false;
  if (header.byte_order != kByteOrder || header.version != kVersion || header.hash > 1) return false;
  const std::uint64_t rows_end = sizeof(Header) + std::uint64_t{header.rows} * sizeof(Row);
  return header.file_size == size && header.rows_at == sizeof(Header) && header.strings_at == rows_end &&
         header.strings_size <= size && rows_end + header.strings_size + sizeof(Trailer) == size;
}

bool HasTrailer(int fd, const Header& header) {
  Trailer trailer;
  if (ReadAt(fd, header.file_size - sizeof trailer, &trailer, sizeof trailer) != sizeof trailer) return false;
  return std::memcmp(trailer.magic, kMagic, sizeof kMagic) == 0 &&
         std::memcmp(trailer.crc, &header.crc, 4) == 0;
}

// Strings one after another, equal ones once.
class Strings {
 public:
  Text Add(const std::string& text) {
    const auto [known, is_new] = places_.try_emplace(text, Text{});
    if (is_new) {
      known->second = {static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(text.size())};
      bytes_ += text;
    }
    return known->second;
  }
  bool Overflows() const { return bytes_.size() > std::numeric_limits<std::uint32_t>::max(); }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::unordered_map<std::string, Text> places_;
};

template <class T>
void Append(const T& value, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(&value), sizeof value);
}

Result<std::string> Encode(std::string_view engine, const Oid& tree,
                           const std::vector<IndexRecord>& records) {
  Strings strings;
  std::string rows;
  Header header{};
  header.engine = strings.Add(std::string(engine));
  for (const IndexRecord& record : records) {
    Append(Row{strings.Add(record.key), strings.Add(record.file), strings.Add(record.value), record.kind, 0},
           &rows);
    if (strings.Overflows()) return LimitPassed("the index would be larger than 4 GiB");
  }
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.byte_order = kByteOrder;
  header.version = kVersion;
  header.rows = static_cast<std::uint32_t>(records.size());
  header.hash = tree.kind() == HashKind::kSha1 ? 0 : 1;
  std::memcpy(header.tree, tree.data(), tree.size());
  header.rows_at = sizeof header;
  header.strings_at = sizeof header + rows.size();
  header.strings_size = strings.bytes().size();
  header.file_size = header.strings_at + header.strings_size + sizeof(Trailer);
  header.crc = CrcOf(header);
  std::string bytes;
  bytes.reserve(header.file_size);
  Append(header, &bytes);
  bytes += rows;
  bytes += strings.bytes();
  bytes.append(kMagic, sizeof kMagic);
  Append(header.crc, &bytes);
  return bytes;
}

// Holds off writers while the file is mapped. Where there are no leases (another
// owner, a network file system) the rename has to do.
void TakeReadLease(int fd) {
  fcntl(fd, F_SETSIG, SIGURG);  // ignored by default, unlike the SIGIO of leases
  fcntl(fd, F_SETLEASE, F_RDLCK);
}

}  // namespace

Result<std::shared_ptr<const Index>> OpenIndex(const std::string& path, std::string_view engine) {
  File file = OpenAt(AT_FDCWD, path, O_NOFOLLOW);
  if (!file) return NotFound("no index at " + path);
  TakeReadLease(file.fd());
  struct stat status {};
  Header header;
  const bool read = fstat(file.fd(), &status) == 0 && S_ISREG(status.st_mode) &&
                    ReadAt(file.fd(), 0, &header, sizeof header) == sizeof header;
  if (!read || !IsSound(header, static_cast<std::uint64_t>(status.st_size)) ||
      !HasTrailer(file.fd(), header)) {
    return NotFound("the index at " + path + " is damaged or of another version");
  }
  void* map = mmap(nullptr, header.file_size, PROT_READ, MAP_PRIVATE, file.fd(), 0);
  if (map == MAP_FAILED) return SystemError("cannot map " + path, errno);
  const auto index =
      std::make_shared<const MappedIndex>(std::move(file), static_cast<const char*>(map), header);
  if (!index->IsOf(engine)) return NotFound("the index at " + path + " is of another engine");
  return std::shared_ptr<const Index>(index);
}

Status WriteIndex(const std::string& path, std::string_view engine, const Oid& tree,
                  std::vector<IndexRecord> records) {
  std::sort(records.begin(), records.end(), [](const IndexRecord& a, const IndexRecord& b) {
    return std::tie(a.kind, a.key, a.file, a.value) < std::tie(b.kind, b.key, b.file, b.value);
  });
  const Result<std::string> bytes = Encode(engine, tree, records);
  if (!bytes) return bytes.error();
  const std::size_t slash = path.rfind('/');
  if (slash != path.npos) mkdir(path.substr(0, slash).c_str(), 0755);  // $GIT_DIR/sluice, at the first time
  std::string temporary = path + ".new-XXXXXX";
  const File file(mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return SystemError("cannot make a file beside " + path, errno);
  const bool done = WriteAll(file.fd(), *bytes) && fchmod(file.fd(), 0644) == 0 && fsync(file.fd()) == 0 &&
                    rename(temporary.c_str(), path.c_str()) == 0;
  if (done) return Ok{};
  const Error error = SystemError("cannot write " + path, errno);
  unlink(temporary.c_str());
  return error;
}

}  // namespace sluice::git
