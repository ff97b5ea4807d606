#include "git/hash.h"

#include <array>

#include "crypto/digest.h"

namespace sluice::git {
namespace {

constexpr std::array<std::string_view, 5> kTypeNames = {"", "commit", "tree", "blob", "tag"};

}  // namespace

Oid HashObject(HashKind kind, ObjectType type, std::string_view bytes) {
  const std::string header = std::string(TypeName(type)) + ' ' + std::to_string(bytes.size()) + '\0';
  if (kind == HashKind::kSha1) return Oid::FromBytes(kind, crypto::DigestSha1({header, bytes}).data());
  return Oid::FromBytes(kind, crypto::DigestSha256({header, bytes}).data());
}

std::string_view TypeName(ObjectType type) { return kTypeNames[static_cast<std::size_t>(type)]; }

std::optional<ObjectType> TypeByName(std::string_view name) {
  for (std::size_t i = 1; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == name) return static_cast<ObjectType>(i);
  }
  return std::nullopt;
}

}  // namespace sluice::git
