#include "crypto/ssh_pattern.h"

#include <algorithm>

namespace sluice::crypto {
namespace {
constexpr std::size_t kPatternBytes = 1023;  // match_pattern_list has room for so many, and NUL
}

bool MatchesPattern(std::string_view text, std::string_view pattern) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t at = 0, in = 0, star = kNone, taken = 0;
  while (at < text.size()) {
    if (in < pattern.size() && pattern[in] == '*') {
      star = ++in;  // takes nothing at first
      taken = at;
    } else if (in < pattern.size() && (pattern[in] == '?' || pattern[in] == text[at])) {
      ++in;
      ++at;
    } else if (star != kNone) {
      in = star;  // takes one more
      at = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in) == kNone;
}

bool MatchesPatternList(std::string_view text, std::string_view patterns) {
  bool matched = false;
  while (!patterns.empty()) {
    const bool negated = patterns.front() == '!';
    if (negated) patterns.remove_prefix(1);
    const std::size_t end = std::min(patterns.find(','), patterns.size());
    if (end >= kPatternBytes) return false;
    const bool matches = MatchesPattern(text, patterns.substr(0, end));
    if (matches && negated) return false;
    matched |= matches;
    patterns.remove_prefix(std::min(end + 1, patterns.size()));
  }
  return matched;
}

}  // namespace sluice::crypto
