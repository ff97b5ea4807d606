// Plain and quoted scalars. A text that stands in the file as it means is a view
// of the file; one of several lines, or with an escape, is kept in the arena.
// Tested by tests/manifests/plain_yaml_test.cc.
#include "manifests/plain_yaml_source.h"

#include <algorithm>
#include <array>
#include <charconv>
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

std::string_view PlainYamlSource::Line() {
  if (line_end_ == nullptr || line_end_ < at_) {
    const auto size = static_cast<std::size_t>(end_ - at_);
    const void* found = size == 0 ? nullptr : std::memchr(at_, '\n', size);
    line_end_ = found == nullptr ? end_ : static_cast<const char*>(found);
  }
  return {at_, static_cast<std::size_t>(line_end_ - at_)};
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
  if (*at_ == '-' && !IsWordByte(Peek(1)) && Peek(1) != '-') return false;
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

// The other lines of a scalar that began on this one.
bool PlainYamlSource::ReadPlainTail(std::size_t indent, Node& node) {
  const std::string_view first = node.text;
  while (!AtEnd() && *at_ == '\n') {  // a comment ends it
    const Mark line_end = Stand();
    const std::size_t breaks = SkipLines();
    if (AtEnd() || *at_ == '#' || Indent() <= indent) {
      GoBackTo(line_end);
      break;
    }
    if (*at_ == '\t' || *at_ == ':') return false;
    if (node.text.data() == first.data()) text_.assign(first);
    AppendBreaks(breaks);
    Node line;
    if (!ReadPlain(line) || Peek() == ':') return false;
    node.text = text_.append(line.text);
    node.range.end = line.range.end;
  }
  if (node.text.data() != first.data()) node.text = arena_.Keep(text_);
  return true;
}

// From the end of a line to what is next; how many lines ended.
std::size_t PlainYamlSource::SkipLines() {
  std::size_t breaks = 0;
  for (; !AtEnd() && *at_ == '\n'; ++breaks) {
    NextLine();
    SkipSpaces();
  }
  return breaks;
}

// One end of a line is a blank, of more each but the first stays.
void PlainYamlSource::AppendBreaks(std::size_t breaks) {
  if (breaks == 1) text_ += ' ';
  text_.append(breaks - 1, '\n');
}

bool PlainYamlSource::ReadQuoted(Node& node) {
  node.kind = NodeKind::kString;
  node.range.begin = Here();
  const char quote = *at_++;
  node.style = quote == '"' ? NodeStyle::kDoubleQuoted : NodeStyle::kSingleQuoted;
  const std::string_view line = Line();
  const std::size_t stop = line.find_first_of(quote == '"' ? "\"\\" : "'");
  const bool as_it_stands = stop != line.npos && line[stop] == quote && !line.substr(stop).starts_with("''");
  if (as_it_stands) {
    node.text = line.substr(0, stop);
    at_ += stop + 1;
  } else {
    text_.clear();
    if (!AppendQuoted(quote)) return false;
    node.text = arena_.Keep(text_);
  }
  node.range.end = Here();
  return true;
}

// Up to and behind the closing quote.
bool PlainYamlSource::AppendQuoted(char quote) {
  std::size_t escaped = 0;  // so much of the text is no blank that the end of a line takes away
  for (;;) {
    const std::string_view line = Line();
    const std::size_t stop = line.find_first_of(quote == '"' ? "\"\\" : "'");
    text_.append(line.substr(0, stop));
    at_ += std::min(stop, line.size());
    if (stop == line.npos) {
      if (!FoldQuoted(escaped)) return false;
    } else if (*at_ == '\\') {
      if (!AppendEscape()) return false;
      escaped = text_.size();
    } else {
      ++at_;
      if (quote == '"' || Peek() != '\'') return true;
      text_ += *at_++;
    }
  }
}

bool PlainYamlSource::FoldQuoted(std::size_t escaped) {
  while (text_.size() > escaped && (text_.back() == ' ' || text_.back() == '\t')) text_.pop_back();
  std::size_t breaks = 0;
  for (; !AtEnd() && *at_ == '\n'; ++breaks) {
    NextLine();
    if (Line().starts_with("---") || Line().starts_with("...")) return false;
    while (!AtEnd() && (*at_ == ' ' || *at_ == '\t')) ++at_;
  }
  if (AtEnd()) return false;
  AppendBreaks(breaks);
  return true;
}

bool PlainYamlSource::AppendEscape() {
  const std::string_view rest = Line().substr(1);
  if (rest.empty()) return false;
  if (rest[0] == 'u') {
    std::uint32_t point = 0;
    const std::string_view digits = rest.substr(1, 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), point, 16);
    if (error != std::errc() || end != rest.data() + 5 || (point >= 0xD800 && point < 0xE000)) return false;
    AppendUtf8(point, text_);
    at_ += 6;
    return true;
  }
  const char meaning = Unescape(rest[0]);
  if (meaning == 0) return false;
  text_ += meaning;
  at_ += 2;
  return true;
}

}  // namespace sluice::manifests
