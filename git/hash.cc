#include "git/hash.h"

#include <array>
#include <cstring>

#include "git/sha.h"

namespace sluice::git {
namespace {

constexpr std::uint32_t kSha1Start[8] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
constexpr std::uint32_t kSha256Start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                           0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

ShaBlocks FastestBlocks(HashKind kind) {
  static const ShaBlocks sha1 = Sha1BlocksInHardware() ? Sha1BlocksInHardware() : Sha1Blocks;
  static const ShaBlocks sha256 = Sha256BlocksInHardware() ? Sha256BlocksInHardware() : Sha256Blocks;
  return kind == HashKind::kSha1 ? sha1 : sha256;
}

// Bytes in, digest out; both hashes share block size and padding.
class Hasher {
 public:
  explicit Hasher(HashKind kind) : kind_(kind), fold_(FastestBlocks(kind)) {
    std::memcpy(state_, kind == HashKind::kSha1 ? kSha1Start : kSha256Start, sizeof state_);
  }

  void Add(std::string_view bytes) {
    size_ += bytes.size();
    if (pending_ > 0) {
      const std::size_t take = std::min(bytes.size(), sizeof block_ - pending_);
      std::memcpy(block_ + pending_, bytes.data(), take);
      pending_ += take;
      bytes.remove_prefix(take);
      if (pending_ < sizeof block_) return;
      fold_(state_, block_, 1);
      pending_ = 0;
    }
    fold_(state_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size() / sizeof block_);
    bytes.remove_prefix(bytes.size() / sizeof block_ * sizeof block_);
    if (!bytes.empty()) std::memcpy(block_, bytes.data(), bytes.size());
    pending_ = bytes.size();
  }

  Oid Finish() {
    const std::uint64_t bits = size_ * 8;
    char padding[72] = {'\x80'};
    const std::size_t zeros = (pending_ < 56 ? 56 : 120) - pending_;  // the 0x80 byte included
    for (int i = 0; i < 8; ++i)
      padding[zeros + static_cast<std::size_t>(i)] = static_cast<char>(bits >> (56 - 8 * i));
    Add({padding, zeros + 8});
    std::uint8_t digest[32];
    for (std::size_t i = 0; i < 32; ++i)
      digest[i] = static_cast<std::uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
    return Oid::FromBytes(kind_, digest);
  }

 private:
  HashKind kind_;
  ShaBlocks fold_;
  std::uint32_t state_[8];
  std::uint8_t block_[64];
  std::size_t pending_ = 0;
  std::uint64_t size_ = 0;
};

constexpr std::array<std::string_view, 5> kTypeNames = {"", "commit", "tree", "blob", "tag"};

}  // namespace

Oid HashObject(HashKind kind, ObjectType type, std::string_view bytes) {
  Hasher hasher(kind);
  const std::string header = std::string(TypeName(type)) + ' ' + std::to_string(bytes.size()) + '\0';
  hasher.Add(header);
  hasher.Add(bytes);
  return hasher.Finish();
}

std::string_view TypeName(ObjectType type) { return kTypeNames[static_cast<std::size_t>(type)]; }

std::optional<ObjectType> TypeByName(std::string_view name) {
  for (std::size_t i = 1; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == name) return static_cast<ObjectType>(i);
  }
  return std::nullopt;
}

}  // namespace sluice::git
