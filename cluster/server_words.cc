// Field errors are `TYPE: VALUE: DETAIL` or `TYPE: DETAIL` (apimachinery's
// field.Error). VALUE is JSON, of Go's own structures too, and before Kubernetes 1.34
// as Go writes them: `map[string]string{"app":"x"}`, `(*int64)(0xc000123456)`. Since
// 1.37 it may be left out. Some details end in a diff of the object behind a line end.
// Tested by tests/cluster/server_words_test.cc.
#include "cluster/server_words.h"

#include <algorithm>
#include <array>

#include "manifests/hidden.h"
#include "manifests/utf8.h"

namespace sluice::cluster {
namespace {

constexpr std::size_t kLongest = 500;      // of a text that is told
constexpr std::size_t kLongestValue = 60;  // of a value

struct ErrorType {
  std::string_view begins;
  std::string_view words;
  bool has_value;
};
constexpr ErrorType kErrorTypes[] = {
    {"Invalid value", "invalid value", true},
    {"Unsupported value", "unsupported value", true},
    {"Duplicate value", "duplicate value", true},
    {"Not found", "not found", true},
    {"Too many", "too many", true},
    {"Required value", "a value is required", false},
    {"Forbidden", "forbidden", false},
    {"Too long", "too long", false},
    {"Internal error", "internal error", false},
};

// What CEL and schemas write in place of a value, and values that say nothing.
constexpr std::array<std::string_view, 9> kNoValues = {"\"object\"",  "\"string\"", "\"array\"",
                                                       "\"integer\"", "\"number\"", "\"boolean\"",
                                                       "null",        "\"\"",       "\"null\""};

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// The first line, whole code points of it.
std::string OneLine(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  text = begin == text.npos ? std::string_view() : text.substr(begin);
  text = text.substr(0, text.find_first_of("\r\n"));
  const bool cut = text.size() > kLongest;
  std::size_t end = std::min(text.size(), kLongest);
  while (cut && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  std::string line(text.substr(0, end));
  if (cut) return line + "…";
  while (!line.empty() && (line.back() == '.' || line.back() == ' ')) line.pop_back();
  return line;
}

bool IsPlain(std::string_view text) {
  return manifests::IsUtf8(text) && std::none_of(text.begin(), text.end(), IsControl) &&
         !manifests::HasHidden(text);
}

// Where the JSON value at the beginning of `text` ends; npos: nowhere.
std::size_t EndOfValue(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '{' || c == '[')) {
      ++depth;
    } else if (!quoted && depth > 0 && (c == '}' || c == ']')) {
      --depth;
    } else if (!quoted && depth == 0 && c == ':') {
      return at;
    }
  }
  return quoted || depth > 0 ? text.npos : text.size();
}

// Words stand where a value is left out. One that is not quoted has no blank: a
// number, a quantity, a time.
bool IsWords(std::string_view value) {
  constexpr std::string_view kQuotes = "\"{[&(";
  const std::string_view head = value.substr(0, value.find_first_of(kQuotes));
  return head.find(' ') != head.npos;
}

bool IsTold(std::string_view value) {
  const bool of_go = value.starts_with('&') || value.starts_with("(*") || value.ends_with('}');
  const bool collection =
      value.starts_with('{') || value.starts_with('[') || (of_go && !value.starts_with('"'));
  return !value.empty() && !collection && value.size() <= kLongestValue &&
         std::find(kNoValues.begin(), kNoValues.end(), value) == kNoValues.end();
}

// "TYPE VALUE: DETAIL", as much of it as may be told.
std::string Compose(std::string_view type, std::string_view value, std::string_view detail,
                    const Discretion& discretion) {
  const std::string words = FreeWords(detail, discretion);
  const std::string said = std::string(type) + (words.empty() ? "" : ": " + words);
  if (!IsTold(value) || !IsPlain(value)) return said;
  const std::string with_value =
      std::string(type) + ' ' + std::string(value) + (words.empty() ? "" : ": " + words);
  return discretion.MayTell(with_value) ? with_value : said;
}

}  // namespace

std::string FreeWords(std::string_view text, const Discretion& discretion) {
  std::string line = OneLine(text);
  std::replace(line.begin(), line.end(), '\t', ' ');
  return IsPlain(line) && discretion.MayTell(line) ? line : std::string();
}

std::string CauseWords(std::string_view message, const Discretion& discretion) {
  for (const ErrorType& type : kErrorTypes) {
    if (!message.starts_with(type.begins)) continue;
    std::string_view rest = message.substr(type.begins.size());
    if (rest.starts_with(": ")) rest.remove_prefix(2);
    std::string_view value;
    if (type.has_value) {
      const std::size_t end = EndOfValue(rest);
      value = end == rest.npos ? std::string_view() : rest.substr(0, end);
      if (IsWords(value)) return Compose(type.words, {}, rest, discretion);
      rest = end == rest.npos ? std::string_view() : rest.substr(std::min(end + 1, rest.size()));
    }
    return Compose(type.words, value, rest, discretion);
  }
  const std::string words = FreeWords(message, discretion);
  return words.empty() ? "the API server finds something wrong, in words that are not shown" : words;
}

std::string NameWords(std::string_view name) {
  constexpr std::size_t kLongestName = 300;
  return name.empty() || name.size() > kLongestName || !IsPlain(name) ? "?" : std::string(name);
}

std::string FieldWords(std::string field) {
  return field.size() > kLongest || !IsPlain(field) || IsMaskedText(field) ? std::string() : field;
}

}  // namespace sluice::cluster
