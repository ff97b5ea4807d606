// Strings and numbers are those of RFC 8259; half a surrogate pair is refused.
// Numbers mean what Kubernetes' json package makes of them: integers that fit
// are exact, whole floats are integers, the rest are doubles.
// Tested by tests/manifests/json_test.cc.
#include "manifests/json_tokens.h"

#include <utility>

#include "manifests/number.h"
#include "manifests/rules.h"
#include "manifests/utf8.h"

namespace sluice::manifests {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

bool JsonTokens::SkipBlanks() {
  for (; !AtEnd(); ++at_) {
    const char c = bytes_[at_];
    if (c == '\n') {
      known_at_ = at_ + 1;
      known_place_ = {known_place_.line + 1, 1};
    } else if (c != ' ' && c != '\t' && c != '\r') {
      return true;
    }
  }
  return false;
}

// Blanks hold the only line ends, and SkipBlanks counts them.
Position JsonTokens::Here() {
  known_place_.column += CountCodePoints(bytes_.substr(known_at_, at_ - known_at_));
  known_at_ = at_;
  return known_place_;
}

bool JsonTokens::Fail(std::string message) {
  const Position at = Here();
  return problems_.Add(kJsonRule, {at, {at.line, at.column + 1}}, std::move(message));
}

bool JsonTokens::ReadScalar(Node& node) {
  if (Peek() == '"') {
    node.kind = NodeKind::kString;
    node.style = NodeStyle::kDoubleQuoted;
    return ReadString(node.text);
  }
  if (Peek() == '-' || (Peek() >= '0' && Peek() <= '9')) return ReadNumber(node);
  return ReadWord(node);
}

bool JsonTokens::ReadWord(Node& node) {
  constexpr struct {
    std::string_view text;
    NodeKind kind;
    bool boolean;
  } kWords[] = {
      {"true", NodeKind::kBool, true}, {"false", NodeKind::kBool, false}, {"null", NodeKind::kNull, false}};
  for (const auto& word : kWords) {
    if (!bytes_.substr(at_).starts_with(word.text)) continue;
    node.kind = word.kind;
    node.text = word.text;
    if (word.kind == NodeKind::kBool) node.value.boolean = word.boolean;
    at_ += word.text.size();
    return true;
  }
  return Fail("expected a value of JSON, as which kubectl reads a file that begins with \"{\"");
}

std::size_t JsonTokens::SkipDigits() {
  const std::size_t begin = at_;
  while (Peek() >= '0' && Peek() <= '9') ++at_;
  return at_ - begin;
}

// RFC 8259, section 6.
bool JsonTokens::SkipNumber() {
  if (Peek() == '-') ++at_;
  const bool zero = Peek() == '0';
  const std::size_t digits = SkipDigits();
  if (digits == 0 && bytes_.substr(at_).starts_with("--"))
    return Fail("JSON has no \"---\": write one value behind the other, or a file for each");
  if (digits == 0 || (zero && digits > 1)) return Fail("this is not a number of JSON");
  if (Peek() == '.') {
    ++at_;
    if (SkipDigits() == 0) return Fail("expected a digit behind the point");
  }
  if (Peek() != 'e' && Peek() != 'E') return true;
  ++at_;
  if (Peek() == '+' || Peek() == '-') ++at_;
  return SkipDigits() > 0 || Fail("expected a digit in the exponent");
}

bool JsonTokens::ReadNumber(Node& node) {
  const std::size_t begin = at_;
  if (!SkipNumber()) return false;
  node.text = bytes_.substr(begin, at_ - begin);
  if (node.text.find_first_of(".eE") == std::string_view::npos && SetInteger(node.text, node)) return true;
  node.kind = NodeKind::kFloat;
  if (!ParseDouble(node.text, node.value.number)) return Fail("the number is too large");
  WholeToInteger(node);
  return true;
}

// The text between two quotes: a view of the file where it holds no escape.
bool JsonTokens::ReadString(std::string_view& text) {
  const std::size_t begin = ++at_;
  std::string decoded;
  std::size_t copied = begin;
  for (;; ++at_) {
    const char c = Peek();
    if (AtEnd() || c == '\n' || c == '\r' || c == '\t')
      return Fail("the line or file ends inside a text, or a tab stands in it");
    if (c == '"') break;
    if (c != '\\') continue;
    decoded.append(bytes_.substr(copied, at_ - copied));
    ++at_;
    if (!ReadEscape(decoded)) return false;
    copied = at_ + 1;
  }
  const std::string_view rest = bytes_.substr(copied, at_ - copied);
  text = copied == begin ? rest : arena_.Keep(decoded.append(rest));
  ++at_;
  return true;
}

// Leaves at_ on the last character of the escape.
bool JsonTokens::ReadEscape(std::string& text) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (Peek() == 'u') return ReadUnicode(text);
  const std::size_t letter = AtEnd() ? std::string_view::npos : kLetters.find(Peek());
  if (letter == std::string_view::npos) return Fail("JSON knows no such escape");
  text += kMeanings[letter];
  return true;
}

// Reads the four digits behind at_, which is on the 'u'.
bool JsonTokens::ReadCodeUnit(char32_t& unit) {
  unit = 0;
  for (int i = 0; i < 4; ++i) {
    ++at_;
    const int digit = HexDigit(Peek());
    if (AtEnd() || digit < 0) return Fail("expected four hexadecimal digits behind \"\\u\"");
    unit = unit << 4 | static_cast<char32_t>(digit);
  }
  return true;
}

bool JsonTokens::ReadUnicode(std::string& text) {
  char32_t value = 0;
  if (!ReadCodeUnit(value)) return false;
  if (value >= 0xD800 && value < 0xDC00 && bytes_.substr(at_ + 1).starts_with("\\u")) {
    at_ += 2;
    char32_t low = 0;
    if (!ReadCodeUnit(low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return Fail("the second half of a surrogate pair is missing");
    value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
  }
  if (value >= 0xD800 && value <= 0xDFFF) return Fail("half of a surrogate pair stands alone");
  AppendUtf8(value, text);
  return true;
}

}  // namespace sluice::manifests
