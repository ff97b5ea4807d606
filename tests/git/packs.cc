#include "tests/git/packs.h"

#include <zlib.h>

#include <algorithm>

#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::git {
namespace {

void AppendBe32(std::uint32_t value, std::string* bytes) {
  for (int shift = 24; shift >= 0; shift -= 8) *bytes += static_cast<char>(value >> shift);
}

std::string Varint(std::uint64_t value) {
  std::string bytes;
  do {
    bytes += static_cast<char>((value & 127) | (value > 127 ? 128 : 0));
    value >>= 7;
  } while (value != 0);
  return bytes;
}

}  // namespace

std::string Deflate(const std::string& bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string deflated(size, '\0');
  REQUIRE(compress2(reinterpret_cast<Bytef*>(deflated.data()), &size,
                    reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()),
                    6) == Z_OK);
  deflated.resize(size);
  return deflated;
}

std::string MakeDelta(std::uint64_t base_size, std::uint64_t result_size, const std::string& codes) {
  return Varint(base_size) + Varint(result_size) + codes;
}

std::uint64_t PackWriter::AddRaw(const Oid& id, unsigned type, std::uint64_t size, const std::string& between,
                                 const std::string& deflated) {
  const std::uint64_t offset = bytes_.size();
  places_.push_back({id, offset});
  auto byte = static_cast<unsigned>(type << 4 | (size & 15));
  for (size >>= 4; size != 0; size >>= 7) {
    bytes_ += static_cast<char>(byte | 128);
    byte = static_cast<unsigned>(size & 127);
  }
  bytes_ += static_cast<char>(byte);
  bytes_ += between + deflated;
  return offset;
}

std::uint64_t PackWriter::AddWhole(const Oid& id, ObjectType type, const std::string& bytes) {
  return AddRaw(id, static_cast<unsigned>(type), bytes.size(), {}, Deflate(bytes));
}

std::uint64_t PackWriter::AddOfsDelta(const Oid& id, std::uint64_t base_offset, const std::string& delta) {
  std::uint64_t distance = bytes_.size() - base_offset;
  std::string between(1, static_cast<char>(distance & 127));
  while ((distance >>= 7) != 0) between.insert(between.begin(), static_cast<char>(128 | (--distance & 127)));
  return AddRaw(id, 6, delta.size(), between, Deflate(delta));
}

std::uint64_t PackWriter::AddRefDelta(const Oid& id, const Oid& base, const std::string& delta) {
  return AddRaw(id, 7, delta.size(), std::string(reinterpret_cast<const char*>(base.data()), base.size()),
                Deflate(delta));
}

// The readers do not check the hashes at the end of both files: they are zeros.
void PackWriter::Write(const std::string& repository) const {
  std::vector<Place> sorted = places_;
  std::sort(sorted.begin(), sorted.end(), [](const Place& a, const Place& b) { return a.id < b.id; });
  std::string index("\377tOc\0\0\0\2", 8), ids, offsets;
  std::uint32_t counts[256] = {};
  for (const Place& place : sorted) {
    ++counts[place.id.data()[0]];
    ids.append(reinterpret_cast<const char*>(place.id.data()), place.id.size());
    AppendBe32(static_cast<std::uint32_t>(place.offset), &offsets);
  }
  std::uint32_t sum = 0;
  for (const std::uint32_t count : counts) AppendBe32(sum += count, &index);
  const std::size_t hash_bytes = HashBytes(hash_);
  index += ids + std::string(4 * sorted.size(), '\0') + offsets + std::string(2 * hash_bytes, '\0');
  WriteTextFile(repository + "/objects/pack/pack-hostile.idx", index);
  WriteTextFile(repository + "/objects/pack/pack-hostile.pack", bytes_ + std::string(hash_bytes, '\0'));
}

}  // namespace sluice::git
