#include "cluster/base64.h"

#include <algorithm>
#include <cstdint>

namespace sluice::cluster {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Four digits, up to two of them padding, as up to three bytes.
bool DecodeGroup(std::string_view group, std::string& bytes) {
  std::uint32_t bits = 0;
  const std::size_t padding = group.ends_with("==") ? 2 : group.ends_with('=') ? 1 : 0;
  for (const char c : group.substr(0, 4 - padding)) {
    const std::size_t digit = kDigits.find(c);
    if (digit == kDigits.npos) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
  }
  bits <<= 6 * padding;
  const std::string all{static_cast<char>(bits >> 16), static_cast<char>(bits >> 8), static_cast<char>(bits)};
  for (std::size_t i = 3 - padding; i < 3; ++i)
    if (all[i] != '\0') return false;
  bytes += all.substr(0, 3 - padding);
  return true;
}

}  // namespace

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i) text += i <= bytes.size() ? kDigits[bits >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string digits, bytes;
  for (const char c : text)
    if (c != '\r' && c != '\n') digits += c;
  if (digits.size() % 4 != 0) return std::nullopt;
  for (std::size_t at = 0; at < digits.size(); at += 4) {
    const std::string_view group = std::string_view(digits).substr(at, 4);
    if (group.find('=') != group.npos && at + 4 != digits.size()) return std::nullopt;
    if (!DecodeGroup(group, bytes)) return std::nullopt;
  }
  return bytes;
}

}  // namespace sluice::cluster
