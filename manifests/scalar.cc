// One function for each step of go-yaml v2's resolve(): the words, then by the
// first character floats that begin with a point, then integers, floats and the
// odd "0b-1". What looks like a timestamp stays a string, as it does there.
// Invariant: a text that go-yaml reads as a string is a string here.
// Tested by tests/manifests/scalar_test.cc and the YAML differential.
#include "manifests/scalar.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "manifests/number.h"

namespace sluice::manifests {
namespace {

struct Word {
  std::string_view text;
  NodeKind kind;
  bool boolean = false;
};

constexpr Word kWords[] = {
    {"~", NodeKind::kNull},
    {"null", NodeKind::kNull},
    {"Null", NodeKind::kNull},
    {"NULL", NodeKind::kNull},
    {"y", NodeKind::kBool, true},
    {"Y", NodeKind::kBool, true},
    {"yes", NodeKind::kBool, true},
    {"Yes", NodeKind::kBool, true},
    {"YES", NodeKind::kBool, true},
    {"true", NodeKind::kBool, true},
    {"True", NodeKind::kBool, true},
    {"TRUE", NodeKind::kBool, true},
    {"on", NodeKind::kBool, true},
    {"On", NodeKind::kBool, true},
    {"ON", NodeKind::kBool, true},
    {"n", NodeKind::kBool, false},
    {"N", NodeKind::kBool, false},
    {"no", NodeKind::kBool, false},
    {"No", NodeKind::kBool, false},
    {"NO", NodeKind::kBool, false},
    {"false", NodeKind::kBool, false},
    {"False", NodeKind::kBool, false},
    {"FALSE", NodeKind::kBool, false},
    {"off", NodeKind::kBool, false},
    {"Off", NodeKind::kBool, false},
    {"OFF", NodeKind::kBool, false},
};

constexpr std::string_view kNotFinite[] = {".nan",  ".NaN",  ".NAN",  ".inf",  ".Inf",  ".INF",
                                           "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"};

// What the first character lets a plain scalar be, besides a string.
enum class Hint : unsigned char { kString, kWord, kPoint, kNumber };

constexpr auto kHints = [] {
  std::array<Hint, 256> hints{};
  for (const char c : std::string_view("yYnNtTfFoO~")) hints[static_cast<unsigned char>(c)] = Hint::kWord;
  for (const char c : std::string_view("+-0123456789")) hints[static_cast<unsigned char>(c)] = Hint::kNumber;
  hints['.'] = Hint::kPoint;
  return hints;
}();

bool ResolveWord(Node& node) {
  if (node.text.size() > 5) return false;
  for (const Word& word : kWords) {
    if (word.text[0] != node.text[0] || word.text != node.text) continue;
    node.kind = word.kind;
    if (word.kind == NodeKind::kBool) node.value.boolean = word.boolean;
    return true;
  }
  return false;
}

bool IsNotFinite(std::string_view text) {
  const char last = static_cast<char>(text.back() | 0x20);
  if (text.size() > 5 || (last != 'n' && last != 'f')) return false;
  return std::ranges::find(kNotFinite, text) != std::end(kNotFinite);
}

std::size_t SkipDigits(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

// go-yaml's ^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$
bool LooksLikeFloat(std::string_view text) {
  std::size_t at = text.starts_with('+') || text.starts_with('-') ? 1 : 0;
  const std::size_t whole = SkipDigits(text, at);
  const bool has_whole = whole > at;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = SkipDigits(text, at + 1);
    if (!has_whole && fraction == at + 1) return false;
    at = fraction;
  } else if (!has_whole) {
    return false;
  }
  if (at < text.size() && (text[at] | 0x20) == 'e') {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = SkipDigits(text, at);
    if (exponent == at) return false;
    at = exponent;
  }
  return at == text.size();
}

bool ResolveFloat(std::string_view text, Node& node) {
  double value = 0;
  if (!LooksLikeFloat(text) || !ParseDouble(text, value)) return false;
  node.kind = NodeKind::kFloat;
  node.value.number = value;
  return true;
}

// go-yaml's last try: after "0b", a signed binary number ("0b-1" is -1).
bool ResolveOddBinary(std::string_view text, Node& node) {
  if (!text.starts_with("0b-") && !text.starts_with("0b+")) return false;
  const bool plus = text[2] == '+';
  text.remove_prefix(2);
  if (plus) text.remove_prefix(1);
  if (text.starts_with('-') && plus) return false;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 2);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  node.kind = NodeKind::kInteger;
  node.value.integer = value;
  return true;
}

// What Go's ParseFloat wants of "_": a digit on either side.
bool SeparatesDigits(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') continue;
    if (i == 0 || SkipDigits(text, i - 1) != i || SkipDigits(text, i + 1) == i + 1) return false;
  }
  return true;
}

bool ResolveNumber(std::string_view text, Node& node) {
  if (SetInteger(text, node) || ResolveFloat(text, node)) return true;
  return ResolveOddBinary(text, node);
}

void Resolve(Hint hint, Node& node) {
  if (hint == Hint::kWord) {
    ResolveWord(node);
    return;
  }
  const bool point = hint == Hint::kPoint;
  const auto resolve = point ? ResolveFloat : ResolveNumber;
  if (node.text.find('_') == std::string_view::npos) {
    resolve(node.text, node);
    return;
  }
  if (point && !SeparatesDigits(node.text)) return;
  std::string plain(node.text);
  std::erase(plain, '_');
  resolve(plain, node);
}

}  // namespace

bool ResolvePlain(Node& node) {
  node.kind = NodeKind::kString;
  if (node.text.empty()) {
    node.kind = NodeKind::kNull;
    return true;
  }
  const Hint hint = kHints[static_cast<unsigned char>(node.text[0])];
  if (hint == Hint::kString) return true;
  if (hint != Hint::kWord && IsNotFinite(node.text)) return false;
  Resolve(hint, node);
  return true;
}

bool KeyText(const Node& scalar, Arena& arena, std::string_view& key) {
  switch (scalar.kind) {
    case NodeKind::kString:
      key = scalar.text;
      return true;
    case NodeKind::kBool:
      key = scalar.value.boolean ? "true" : "false";
      return true;
    case NodeKind::kFloat:
      key = arena.Keep(FloatKey(scalar.value.number));
      return true;
    case NodeKind::kInteger:
      if (scalar.is_unsigned) return false;
      key = arena.Keep(std::to_string(scalar.value.integer));
      return true;
    default:
      return false;
  }
}

}  // namespace sluice::manifests
