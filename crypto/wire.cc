#include "crypto/wire.h"

#include <algorithm>

namespace sluice::crypto {
namespace {

constexpr std::size_t kBigNumberBytes = 16384 / 8;  // OpenSSH's SSHBUF_MAX_BIGNUM

std::uint64_t Joined(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

std::string_view WireReader::Take(std::size_t count) {
  ok_ = ok_ && count <= rest_.size();
  if (!ok_) return rest_ = {};
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

std::uint8_t WireReader::Byte() { return static_cast<std::uint8_t>(Joined(Take(1))); }
std::uint32_t WireReader::Number() { return static_cast<std::uint32_t>(Joined(Take(4))); }
std::uint64_t WireReader::Long() { return Joined(Take(8)); }
std::string_view WireReader::String() { return Take(Number()); }

std::string_view WireReader::Text() {
  std::string_view text = String();
  if (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  if (text.find('\0') == std::string_view::npos) return text;
  ok_ = false;
  return rest_ = {};
}

std::string_view WireReader::BigNumber() {
  std::string_view number = String();
  const bool negative = !number.empty() && (static_cast<unsigned char>(number.front()) & 0x80) != 0;
  const std::size_t most = kBigNumberBytes + (!number.empty() && number.front() == '\0' ? 1 : 0);
  if (negative || number.size() > most) {
    ok_ = false;
    return rest_ = {};
  }
  number.remove_prefix(std::min(number.find_first_not_of('\0'), number.size()));
  return number;
}

std::string WireNumber(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string WireString(std::string_view bytes) {
  return WireNumber(static_cast<std::uint32_t>(bytes.size())).append(bytes);
}

}  // namespace sluice::crypto
