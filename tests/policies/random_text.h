// Text that looks random and is the same in every run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::policies {

class RandomText {
 public:
  explicit RandomText(std::uint64_t seed) : state_(seed * 2862933555777941757u + 3037000493u) {}

  std::uint32_t Next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>(state_ >> 33);
  }

  std::string Of(std::string_view alphabet, std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += alphabet[Next() % alphabet.size()];
    return text;
  }

 private:
  std::uint64_t state_;
};

inline constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

}  // namespace sluice::policies
