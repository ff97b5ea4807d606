// Lines to rules, and rules held against paths. A pattern is kept as its parts
// between slashes, "**" for any number of them; a file below what a pattern
// names belongs to it too. Tested by tests/promotion/codeowners_test.cc.
#include "promotion/codeowners.h"

#include <algorithm>
#include <optional>

namespace sluice::promotion {
namespace {

constexpr std::string_view kAny = "**";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }
bool IsAlnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool AllOf(std::string_view text, std::string_view besides) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return IsAlnum(c) || besides.find(c) != std::string_view::npos;
  });
}

std::vector<std::string_view> Split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == path.npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

// "@ana", "@shop/sre", "ana@shop.example".
std::optional<CodeOwner> ParseOwner(std::string_view word) {
  if (word.starts_with('@')) {
    const std::string_view name = word.substr(1);
    const std::size_t slash = name.find('/');
    if (slash == name.npos && AllOf(name, "-_")) return CodeOwner{CodeOwner::Kind::kUser, std::string(name)};
    if (slash != name.npos && AllOf(name.substr(0, slash), "-_") && AllOf(name.substr(slash + 1), "-_"))
      return CodeOwner{CodeOwner::Kind::kTeam, std::string(name)};
    return std::nullopt;
  }
  const std::size_t at = word.find('@');
  if (at == word.npos) return std::nullopt;
  const std::string_view host = word.substr(at + 1);
  if (!AllOf(word.substr(0, at), "._%+-") || !AllOf(host, ".-")) return std::nullopt;
  if (host.find('.') == host.npos || host.starts_with('.') || host.ends_with('.')) return std::nullopt;
  return CodeOwner{CodeOwner::Kind::kEmail, std::string(word)};
}

// Why GitHub does not take it; empty: it does.
std::string_view WrongPattern(std::string_view pattern) {
  if (pattern.starts_with('!')) return "`!` takes nothing back here";
  if (pattern.find_first_of("[]") != pattern.npos)
    return "`[ ]` is not a range of characters here, nor a section";
  if (pattern.find("***") != pattern.npos) return "three stars in a row mean nothing";
  if (pattern.find('#') != pattern.npos) return "`#` begins a comment, and `\\` does not change that";
  if (pattern.size() > kCodeownersPattern) return "the pattern is longer than 4,096 bytes";
  if (pattern.ends_with('\\') && !pattern.ends_with("\\\\")) return "it ends in a `\\`";
  const bool control = std::any_of(pattern.begin(), pattern.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return control ? "it holds a control character" : "";
}

// "foo" lies anywhere, "/foo" and "foo/bar" at the top; "foo/" is what is below.
std::vector<std::string> PartsOf(std::string_view pattern) {
  std::vector<std::string> parts;
  for (const std::string_view part : Split(pattern)) parts.emplace_back(part);
  const bool anchored = parts[0].empty();
  if (anchored) parts.erase(parts.begin());
  const bool single = parts.size() == 1 || (parts.size() == 2 && parts[1].empty());
  if (!anchored && single && parts[0] != kAny) parts.insert(parts.begin(), std::string(kAny));
  if (parts.size() > 1 && parts.back().empty()) parts.back() = kAny;
  return parts;
}

class Line {
 public:
  explicit Line(std::string_view text) : text_(text) {}

  // Up to a blank that no backslash stands before.
  std::string_view Pattern() {
    std::size_t end = 0;
    while (end < text_.size() && !IsBlank(text_[end])) end += text_[end] == '\\' ? 2 : 1;
    return Take(std::min(end, text_.size()));
  }
  // The next owner; empty at the end, and where a comment begins.
  std::string_view Word() {
    std::size_t begin = 0;
    while (begin < text_.size() && IsBlank(text_[begin])) ++begin;
    Take(begin);
    std::size_t end = 0;
    while (end < text_.size() && !IsBlank(text_[end]) && text_[end] != '#') ++end;
    return Take(end);
  }

 private:
  std::string_view Take(std::size_t count) {
    const std::string_view taken = text_.substr(0, count);
    text_.remove_prefix(count);
    return taken;
  }

  std::string_view text_;
};

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back()) && !text.ends_with("\\ ")) text.remove_suffix(1);
  return text;
}

