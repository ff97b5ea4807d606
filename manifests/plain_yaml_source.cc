// Scalars of one line. A text that stands in the file as it means is a view of
// the file; where quotes hold an escape, it is kept in the arena.
// Tested by tests/manifests/plain_yaml_test.cc.
#include "manifests/plain_yaml_source.h"

#include <array>
#include <cstring>

#include "manifests/utf8.h"

namespace sluice::manifests {
namespace {

using Bytes = std::array<bool, 256>;

constexpr Bytes Set(std::string_view members) {
  Bytes set{};
  for (const char member : members) set[static_cast<unsigned char>(member)] = true;
  return set;
}

bool In(const Bytes& set, char byte) { return set[static_cast<unsigned char>(byte)]; }

// Where a plain scalar may end, and where it has to be looked at.
constexpr Bytes kStops = Set("\n\t:#");
constexpr Bytes kFlowStops = Set("\n\t:#,[]{}?\"'");
// What cannot begin one; '-' only in front of a blank, '?' and ':' never here.
constexpr Bytes kIndicators = Set("\n\t #,[]{}&*!|>'\"%@`?:");

constexpr bool IsWordByte(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

// What an escape of double quotes means; 0: not of the subset.
constexpr char Unescape(char letter) {
  switch (letter) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '"':
    case '\\':
      return letter;
    default:
      return 0;
  }
}

}  // namespace

Position PlainYamlSource::At(const char* place) {
  if (ascii_) return {line_, static_cast<std::uint32_t>(place - line_begin_) + 1};
  if (counted_ < line_begin_ || counted_ > place) {
    counted_ = line_begin_;
    column_ = 1;
  }
  column_ += CountCodePoints({counted_, static_cast<std::size_t>(place - counted_)});
  counted_ = place;
  return {line_, column_};
}

std::string_view PlainYamlSource::Line() const {
  const auto size = static_cast<std::size_t>(end_ - at_);
  const void* line_end = size == 0 ? nullptr : std::memchr(at_, '\n', size);
  return {at_,
          line_end == nullptr ? size : static_cast<std::size_t>(static_cast<const char*>(line_end) - at_)};
}

void PlainYamlSource::NextLine() {
  line_begin_ = ++at_;
  ++line_;
}

void PlainYamlSource::SkipToToken() {
  for (;;) {
    SkipSpaces();
    if (AtEnd()) return;
    if (*at_ == '#' && (at_ == line_begin_ || at_[-1] == ' ')) at_ += Line().size();
    if (AtEnd() || *at_ != '\n') return;
    NextLine();
  }
}

bool PlainYamlSource::SkipToLineEnd() {
  SkipSpaces();
  if (AtEnd() || *at_ == '\n') return true;
  if (*at_ != '#' || at_[-1] != ' ') return false;
  at_ += Line().size();
  return true;
}

bool PlainYamlSource::AtPlainScalar() const {
  if (AtEnd() || In(kIndicators, *at_)) return false;
  return *at_ != '-' || !(IsBlank(1) || Peek(1) == '\t');
}

bool PlainYamlSource::ReadPlain(Node& node) {
  const char* const begin = at_;
  for (;; ++at_) {
    while (at_ != end_ && !In(kStops, *at_)) ++at_;
    if (AtEnd() || *at_ == '\n') break;
    if (*at_ == '\t' || Peek(1) == '\t') return false;
    if (*at_ == ':' ? IsBlank(1) : at_[-1] == ' ') break;
  }
  const char* last = at_;
  while (last[-1] == ' ') --last;
  return Finish(begin, last, node);
}

bool PlainYamlSource::ReadPlainInFlow(Node& node) {
  const char* const begin = at_;
  for (;; ++at_) {
    while (at_ != end_ && !In(kFlowStops, *at_)) ++at_;
    const char stop = Peek();
    if (stop == ',' || stop == ']' || stop == '}') break;
    if (stop != ':') return false;
    if (Peek(1) == ' ') break;
    if (!IsWordByte(Peek(1)) && Peek(1) != '/') return false;
  }
  const char* last = at_;
  while (last[-1] == ' ') --last;
  return Finish(begin, last, node);
}

bool PlainYamlSource::Finish(const char* begin, const char* end, Node& node) {
  node.style = NodeStyle::kPlain;
  node.text = {begin, static_cast<std::size_t>(end - begin)};
  node.range.begin = At(begin);
  node.range.end = At(end);
  return true;
}

bool PlainYamlSource::ReadQuoted(Node& node) {
  node.kind = NodeKind::kString;
  node.range.begin = Here();
  const bool read = *at_ == '"' ? ReadDoubleQuoted(node) : ReadSingleQuoted(node);
  node.range.end = Here();
  return read;
}

bool PlainYamlSource::ReadSingleQuoted(Node& node) {
  node.style = NodeStyle::kSingleQuoted;
  ++at_;
  const std::string_view line = Line();
  const auto doubled = [&](std::size_t quote) { return quote + 1 < line.size() && line[quote + 1] == '\''; };
  std::size_t end = line.find('\'');
  if (end == line.npos) return false;
  node.text = line.substr(0, end);
  if (doubled(end)) {
    text_.clear();
    std::size_t begin = 0;
    for (; end != line.npos && doubled(end); end = line.find('\'', begin)) {
      text_.append(line, begin, end + 1 - begin);
      begin = end + 2;
    }
    if (end == line.npos) return false;
    node.text = arena_.Keep(text_.append(line, begin, end - begin));
  }
  at_ += end + 1;
  return true;
}

bool PlainYamlSource::ReadDoubleQuoted(Node& node) {
  node.style = NodeStyle::kDoubleQuoted;
  ++at_;
  const std::string_view line = Line();
  std::size_t end = line.find_first_of("\"\\");
  if (end == line.npos) return false;
  node.text = line.substr(0, end);
  if (line[end] == '\\') {
    text_.assign(node.text);
    for (std::size_t begin; line[end] == '\\';) {
      const char meaning = end + 1 < line.size() ? Unescape(line[end + 1]) : '\0';
      if (meaning == 0) return false;
      text_ += meaning;
      begin = end + 2;
      end = line.find_first_of("\"\\", begin);
      if (end == line.npos) return false;
      text_.append(line, begin, end - begin);
    }
    node.text = arena_.Keep(text_);
  }
  at_ += end + 1;
  return true;
}

}  // namespace sluice::manifests
