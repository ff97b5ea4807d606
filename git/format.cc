// Just enough of git-config's syntax to read `core.repositoryFormatVersion` and
// `extensions.*`. Includes are not followed: git does not follow them for these
// either. Tested by tests/git/layout_test.cc.
#include "git/format.h"

#include <cctype>
#include <vector>

namespace sluice::git {
namespace {

struct Setting {
  std::string section;  // lower case; "section.Sub" where it has a subsection
  std::string name;     // lower case
  std::string value;
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// A value up to the end of its line: quotes, escapes, comments, and a backslash
// at the end that joins the next line. `at` moves past it.
std::string TakeValue(std::string_view text, std::size_t* at) {
  std::string value;
  std::size_t kept = 0;  // length up to the last character that is no trailing space
  bool quoted = false, comment = false;
  for (; *at < text.size(); ++*at) {
    char c = text[*at];
    if (c == '\n') break;
    if (comment) continue;
    if (!quoted && (c == '#' || c == ';')) {
      comment = true;
      continue;
    }
    if (c == '"') {
      quoted = !quoted;
      continue;
    }
    if (c == '\\' && *at + 1 < text.size()) {
      c = text[++*at];
      if (c == '\n') continue;
      value += c;
      kept = value.size();
      continue;
    }
    if (value.empty() && !quoted && (c == ' ' || c == '\t')) continue;
    value += c;
    if (quoted || (c != ' ' && c != '\t' && c != '\r')) kept = value.size();
  }
  value.resize(kept);
  return value;
}

// "[section]" or "[section \"Sub\"]"; `at` stands on the '['.
std::string TakeSection(std::string_view text, std::size_t* at) {
  const std::size_t end = text.find_first_of("]\n", *at);
  const std::string_view inside = Trim(text.substr(*at + 1, end == text.npos ? text.npos : end - *at - 1));
  *at = end == text.npos ? text.size() : end + 1;
  const std::size_t space = inside.find_first_of(" \t.");
  if (space == inside.npos) return Lower(inside);
  return Lower(inside.substr(0, space)) + "." + std::string(inside.substr(space + 1));
}

std::vector<Setting> ParseSettings(std::string_view text) {
  std::vector<Setting> settings;
  std::string section;
  std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '[') {
      section = TakeSection(text, &at);
    } else if (c == '#' || c == ';') {
      at = std::min(text.find('\n', at), text.size());
    } else if (std::isalpha(static_cast<unsigned char>(c))) {
      const std::size_t end = std::min(text.find_first_of("=\n#;", at), text.size());
      Setting setting{section, Lower(Trim(text.substr(at, end - at))), "true"};
      at = end;
      if (at < text.size() && text[at] == '=') {
        ++at;
        setting.value = TakeValue(text, &at);
      }
      settings.push_back(std::move(setting));
    } else {
      ++at;
    }
  }
  return settings;
}

// Extensions that change nothing for a reader.
constexpr std::string_view kHarmless[] = {
    "noop",           "noop-v1",           "preciousobjects",    "partialclone",
    "worktreeconfig", "relativeworktrees", "compatobjectformat", "submodulepathconfig"};

Status ApplyExtension(const Setting& setting, RepositoryFormat* format) {
  if (setting.name == "objectformat") {
    const std::string hash = Lower(setting.value);
    if (hash != "sha1" && hash != "sha256")
      return Failed("the repository's object format is unknown: " + setting.value);
    format->hash = hash == "sha1" ? HashKind::kSha1 : HashKind::kSha256;
    return Ok{};
  }
  if (setting.name == "refstorage") {
    format->files_refs = Lower(setting.value) == "files";
    format->ref_storage = setting.value;
    return Ok{};
  }
  for (std::string_view harmless : kHarmless) {
    if (setting.name == harmless) return Ok{};
  }
  return Failed("the repository uses the extension " + setting.name + ", which Sluice does not know");
}

}  // namespace

Result<RepositoryFormat> ParseFormat(std::string_view config) {
  const std::vector<Setting> settings = ParseSettings(config);
  std::string version = "0";
  for (const Setting& setting : settings) {
    if (setting.section == "core" && setting.name == "repositoryformatversion") version = setting.value;
  }
  if (version != "0" && version != "1") {
    return Failed("the repository's format version is " + version + ", which Sluice does not know");
  }
  RepositoryFormat format;
  for (const Setting& setting : settings) {
    // Version 0 knows no extensions; git itself refuses those that matter there.
    if (version == "0" || setting.section != "extensions") continue;
    if (const Status applied = ApplyExtension(setting, &format); !applied) return applied.error();
  }
  return format;
}

}  // namespace sluice::git
