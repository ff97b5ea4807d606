#include "crypto/base64.h"

#include <array>
#include <cstdint>

namespace sluice::crypto {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// By Blanks: what is passed over.
constexpr std::array<std::string_view, 3> kSkipped = {"", "\r\n", " \t\n\v\f\r"};

constexpr std::array<std::int8_t, 256> kValues = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}();

// Takes the digits up to the first '='; what is behind it must be padding alone.
class Decoder {
 public:
  bool Take(char c) {
    if (c == '=') return ++padding_ <= 2;
    const std::int8_t value = kValues[static_cast<unsigned char>(c)];
    if (value < 0 || padding_ > 0) return false;
    bits_ = (bits_ << 6) | static_cast<std::uint32_t>(value);
    if (++digits_ % 4 != 1) out_ += static_cast<char>(bits_ >> Left());
    return true;
  }

  std::optional<std::string> End() {
    if ((digits_ + padding_) % 4 != 0 || digits_ % 4 == 1) return std::nullopt;
    if (digits_ % 4 != 0 && (bits_ & ((1u << Left()) - 1)) != 0) return std::nullopt;
    if (digits_ % 4 == 0 && padding_ != 0) return std::nullopt;
    return std::move(out_);
  }

 private:
  // Bits of the digits so far that make no whole byte: 4, 2, 0 after 2, 3, 4 digits.
  unsigned Left() const { return static_cast<unsigned>((4 - digits_ % 4) % 4 * 2); }

  std::string out_;
  std::uint32_t bits_ = 0;
  std::size_t digits_ = 0, padding_ = 0;
};

}  // namespace

std::string ToBase64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = (bits << 8) | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i)
      text += i <= group.size() ? kAlphabet[(bits >> (18 - 6 * i)) & 63] : '=';
  }
  return text;
}

std::optional<std::string> FromBase64(std::string_view text, Blanks blanks) {
  const std::string_view skipped = kSkipped[static_cast<std::size_t>(blanks)];
  Decoder decoder;
  for (const char c : text) {
    if (skipped.find(c) != std::string_view::npos) continue;
    if (!decoder.Take(c)) return std::nullopt;
  }
  return decoder.End();
}

}  // namespace sluice::crypto
