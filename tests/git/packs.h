// Packs written by hand, with an index, for what git would never write.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "git/repository.h"

namespace sluice::git {

std::string Deflate(const std::string& bytes);

class PackWriter {
 public:
  explicit PackWriter(HashKind hash = HashKind::kSha1) : hash_(hash) {}

  // Each gives the offset of what was added. `id` is what the index says.
  std::uint64_t AddWhole(const Oid& id, ObjectType type, const std::string& bytes);
  std::uint64_t AddOfsDelta(const Oid& id, std::uint64_t base_offset, const std::string& delta);
  std::uint64_t AddRefDelta(const Oid& id, const Oid& base, const std::string& delta);
  // An entry as given: type and size of the header need not be true.
  std::uint64_t AddRaw(const Oid& id, unsigned type, std::uint64_t size, const std::string& between,
                       const std::string& deflated);

  // Writes pack-….pack and .idx into `repository`.
  void Write(const std::string& repository) const;
  const std::string& bytes() const { return bytes_; }

 private:
  struct Place {
    Oid id;
    std::uint64_t offset;
  };
  HashKind hash_;
  std::string bytes_ = std::string("PACK\0\0\0\2\0\0\0\0", 12);
  std::vector<Place> places_;
};

// A delta that says its sizes and then does `codes`.
std::string MakeDelta(std::uint64_t base_size, std::uint64_t result_size, const std::string& codes);

}  // namespace sluice::git
