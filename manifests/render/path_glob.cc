// The pattern is walked once, with all places of the path that what came before
// can end at: no sign is looked at twice, whatever the stars and alternatives.
// Tested by tests/manifests/render/path_glob_test.cc.
#include "manifests/render/path_glob.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace sluice::manifests::render {
namespace {

// By length: whether the pattern so far matches so much of the path.
using Ends = std::vector<char>;

class Matcher {
 public:
  Matcher(std::string_view path, const GlobOptions& options) : path_(path), options_(options) {}

  // False where the pattern is none, or nothing matches it any more.
  bool Walk(std::string_view pattern, Ends& ends) const {
    while (!pattern.empty()) {
      if (std::ranges::find(ends, char{1}) == ends.end()) return false;
      bool done = true;
      if (pattern[0] == '*') {
        WalkStars(pattern, ends);
      } else if (pattern[0] == '{') {
        done = WalkAlternatives(pattern, ends);
      } else {
        done = WalkOne(pattern, ends);
      }
      if (!done) return false;
    }
    return true;
  }

 private:
  bool Crosses(char c) const { return options_.crosses_slashes || c != '/'; }

  void WalkStars(std::string_view& pattern, Ends& ends) const {
    const std::size_t stars = std::min(pattern.find_first_not_of('*'), pattern.size());
    pattern.remove_prefix(stars);
    for (std::size_t i = 0; i < path_.size(); ++i)
      if (ends[i] && (stars > 1 || Crosses(path_[i]))) ends[i + 1] = 1;
  }

  // "{a,b*}": what any of them ends at. Nesting is not taken: in "{a{b}" the
  // alternative "a{b" is no pattern.
  bool WalkAlternatives(std::string_view& pattern, Ends& ends) const {
    const std::size_t close = pattern.find('}');
    if (close == std::string_view::npos) return false;
    std::string_view list = pattern.substr(1, close - 1);
    pattern.remove_prefix(close + 1);
    const Ends from = std::exchange(ends, Ends(ends.size(), 0));
    while (true) {
      const std::size_t comma = list.find(',');
      Ends of_one = from;
      if (Walk(list.substr(0, comma), of_one))
        for (std::size_t i = 0; i < ends.size(); ++i) ends[i] |= of_one[i];
      if (comma == std::string_view::npos) return true;
      list.remove_prefix(comma + 1);
    }
  }

  bool WalkOne(std::string_view& pattern, Ends& ends) const {
    const char sign = pattern[0];
    if (sign == '[') return WalkClass(pattern, ends);
    if (sign == '\\') pattern.remove_prefix(1);
    if (pattern.empty()) return false;
    const char literal = pattern[0];
    pattern.remove_prefix(1);
    Step(ends, [&](char c) { return sign == '?' ? Crosses(c) : c == literal; });
    return true;
  }

  bool WalkClass(std::string_view& pattern, Ends& ends) const {
    const std::size_t close = pattern.find(']', 2);
    if (close == std::string_view::npos) return false;
    std::string_view set = pattern.substr(1, close - 1);
    pattern.remove_prefix(close + 1);
    const bool negated = set[0] == '!' || set[0] == '^';
    if (negated) set.remove_prefix(1);
    bool in[256] = {};
    for (std::size_t i = 0; i < set.size(); ++i) {
      const bool range = i + 2 < set.size() && set[i + 1] == '-';
      const auto first = static_cast<unsigned char>(set[i]);
      const auto last = static_cast<unsigned char>(range ? set[i + 2] : set[i]);
      for (unsigned c = first; c <= last; ++c) in[c] = true;
      if (range) i += 2;
    }
    Step(ends, [&](char c) { return in[static_cast<unsigned char>(c)] != negated && Crosses(c); });
    return true;
  }

  template <class Takes>
  void Step(Ends& ends, const Takes& takes) const {
    for (std::size_t i = path_.size(); i > 0; --i) ends[i] = ends[i - 1] && takes(path_[i - 1]);
    ends[0] = 0;
  }

  std::string_view path_;
  const GlobOptions& options_;
};

}  // namespace

bool GlobMatches(std::string_view pattern, std::string_view path, const GlobOptions& options) {
  if (pattern.size() > kLongestGlob) return false;
  Ends ends(path.size() + 1, 0);
  ends[0] = 1;
  return Matcher(path, options).Walk(pattern, ends) && ends[path.size()];
}

bool IsGlob(std::string_view text) { return text.find_first_of("*?[{\\") != std::string_view::npos; }

}  // namespace sluice::manifests::render
