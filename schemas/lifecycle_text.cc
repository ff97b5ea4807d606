#include "schemas/lifecycle_text.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

namespace sluice::schemas {
namespace {

std::vector<std::string> Words(std::string_view line) {
  std::vector<std::string> words;
  while (!line.empty()) {
    const std::size_t space = std::min(line.find(' '), line.size());
    if (space > 0) words.emplace_back(line.substr(0, space));
    line.remove_prefix(std::min(space + 1, line.size()));
  }
  return words;
}

// "1.16" is 16, "-" is 0.
bool ParseMinor(const std::string& word, std::uint16_t& minor) {
  if (word == "-") return true;
  if (word.substr(0, 2) != "1.") return false;
  const auto end = std::from_chars(word.data() + 2, word.data() + word.size(), minor);
  return end.ec == std::errc() && end.ptr == word.data() + word.size();
}

bool ParseEntry(const std::vector<std::string>& words, LifecycleEntry& entry) {
  if (words.size() < 5) return false;
  const std::size_t slash = words[0].find('/');
  entry.group = slash == std::string::npos ? "" : words[0].substr(0, slash);
  entry.version = slash == std::string::npos ? words[0] : words[0].substr(slash + 1);
  entry.kind = words[1];
  for (std::size_t i = 5; i < words.size(); ++i) entry.replacement += (i > 5 ? " " : "") + words[i];
  return ParseMinor(words[2], entry.introduced) && ParseMinor(words[3], entry.deprecated) &&
         ParseMinor(words[4], entry.removed);
}

}  // namespace

Result<std::vector<LifecycleEntry>> ReadLifecycle(std::string_view text, std::string_view file) {
  std::vector<LifecycleEntry> entries;
  std::uint32_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    LifecycleEntry entry;
    if (!ParseEntry(Words(line), entry)) {
      return Error{ErrorKind::kConfiguration,
                   "expected: API KIND INTRODUCED DEPRECATED REMOVED [REPLACEMENT]",
                   std::string(file),
                   {number, 1}};
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace sluice::schemas
