// A line is a pattern (plain, or quoted as C does it) and then attributes, each
// `name`, `name=value`, `-name` or `!name`; a `[attr]name` in place of the
// pattern defines a macro, which may be used with any pattern.
#include "git/attributes.h"

#include <algorithm>
#include <array>

#include "git/rules.h"

namespace sluice::git {
namespace {

constexpr std::string_view kBlanks = " \t\r";
// Of sources that nothing reads which builds manifests: what else has such an attribute by habit.
// Charts, generators and patches read files of any other ending.
constexpr std::array<std::string_view, 20> kOtherEndings = {"c",    "cc",   "cpp", "cxx", "f",   "go", "h",
                                                            "hpp",  "java", "m4",  "pl",  "pm",  "po", "ps1",
                                                            "psd1", "psm1", "rc",  "rs",  "sln", "tex"};

// Takes the first word off `line`; empty at its end.
std::string_view TakeWord(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  std::size_t end = 0;
  if (line.starts_with('"')) {
    for (end = 1; end < line.size() && line[end] != '"'; ++end) end += line[end] == '\\';
    end = std::min(end + 1, line.size());
  } else {
    end = std::min(line.find_first_of(kBlanks), line.size());
  }
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

// False where the pattern ends in such an extension.
bool MayBeRead(std::string_view pattern) {
  while (pattern.ends_with('"')) pattern.remove_suffix(1);
  const std::size_t dot = pattern.rfind('.');
  if (dot == std::string_view::npos) return true;
  const std::string_view ending = pattern.substr(dot + 1);
  if (ending.empty() || ending.find_first_of("*?[]\\/") != std::string_view::npos) return true;
  return std::find(kOtherEndings.begin(), kOtherEndings.end(), ending) == kOtherEndings.end();
}

bool SameWord(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char left, char right) {
    return (left >= 'A' && left <= 'Z' ? left + ('a' - 'A') : left) == right;
  });
}

// What git would do to a file with the attribute; empty: nothing.
std::string_view Rewriting(std::string_view attribute) {
  if (attribute == "ident") return "writes an id into `$Id$`";
  constexpr std::string_view kEncoding = "working-tree-encoding=";
  if (!attribute.starts_with(kEncoding)) return {};
  const std::string_view encoding = attribute.substr(kEncoding.size());
  return SameWord(encoding, "utf-8") || SameWord(encoding, "utf8") ? "" : "writes another encoding";
}

void CheckLine(std::string_view path, std::string_view line, std::uint32_t number, Findings& findings) {
  const std::string_view all = line;
  const std::string_view pattern = TakeWord(line);
  if (pattern.empty() || pattern.starts_with('#')) return;
  if (!pattern.starts_with("[attr]") && !MayBeRead(pattern)) return;
  for (std::string_view word = TakeWord(line); !word.empty(); word = TakeWord(line)) {
    const std::string_view what = Rewriting(word);
    if (what.empty()) continue;
    const auto column = static_cast<std::uint32_t>(word.data() - all.data() + 1);
    const auto end = static_cast<std::uint32_t>(column + word.size());
    findings.push_back(MakeFinding(kAttributesRule, std::string(path), {{number, column}, {number, end}},
                                   "on checkout git " + std::string(what) +
                                       ": what is applied would be made of other bytes than were judged"));
  }
}

}  // namespace

Findings CheckAttributes(std::string_view path, std::string_view bytes) {
  Findings findings;
  for (std::uint32_t number = 1; !bytes.empty(); ++number) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    CheckLine(path, bytes.substr(0, end), number, findings);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return findings;
}

}  // namespace sluice::git
