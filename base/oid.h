// A Git object id, SHA-1 (20 bytes) or SHA-256 (32 bytes), standing alone so
// that every stage can name an object without a Git library.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice {

enum class HashKind : std::uint8_t { kSha1, kSha256 };

constexpr std::size_t HashBytes(HashKind kind) { return kind == HashKind::kSha1 ? 20 : 32; }

class Oid {
 public:
  constexpr Oid() = default;  // the zero id of SHA-1: "no such object"

  // Exactly 40 or 64 hexadecimal digits, either case.
  static Result<Oid> FromHex(std::string_view hex);
  // `bytes` points at HashBytes(kind) bytes.
  static Oid FromBytes(HashKind kind, const void* bytes);

  HashKind kind() const { return kind_; }
  std::size_t size() const { return HashBytes(kind_); }
  const std::uint8_t* data() const { return bytes_.data(); }
  bool IsZero() const;  // all zeros, of either kind
  std::string Hex() const;

  friend bool operator==(const Oid& a, const Oid& b) { return a.kind_ == b.kind_ && a.bytes_ == b.bytes_; }
  friend auto operator<=>(const Oid& a, const Oid& b) = default;

 private:
  HashKind kind_ = HashKind::kSha1;
  std::array<std::uint8_t, 32> bytes_{};  // bytes past size() are zero
};

}  // namespace sluice

template <>
struct std::hash<sluice::Oid> {
  std::size_t operator()(const sluice::Oid& id) const noexcept {
    std::size_t value;
    std::memcpy(&value, id.data(), sizeof value);  // the id is a hash already
    return value;
  }
};
