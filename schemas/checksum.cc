#include <cstring>

#include "manifests/document.h"
#include "schemas/bundle.h"

// Hashes that the writer of a bundle and its readers share.

namespace sluice::schemas {

std::uint32_t HashKind(std::string_view group, std::string_view version, std::string_view kind) {
  std::uint32_t hash = manifests::HashKey(kind);
  hash = hash * 31 + manifests::HashKey(group);
  hash = hash * 31 + manifests::HashKey(version);
  return hash ^ (hash >> 15);
}

std::uint64_t Checksum(std::string_view bytes) {
  std::uint64_t sum = 0x9e3779b97f4a7c15u;
  while (bytes.size() >= 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    sum = (sum ^ word) * 0xff51afd7ed558ccdu;
    sum ^= sum >> 32;
    bytes.remove_prefix(8);
  }
  for (const char c : bytes) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return sum;
}

}  // namespace sluice::schemas
