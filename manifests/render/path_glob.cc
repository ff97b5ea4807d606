// Tested by tests/manifests/render/path_glob_test.cc.
#include "manifests/render/path_glob.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace sluice::manifests::render {
namespace {

class Matcher {
 public:
  explicit Matcher(const GlobOptions& options) : options_(options) {}

  // Backtracks over stars and alternatives; the steps bound it.
  bool Match(std::string_view pattern, std::string_view path) {
    while (!pattern.empty()) {
      if (steps_++ > kMostSteps) return false;
      if (pattern[0] == '*') {
        const std::size_t stars = std::min(pattern.find_first_not_of('*'), pattern.size());
        return MatchStar(pattern.substr(stars), path, stars > 1);
      }
      if (pattern[0] == '{') return MatchAlternatives(pattern, path);
      if (path.empty() || !MatchOne(pattern, path[0])) return false;
      path.remove_prefix(1);
    }
    return path.empty();
  }

 private:
  static constexpr std::size_t kMostSteps = 100'000;

  bool Crosses(char c) const { return options_.crosses_slashes || c != '/'; }

  bool MatchStar(std::string_view rest, std::string_view path, bool two) {
    for (;; path.remove_prefix(1)) {
      if (Match(rest, path)) return true;
      if (path.empty() || !(two || Crosses(path[0])) || steps_ > kMostSteps) return false;
    }
  }

  // "{a,b*}rest": nesting is not taken.
  bool MatchAlternatives(std::string_view pattern, std::string_view path) {
    const std::size_t close = pattern.find('}');
    if (close == std::string_view::npos) return false;
    std::string_view list = pattern.substr(1, close - 1);
    const std::string_view rest = pattern.substr(close + 1);
    while (true) {
      const std::size_t comma = list.find(',');
      const std::string whole = std::string(list.substr(0, comma)) + std::string(rest);
      if (Match(whole, path)) return true;
      if (comma == std::string_view::npos) return false;
      list.remove_prefix(comma + 1);
    }
  }

  // One sign of the pattern, which it takes away.
  bool MatchOne(std::string_view& pattern, char c) {
    const char sign = pattern[0];
    if (sign == '[') return MatchClass(pattern, c);
    if (sign == '?') {
      pattern.remove_prefix(1);
      return Crosses(c);
    }
    if (sign == '\\') pattern.remove_prefix(1);
    if (pattern.empty() || pattern[0] != c) return false;
    pattern.remove_prefix(1);
    return true;
  }

  bool MatchClass(std::string_view& pattern, char c) {
    const std::size_t close = pattern.find(']', 2);
    if (close == std::string_view::npos) return false;
    std::string_view set = pattern.substr(1, close - 1);
    pattern.remove_prefix(close + 1);
    const bool negated = set[0] == '!' || set[0] == '^';
    if (negated) set.remove_prefix(1);
    bool in = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
      if (i + 2 < set.size() && set[i + 1] == '-') {
        in |= set[i] <= c && c <= set[i + 2];
        i += 2;
      } else {
        in |= set[i] == c;
      }
    }
    return in != negated && Crosses(c);
  }

  const GlobOptions& options_;
  std::size_t steps_ = 0;
};

}  // namespace

bool GlobMatches(std::string_view pattern, std::string_view path, const GlobOptions& options) {
  return Matcher(options).Match(pattern, path);
}

bool IsGlob(std::string_view text) { return text.find_first_of("*?[{\\") != std::string_view::npos; }

}  // namespace sluice::manifests::render