void ParseLine(std::string_view text, std::uint32_t number, Codeowners& out) {
  text = Trimmed(text);
  if (text.empty() || text.front() == '#') return;
  Line line(text);
  const std::string_view pattern = line.Pattern();
  const std::string_view wrong = WrongPattern(pattern);
  if (!wrong.empty()) {
    out.skipped.push_back({number, std::string(wrong)});
    return;
  }
  CodeownersRule rule{std::string(pattern), {}, number, PartsOf(pattern)};
  for (std::string_view word = line.Word(); !word.empty(); word = line.Word()) {
    std::optional<CodeOwner> owner = ParseOwner(word);
    if (!owner) {
      out.skipped.push_back(
          {number, "\"" + std::string(word) + "\" is no @user, no @org/team and no address"});
      return;
    }
    rule.owners.push_back(*std::move(owner));
  }
  out.rules.push_back(std::move(rule));
}

// One part of a path: `*` and `?` as everywhere, a backslash makes what follows
// plain. Two pointers, no recursion: the product of both lengths at most.
bool PartMatches(std::string_view pattern, std::string_view part) {
  if (pattern == "*") return !part.empty();
  std::size_t p = 0, s = 0, star = pattern.npos, from = 0;
  while (s < part.size()) {
    const bool plain = p + 1 < pattern.size() && pattern[p] == '\\';
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      from = s;
    } else if (plain && pattern[p + 1] == part[s]) {
      p += 2, ++s;
    } else if (!plain && p < pattern.size() && (pattern[p] == '?' || pattern[p] == part[s])) {
      ++p, ++s;
    } else if (star != pattern.npos) {
      p = star, s = ++from;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

// `reached[i]`: what stands before the i-th part of the path is matched so far.
bool Matches(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path) {
  std::vector<char> reached(path.size() + 1, 0);
  reached[0] = 1;
  for (std::size_t n = 0; n < pattern.size(); ++n) {
    const bool last = n + 1 == pattern.size();
    std::vector<char> next(path.size() + 1, 0);
    if (pattern[n] == kAny) {
      bool before = false;
      for (std::size_t i = 0; i <= path.size(); ++i) {
        next[i] = before || (!last && reached[i]);
        before = before || reached[i];
      }
    } else {
      for (std::size_t i = 0; i < path.size(); ++i)
        next[i + 1] = reached[i] && PartMatches(pattern[n], path[i]);
    }
    reached = std::move(next);
  }
  if (reached[path.size()]) return true;
  // What a name matches holds all that is below it; a lone star names files alone.
  return pattern.back() != kAny && pattern.back() != "*" &&
         std::find(reached.begin(), reached.end(), 1) != reached.end();
}

}  // namespace

Codeowners ParseCodeowners(std::string_view text) {
  Codeowners out;
  if (text.size() >= kCodeownersBytes) {
    out.unread = "it has 3 MB or more, and GitHub reads no such file";
    return out;
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    ParseLine(text.substr(0, end), number, out);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (out.rules.size() <= kCodeownersRules) continue;
    out.rules.clear();
    out.unread = "it has more than 10,000 lines with a pattern";
    return out;
  }
  return out;
}

const CodeownersRule* OwnersOf(const Codeowners& codeowners, std::string_view path) {
  const std::vector<std::string_view> parts = Split(path);
  const auto found = std::find_if(codeowners.rules.rbegin(), codeowners.rules.rend(),
                                  [&](const CodeownersRule& rule) { return Matches(rule.parts, parts); });
  return found == codeowners.rules.rend() ? nullptr : &*found;
}

}  // namespace sluice::promotion
