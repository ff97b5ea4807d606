#include "base/oid.h"

#include <algorithm>

namespace sluice {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Result<Oid> Oid::FromHex(std::string_view hex) {
  if (hex.size() != 40 && hex.size() != 64) return Failed("an object id has 40 or 64 hexadecimal digits");
  Oid id;
  id.kind_ = hex.size() == 40 ? HashKind::kSha1 : HashKind::kSha256;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = HexDigit(hex[i]);
    const int low = HexDigit(hex[i + 1]);
    if (high < 0 || low < 0) return Failed("an object id holds a character that is not hexadecimal");
    id.bytes_[i / 2] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return id;
}

Oid Oid::FromBytes(HashKind kind, const void* bytes) {
  Oid id;
  id.kind_ = kind;
  std::memcpy(id.bytes_.data(), bytes, HashBytes(kind));
  return id;
}

bool Oid::IsZero() const {
  return std::all_of(bytes_.begin(), bytes_.end(), [](std::uint8_t byte) { return byte == 0; });
}

std::string Oid::Hex() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex(size() * 2, '0');
  for (std::size_t i = 0; i < size(); ++i) {
    hex[2 * i] = kDigits[bytes_[i] >> 4];
    hex[2 * i + 1] = kDigits[bytes_[i] & 15];
  }
  return hex;
}

}  // namespace sluice
