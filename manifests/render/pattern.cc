// Patterns of ${A#pattern} and its like. "*" is any text, "?" one character,
// "[a-z]" and "[^a-z]" a class, "\" makes the next character mean itself. A bad
// pattern is seen only where matching gets to it, as in Go. Each "*" is settled
// before the next begins, so work is bounded by name times pattern.
#include <optional>

#include "manifests/render/expansion.h"
#include "manifests/utf8.h"

namespace sluice::manifests::render {
namespace {

constexpr char32_t kNotUtf8 = 0xFFFD;

// The first code point of a text that is not empty; what is not UTF-8 counts as
// U+FFFD, byte by byte.
char32_t TakeCodePoint(std::string_view& text, bool& valid) {
  const CodePoint point = DecodeUtf8(text, 0);
  valid = point.size > 0;
  text.remove_prefix(valid ? point.size : 1);
  return valid ? point.value : kNotUtf8;
}

// One end of a range in a class. Nothing where the pattern is bad; a class must
// go on behind it.
std::optional<char32_t> TakeClassEnd(std::string_view& chunk) {
  if (chunk.empty() || chunk[0] == '-' || chunk[0] == ']') return std::nullopt;
  if (chunk[0] == '\\') chunk.remove_prefix(1);
  if (chunk.empty()) return std::nullopt;
  bool valid = true;
  const char32_t point = TakeCodePoint(chunk, valid);
  if (!valid || chunk.empty()) return std::nullopt;
  return point;
}

// After "[": whether `point` is in the class.
PatternMatch MatchClass(std::string_view& chunk, char32_t point) {
  const bool negated = chunk.starts_with('^');
  if (negated) chunk.remove_prefix(1);
  bool in = false;
  for (bool first = true; first || !chunk.starts_with(']'); first = false) {
    const std::optional<char32_t> low = TakeClassEnd(chunk);
    if (!low) return PatternMatch::kBadPattern;
    std::optional<char32_t> high = low;
    if (chunk[0] == '-') {
      chunk.remove_prefix(1);
      high = TakeClassEnd(chunk);
      if (!high) return PatternMatch::kBadPattern;
    }
    in |= *low <= point && point <= *high;
  }
  chunk.remove_prefix(1);
  return in != negated ? PatternMatch::kYes : PatternMatch::kNo;
}

// One element of a chunk against the front of a name that is not empty.
PatternMatch MatchElement(std::string_view& chunk, std::string_view& name) {
  bool valid = true;
  if (chunk[0] == '[') {
    chunk.remove_prefix(1);
    return MatchClass(chunk, TakeCodePoint(name, valid));
  }
  if (chunk[0] == '?') {
    chunk.remove_prefix(1);
    TakeCodePoint(name, valid);
    return PatternMatch::kYes;
  }
  if (chunk[0] == '\\') {
    chunk.remove_prefix(1);
    if (chunk.empty()) return PatternMatch::kBadPattern;
  }
  if (chunk[0] != name[0]) return PatternMatch::kNo;
  chunk.remove_prefix(1);
  name.remove_prefix(1);
  return PatternMatch::kYes;
}

// A chunk, which holds no "*", against the front of `name`, which it shortens.
PatternMatch MatchChunk(std::string_view chunk, std::string_view& name, ExpansionBudget& budget) {
  while (!chunk.empty()) {
    if (name.empty() || budget.steps == 0) return PatternMatch::kNo;
    --budget.steps;
    const PatternMatch match = MatchElement(chunk, name);
    if (match != PatternMatch::kYes) return match;
  }
  return PatternMatch::kYes;
}

// The part of the pattern up to the next "*" outside a class.
std::string_view TakeChunk(std::string_view& pattern) {
  bool in_class = false;
  std::size_t end = 0;
  for (; end < pattern.size() && (in_class || pattern[end] != '*'); ++end) {
    if (pattern[end] == '\\' && end + 1 < pattern.size()) {
      ++end;
    } else if (pattern[end] == '[' || pattern[end] == ']') {
      in_class = pattern[end] == '[';
    }
  }
  const std::string_view chunk = pattern.substr(0, end);
  pattern.remove_prefix(end);
  return chunk;
}

// After "*": the first place behind the front of `name` where the chunk fits,
// and ends the name where it is the last.
PatternMatch MatchBehind(std::string_view chunk, bool last, std::string_view& name, ExpansionBudget& budget) {
  for (std::size_t skip = 1; skip <= name.size(); ++skip) {
    std::string_view rest = name.substr(skip);
    const PatternMatch match = MatchChunk(chunk, rest, budget);
    if (match == PatternMatch::kBadPattern) return match;
    if (match == PatternMatch::kNo || (last && !rest.empty())) continue;
    name = rest;
    return PatternMatch::kYes;
  }
  return PatternMatch::kNo;
}

}  // namespace

PatternMatch MatchPattern(std::string_view pattern, std::string_view name, ExpansionBudget& budget) {
  while (!pattern.empty()) {
    const bool star = pattern[0] == '*';
    while (pattern.starts_with('*')) pattern.remove_prefix(1);
    const std::string_view chunk = TakeChunk(pattern);
    if (star && chunk.empty()) return PatternMatch::kYes;
    std::string_view rest = name;
    PatternMatch match = MatchChunk(chunk, rest, budget);
    if (match == PatternMatch::kYes && (rest.empty() || !pattern.empty())) {
      name = rest;
      continue;
    }
    if (match != PatternMatch::kBadPattern) {
      match = star ? MatchBehind(chunk, pattern.empty(), name, budget) : PatternMatch::kNo;
    }
    if (match != PatternMatch::kYes) return match;
  }
  return name.empty() ? PatternMatch::kYes : PatternMatch::kNo;
}

}  // namespace sluice::manifests::render
