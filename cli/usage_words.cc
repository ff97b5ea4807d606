// Each sentence is a row: the texts between its parts, and ours with the parts
// put in. Tested by tests/cli/cli_test.cc and, against CLI11, usage_test.py.
#include "cli/usage_words.h"

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace sluice::cli {
namespace {

struct Form {
  std::array<std::string_view, 4> texts;  // before, between and after the parts
  std::size_t count;                      // of texts
  std::string_view words;                 // $1, $2, … are the parts
};
constexpr std::array<Form, 7> kForms{{
    {{"", ": ", " not in {", "}"}, 4, "\"$2\" is not a value of $1; known are $3"},
    {{"", ": Value ", " not in range ", ""}, 4, "\"$2\" is not a value of $1; it takes a number, $3"},
    {{"", ": 1 required ", ":{", "} missing"}, 4, "$1 needs a value: $3"},
    {{"", ": 1 required ", " missing"}, 3, "$1 needs a value: $2"},
    {{"Could not convert: ", " = ", ""}, 3, "\"$2\" is not a value of $1; it takes a number"},
    {{"", " excludes ", ""}, 3, "$1 and $2 cannot stand together"},
    {{"", " is required"}, 2, "$1 is missing"},
}};

// The parts of `said`; nothing where it has another form.
std::optional<std::vector<std::string>> PartsOf(std::string_view said,
                                                std::span<const std::string_view> texts) {
  if (!said.starts_with(texts[0])) return std::nullopt;
  said.remove_prefix(texts[0].size());
  std::vector<std::string> parts;
  for (std::size_t i = 1; i < texts.size(); ++i) {
    const bool last = i + 1 == texts.size();
    if (last && !said.ends_with(texts[i])) return std::nullopt;
    const std::size_t end = last ? said.size() - texts[i].size() : said.find(texts[i]);
    if (end == said.npos) return std::nullopt;
    parts.emplace_back(said.substr(0, end));
    said.remove_prefix(end + texts[i].size());
  }
  return parts;
}

// "{a,b}" is written as "a, b".
std::string Spaced(std::string_view list) {
  std::string out;
  for (const char c : list) {
    out += c;
    if (c == ',') out += ' ';
  }
  return out;
}

std::string Filled(std::string_view words, const std::vector<std::string>& parts) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != '$') {
      out += words[i];
      continue;
    }
    const auto part = static_cast<std::size_t>(words[++i] - '1');
    out += part == 2 ? Spaced(parts[part]) : parts[part];
  }
  return out;
}

}  // namespace

std::string UsageWords(std::string_view said) {
  for (const Form& form : kForms) {
    const auto parts = PartsOf(said, std::span(form.texts).first(form.count));
    if (parts) return Filled(form.words, *parts);
  }
  return std::string(said);
}

}  // namespace sluice::cli
