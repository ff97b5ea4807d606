// A schema says more than a keyword that failed can: `x-says` is its sentence
// for a value that does not fit, `x-keys` for a key, `{}` in both what stands in
// the file. Where it has none, the keyword speaks. Tests: json_schema_test.cc.
#include "schemas/json_schema_words.h"

#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include "manifests/nearest.h"
#include "schemas/json_schema_patterns.h"
#include "schemas/json_schema_wants.h"
#include "schemas/words.h"

namespace sluice::schemas {
namespace {

using manifests::FieldStep;
using manifests::Node;
using manifests::NodeKind;
using Path = std::span<const FieldStep>;

constexpr std::string_view kUnknownKey = "Object contains a property that could not be validated";
constexpr std::string_view kMissingKey = "Missing required property '";
constexpr std::string_view kWrongType = "Value type not permitted";
constexpr std::string_view kNotInEnum = "Failed to match against any enum values";

struct Wording {
  std::string_view begin;  // of what valijson says
  std::string_view words;  // ours; with a name after it where `named`
  bool named;
};
constexpr std::array<Wording, 6> kWordings{{
    {"Missing dependency '", "missing key, which another one needs: ", true},
    {kNotInEnum, "the value is none of those allowed (enum)", false},
    {"Failed to validate against any schemas allowed by anyOf", "fits none of the alternatives (anyOf)",
     false},
    {"Failed to validate against any child schemas allowed by oneOf", "fits none of the alternatives (oneOf)",
     false},
    {"Failed to validate against exactly one child schema", "fits more than one of the alternatives (oneOf)",
     false},
    {"Target should not validate against schema specified in 'not'", "this is what the schema forbids (not)",
     false},
}};

bool IsOfType(std::string_view said) { return said.starts_with(kWrongType); }

std::string Quoted(std::string_view text) { return "\"" + Escaped(text, 60) + "\""; }

std::string Sentence(std::string text) {
  while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
  const std::string_view zeros = ".000000";
  if (text.size() > zeros.size() && text.compare(text.size() - zeros.size(), zeros.size(), zeros) == 0) {
    text.resize(text.size() - zeros.size());
  }
  if (!text.empty()) text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
  return text;
}

std::string Filled(std::string words, const std::string& value) {
  const std::size_t place = words.find("{}");
  return place == words.npos ? words : words.replace(place, 2, value);
}

// The text of the pattern that a mark in `said` stands for.
std::optional<std::string> PatternIn(const std::string& said, const std::vector<std::string>& patterns) {
  const std::size_t mark = said.find(" fewer than ");
  if (mark == said.npos) return std::nullopt;
  std::uint64_t count = 0;
  std::from_chars(said.data() + mark + 12, said.data() + said.size(), count);
  if (count < kPatternMark || count - kPatternMark >= patterns.size()) return std::nullopt;
  return patterns[count - kPatternMark];
}

std::string UnknownKey(std::string_view name, const Speaker& speaker, Path path) {
  if (const std::string words = SaidOfKeys(speaker.schema, path); !words.empty())
    return Filled(words, Quoted(name));
  const std::vector<std::string> known = KnownKeys(speaker.schema, path);
  const std::vector<std::string_view> views(known.begin(), known.end());
  const std::string_view near = manifests::Nearest(name, views);
  return "unknown key " + Quoted(name) + (near.empty() ? "" : ", did you mean " + Quoted(near) + "?");
}

std::string MissingKey(std::string_view name, const Speaker& speaker, Path path) {
  std::vector<FieldStep> member(path.begin(), path.end());
  member.push_back({name, 0});
  const std::string value = OnlyValue(speaker.schema, member);
  return "missing key " + Quoted(name) + (value.empty() ? "" : ": write " + std::string(name) + ": " + value);
}

// YAML took for a number or a boolean what should be a text, and would be one in quotes.
std::string UnquotedWords(const Speaker& speaker, const Node& node, Path path) {
  const bool scalar =
      node.kind == NodeKind::kFloat || node.kind == NodeKind::kInteger || node.kind == NodeKind::kBool;
  if (!scalar || !TakesText(speaker.schema, path, node.text)) return {};
  std::string words = "write " + (speaker.shows_values ? Quoted(node.text) : "it") +
                      " in quotes: without them it is " + std::string(KindWords(node));
  if (node.kind == NodeKind::kFloat && speaker.shows_values) words += ", and 1.30 would read as 1.3";
  return words;
}

std::string WrongType(const Speaker& speaker, const Node& node, Path path) {
  const std::string wanted = WantedTypes(speaker.schema, path);
  if (wanted.empty()) return std::string(KindWords(node)) + " may not stand here";
  return "got " + std::string(KindWords(node)) + ", want " + wanted;
}

}  // namespace

bool IsWrapper(std::string_view said) {
  for (const std::string_view begin :
       {"Failed to validate against schema associated", "Failed to validate against child schema #",
        "Failed to validate against additional properties", "Failed to validate item #",
        "Failed to validate against a conditional", "Failed to validate against dependent"}) {
    if (said.starts_with(begin)) return true;
  }
  return false;
}

bool IsAlternative(std::string_view said) {
  return said.find("anyOf") != said.npos || said.find("oneOf") != said.npos ||
         said.find("exactly one") != said.npos;
}

bool IsUnknownKey(std::string_view said) { return said.starts_with(kUnknownKey); }
bool IsOfAnother(std::string_view said) { return IsOfType(said) || said.starts_with(kNotInEnum); }

std::string_view QuotedName(std::string_view said) {
  const std::size_t end = said.rfind('\'');
  if (end == said.npos || end == 0) return {};
  const std::size_t begin = said.rfind('\'', end - 1);
  return begin == said.npos ? std::string_view() : said.substr(begin + 1, end - begin - 1);
}

std::string WordsOf(const std::string& said, const Speaker& speaker, const Node& node, Path path) {
  if (IsUnknownKey(said)) return UnknownKey(QuotedName(said), speaker, path);
  if (said.starts_with(kMissingKey)) return MissingKey(QuotedName(said), speaker, path);
  if (IsOfType(said)) {
    if (const std::string words = UnquotedWords(speaker, node, path); !words.empty()) return words;
  }
  // Of a list or a mapping of the right type, the keyword knows what is wrong with it.
  const bool structured = node.kind == NodeKind::kMapping || node.kind == NodeKind::kSequence;
  const std::string own = SaidOfValue(speaker.schema, path);
  if (!own.empty() && (!structured || IsOfType(said) || IsAlternative(said))) {
    const std::string value = speaker.shows_values ? Shown(node, ValuesShown::kShown) : std::string();
    return Filled(own, value.empty() ? std::string(KindWords(node)) : value);
  }
  if (const std::optional<std::string> pattern = PatternIn(said, speaker.patterns))
    return "the text does not match the pattern " + Escaped(*pattern, 200);
  if (IsOfType(said)) return WrongType(speaker, node, path);
  if (said.starts_with(kNotInEnum)) {
    const std::string wanted = WantedValues(speaker.schema, path);
    if (!wanted.empty()) return "the value must be one of " + wanted;
  }
  for (const Wording& wording : kWordings) {
    if (!said.starts_with(wording.begin)) continue;
    return std::string(wording.words) + (wording.named ? Quoted(QuotedName(said)) : "");
  }
  return Sentence(said);
}

}  // namespace sluice::schemas
