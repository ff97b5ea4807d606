// The formats are those of gitformat-pack. Invariant: every table was checked
// to lie inside the file when it was opened, and a read that comes up short
// means "not here". What the tables say is not trusted further: the object
// that they lead to is hashed. Tested by tests/git/{reader,hostile}_test.cc and tests/fuzz/pack_fuzz.cc.
#include "git/pack_index.h"

#include <cstring>
#include <string_view>

#include "git/bounds.h"
#include "git/bytes.h"

namespace sluice::git {
namespace {

constexpr std::size_t kFanoutBytes = 1024;
constexpr std::size_t kIndexHeader = 8;
constexpr std::size_t kMultiHeader = 12;
constexpr std::size_t kMaxNamesBytes = 1u << 20;

std::uint32_t Tag(const char* name) { return Be32(name); }

}  // namespace

std::optional<std::uint64_t> OffsetTable::At(int fd, std::uint32_t position) const {
  std::uint8_t raw[8];
  const std::uint64_t at = small_at + std::uint64_t{position} * small_stride;
  if (ReadAt(fd, at, raw, 4) != 4) return std::nullopt;
  const std::uint32_t offset = Be32(raw);
  if (offset < 0x80000000u || large_at == 0) return offset;
  const std::uint32_t large = offset & 0x7fffffffu;
  if (large >= large_count || ReadAt(fd, large_at + std::uint64_t{large} * 8, raw, 8) != 8)
    return std::nullopt;
  return Be64(raw);
}

bool PackIndex::Open(int directory, const std::string& name, HashKind kind) {
  file_ = OpenAt(directory, name);
  if (!file_) return false;
  const std::uint64_t size = FileSize(file_.fd());
  std::uint8_t header[kIndexHeader];
  if (ReadAt(file_.fd(), 0, header, sizeof header) != sizeof header) return false;
  if (std::memcmp(header, "\377tOc\0\0\0\2", sizeof header) != 0) return false;
  const std::uint64_t ids_at = kIndexHeader + kFanoutBytes;
  if (!ids_.Load(file_.fd(), size, kIndexHeader, ids_at, kind)) return false;
  // ids, checksums of 4 bytes, offsets, large offsets, two hashes.
  const std::uint64_t count = ids_.count();
  offsets_.small_at = ids_at + count * (HashBytes(kind) + 4);
  offsets_.large_at = offsets_.small_at + count * 4;
  const std::uint64_t end = offsets_.large_at + 2 * HashBytes(kind);
  if (end > size) return false;
  offsets_.large_count = (size - end) / 8;
  return true;
}

std::optional<std::uint64_t> PackIndex::Find(const Oid& id) const {
  const std::optional<std::uint32_t> position = ids_.Find(id);
  return position ? offsets_.At(file_.fd(), *position) : std::nullopt;
}

bool MultiPackIndex::Open(int directory, const std::string& name, HashKind kind) {
  file_ = OpenAt(directory, name);
  if (!file_) return false;
  const std::uint64_t size = FileSize(file_.fd());
  std::uint8_t header[kMultiHeader];
  if (ReadAt(file_.fd(), 0, header, sizeof header) != sizeof header) return false;
  const std::uint8_t hash = kind == HashKind::kSha1 ? 1 : 2;
  const bool known = std::memcmp(header, "MIDX\1", 5) == 0 && header[5] == hash && header[7] == 0;
  Chunks chunks;
  if (!known || !ReadChunks(header[6], size, &chunks)) return false;
  if (chunks.fanout.size() != kFanoutBytes) return false;
  if (!ids_.Load(file_.fd(), chunks.ids.end, chunks.fanout.begin, chunks.ids.begin, kind)) return false;
  if (chunks.offsets.size() / 8 < ids_.count()) return false;
  offsets_ = {chunks.offsets.begin + 4, 8, chunks.large.begin, chunks.large.size() / 8};
  return ReadNames(chunks.names, Be32(header + 8));
}

bool MultiPackIndex::ReadChunks(std::uint8_t count, std::uint64_t size, Chunks* chunks) {
  std::uint8_t table[12 * 256];
  const std::size_t bytes = (std::size_t{count} + 1) * 12;
  if (ReadAt(file_.fd(), kMultiHeader, table, bytes) != bytes) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* row = table + 12 * i;
    const Chunk chunk{Be64(row + 4), Be64(row + 16)};  // it ends where the next one begins
    if (chunk.begin > chunk.end || chunk.end > size) return false;
    const std::uint32_t tag = Be32(row);
    if (tag == Tag("PNAM")) chunks->names = chunk;
    if (tag == Tag("OIDF")) chunks->fanout = chunk;
    if (tag == Tag("OIDL")) chunks->ids = chunk;
    if (tag == Tag("OOFF")) chunks->offsets = chunk;
    if (tag == Tag("LOFF")) chunks->large = chunk;
  }
  return chunks->names.begin != 0 && chunks->fanout.begin != 0 && chunks->ids.begin != 0 &&
         chunks->offsets.begin != 0;
}

bool MultiPackIndex::ReadNames(const Chunk& chunk, std::uint32_t count) {
  if (chunk.size() > kMaxNamesBytes || count > kMaxPacks) return false;
  std::string text(chunk.size(), '\0');
  if (ReadAt(file_.fd(), chunk.begin, text.data(), text.size()) != text.size()) return false;
  std::string_view rest = text;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t end = rest.find('\0');
    const std::string_view name = rest.substr(0, end);
    if (end == rest.npos || !name.ends_with(".idx") || name.find('/') != name.npos) return false;
    packs_.emplace_back(name);
    rest.remove_prefix(end + 1);
  }
  return true;
}

std::optional<MultiPackIndex::Place> MultiPackIndex::Find(const Oid& id) const {
  const std::optional<std::uint32_t> position = ids_.Find(id);
  if (!position) return std::nullopt;
  std::uint8_t raw[4];
  const std::uint64_t at = offsets_.small_at - 4 + std::uint64_t{*position} * 8;
  if (ReadAt(file_.fd(), at, raw, 4) != 4 || Be32(raw) >= packs_.size()) return std::nullopt;
  const std::optional<std::uint64_t> offset = offsets_.At(file_.fd(), *position);
  return offset ? std::optional(Place{Be32(raw), *offset}) : std::nullopt;
}

}  // namespace sluice::git
