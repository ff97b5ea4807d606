// Which pack holds an object, and where: an .idx (version 2) of one pack, and
// the multi-pack-index (version 1) of many.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "git/file.h"
#include "git/id_table.h"

namespace sluice::git {

// Offsets of objects: 4 bytes each, those of 2 GiB and more in a table of 8.
struct OffsetTable {
  std::uint64_t small_at = 0;
  std::uint64_t small_stride = 4;  // bytes from one to the next
  std::uint64_t large_at = 0;
  std::uint64_t large_count = 0;

  std::optional<std::uint64_t> At(int fd, std::uint32_t position) const;
};

class PackIndex {
 public:
  // False where it is no version 2 index or its tables do not fit the file.
  bool Open(int directory, const std::string& name, HashKind kind);
  // Offset of `id` in the pack. Thread-safe.
  std::optional<std::uint64_t> Find(const Oid& id) const;

 private:
  File file_;
  IdTable ids_;
  OffsetTable offsets_;
};

class MultiPackIndex {
 public:
  struct Place {
    std::uint32_t pack = 0;  // index into packs()
    std::uint64_t offset = 0;
  };

  // False where it is none that we read: packs are then found by their own .idx.
  bool Open(int directory, const std::string& name, HashKind kind);
  std::optional<Place> Find(const Oid& id) const;                   // thread-safe
  const std::vector<std::string>& packs() const { return packs_; }  // "pack-….idx"

 private:
  struct Chunk {
    std::uint64_t begin = 0, end = 0;
    std::uint64_t size() const { return end - begin; }
  };
  struct Chunks {
    Chunk names, fanout, ids, offsets, large;
  };
  bool ReadChunks(std::uint8_t count, std::uint64_t size, Chunks* chunks);
  bool ReadNames(const Chunk& chunk, std::uint32_t count);

  File file_;
  IdTable ids_;
  OffsetTable offsets_;
  std::vector<std::string> packs_;
};

}  // namespace sluice::git
