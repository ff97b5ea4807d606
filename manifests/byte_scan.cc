// Bytes 0x20 to 0x7E are skipped eight at a time; everything else is looked at.
// Invariant: a text that passes is UTF-8, its only line ends are LF and CR LF,
// it holds no control character but tab, and a byte order mark only in front.
// libyaml and go-yaml count lines and columns of such a text alike.
// Tested by tests/manifests/byte_scan_test.cc.
#include "manifests/byte_scan.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "manifests/hidden.h"
#include "manifests/rules.h"
#include "manifests/utf8.h"

namespace sluice::manifests {
namespace {

// True where one of eight bytes is below 0x20, 0x7F, or above.
bool HasSpecial(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kHighs = 0x80 * kOnes;
  const std::uint64_t deleted = word ^ 0x7F * kOnes;
  return ((word | (word - 0x20 * kOnes) | (deleted - kOnes)) & kHighs) != 0;
}

class Scanner {
 public:
  Scanner(std::string_view bytes, std::size_t limit) : bytes_(bytes), limit_(limit) {}
  ByteScan Run();

 private:
  unsigned char Byte(std::size_t at) const { return static_cast<unsigned char>(bytes_[at]); }
  bool HasBefore(char first, std::string_view next) const;
  void SkipPlain();
  void Look();
  void LookAtControl(unsigned char byte);
  void LookAtLetter();
  void StartLine();
  void LookForSeparator();
  void Refuse(const Rule& rule, std::string message);
  Range Here() const;

  std::string_view bytes_;
  std::size_t limit_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
  std::uint32_t line_ = 0;
  ByteScan scan_;
};

ByteScan Scanner::Run() {
  if (bytes_.starts_with("\xFF\xFE") || bytes_.starts_with("\xFE\xFF")) {
    line_ = 1;
    Refuse(kEncodingRule, "the text is UTF-16, which only some readers understand");
    return scan_;
  }
  if (bytes_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  StartLine();
  while (!scan_.problem) {
    SkipPlain();
    if (at_ == bytes_.size()) break;
    Look();
  }
  scan_.backslash = bytes_.find('\\') != std::string_view::npos;
  scan_.code_escape = scan_.backslash && HasBefore('\\', "xuU");
  scan_.lone_tag = HasBefore('!', " \t\r\n");
  return scan_;
}

// True where `first` stands in front of one of `next`, or of the end.
bool Scanner::HasBefore(char first, std::string_view next) const {
  for (auto at = bytes_.find(first); at != std::string_view::npos; at = bytes_.find(first, at + 1)) {
    if (at + 1 == bytes_.size() || next.find(bytes_[at + 1]) != std::string_view::npos) return true;
  }
  return false;
}

void Scanner::SkipPlain() {
  for (std::uint64_t word; at_ + sizeof word <= bytes_.size(); at_ += sizeof word) {
    std::memcpy(&word, bytes_.data() + at_, sizeof word);
    if (HasSpecial(word)) break;
  }
  while (at_ < bytes_.size() && Byte(at_) >= 0x20 && Byte(at_) < 0x7F) ++at_;
}

void Scanner::Look() {
  const unsigned char byte = Byte(at_);
  if (byte == '\n') {
    ++at_;
    StartLine();
  } else if (byte == '\t') {
    ++at_;
  } else if (byte < 0x80) {
    LookAtControl(byte);
  } else {
    LookAtLetter();
  }
}

void Scanner::LookAtControl(unsigned char byte) {
  if (byte != '\r') {
    Refuse(kEncodingRule, fmt::format("the control character U+{:04X} is not allowed in a manifest", byte));
  } else if (at_ + 1 < bytes_.size() && bytes_[at_ + 1] == '\n') {
    scan_.carriage_return = true;
    ++at_;
  } else {
    Refuse(kLineBreakRule, "a carriage return without a line feed ends a line for some readers only");
  }
}

void Scanner::LookAtLetter() {
  scan_.ascii = false;
  const CodePoint point = DecodeUtf8(bytes_, at_);
  const auto name = [&] { return fmt::format("U+{:04X}", static_cast<std::uint32_t>(point.value)); };
  if (point.size == 0) return Refuse(kEncodingRule, "the text is not UTF-8 here");
  if (point.value == 0x85 || point.value == 0x2028 || point.value == 0x2029) {
    return Refuse(kLineBreakRule, fmt::format("the line break {} ends a line for some readers only", name()));
  }
  if (point.value < 0xA0 || point.value == 0xFFFE || point.value == 0xFFFF) {
    return Refuse(kEncodingRule,
                  fmt::format("the control character {} is not allowed in a manifest", name()));
  }
  if (point.value == 0xFEFF) return Refuse(kEncodingRule, "a byte order mark may only begin a file");
  if (HiddenKind(point.value) != Hidden::kNo) scan_.hidden = true;
  at_ += point.size;
}

void Scanner::StartLine() {
  ++line_;
  line_begin_ = at_;
  if (at_ < bytes_.size() && bytes_[at_] == '-' && bytes_.substr(at_).starts_with("---")) LookForSeparator();
}

// kubectl cuts a stream at every line that begins with "---" and refuses the
// file unless only blanks and a comment follow; other tools drop the rest of
// the line; to YAML "---x" is text.
void Scanner::LookForSeparator() {
  if (scan_.separators.size() <= limit_) scan_.separators.push_back(line_);
  const std::size_t end = std::min(bytes_.find('\n', at_), bytes_.size());
  std::string_view rest = bytes_.substr(at_ + 3, end - at_ - 3);
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  const std::size_t text = rest.find_first_not_of(" \t");
  if (text == std::string_view::npos || (text > 0 && rest[text] == '#') || scan_.separator) return;
  const auto begin = static_cast<std::uint32_t>(text + 4);
  scan_.separator =
      Problem{&kDocumentRule,
              {{line_, begin}, {line_, begin + 1}},
              "what stands on a line behind \"---\" is read by some tools and dropped by others"};
}

void Scanner::Refuse(const Rule& rule, std::string message) {
  scan_.problem = Problem{&rule, Here(), std::move(message)};
}

Range Scanner::Here() const {
  const std::uint32_t column = CountCodePoints(bytes_.substr(line_begin_, at_ - line_begin_)) + 1;
  return {{line_, column}, {line_, column + 1}};
}

}  // namespace

ByteScan ScanBytes(std::string_view bytes, std::size_t limit) { return Scanner(bytes, limit).Run(); }

bool LooksLikeJson(std::string_view bytes) {
  bytes = bytes.substr(0, 4096);
  const std::size_t first = bytes.find_first_not_of(" \t\n\v\f\r");
  if (first == std::string_view::npos || static_cast<unsigned char>(bytes[first]) < 0x80) {
    return first != std::string_view::npos && bytes[first] == '{';
  }
  // Go's unicode.IsSpace knows more blanks; both of our readers refuse them in
  // front of a brace, so that it does not matter which of them is asked.
  return false;
}

}  // namespace sluice::manifests
