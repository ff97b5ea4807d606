// Literal and folded texts. Left to libyaml: indentation indicators, "+", texts
// that the end of the file cuts off, a tab in front of a line.
// Tested by tests/manifests/plain_yaml_test.cc.
#include <algorithm>
#include <utility>

#include "manifests/plain_yaml_source.h"

namespace sluice::manifests {

struct PlainYamlSource::TextShape {
  bool folded = false;
  bool stripped = false;        // "-": no line feed at the end
  std::size_t indent = 0;       // of every line
  std::size_t empty_lines = 0;  // since the last line that was not
  Position end;                 // behind the last byte that is no blank
};

bool PlainYamlSource::ReadTextHeader(TextShape& shape) {
  shape.folded = *at_++ == '>';
  shape.stripped = Peek() == '-';
  if (shape.stripped) ++at_;
  SkipSpaces();
  if (AtEnd() || *at_ != '\n') return false;
  NextLine();
  return true;
}

// Leaves off at the begin of the first line that is not empty.
bool PlainYamlSource::FindTextIndent(std::size_t least, TextShape& shape) {
  std::size_t longest_empty = 0;
  for (;; NextLine()) {
    SkipSpaces();
    if (AtEnd() || *at_ == '\t') return false;
    if (*at_ != '\n') break;
    longest_empty = std::max(longest_empty, Indent());
    ++shape.empty_lines;
  }
  shape.indent = Indent();
  at_ = line_begin_;
  return shape.indent >= least && shape.indent >= longest_empty;
}

bool PlainYamlSource::AppendTextLines(TextShape& shape) {
  bool blank = false;  // the line before begins with one
  for (bool first = true;; NextLine()) {
    while (at_ != end_ && *at_ == ' ' && Indent() < shape.indent) ++at_;
    if (AtEnd()) return at_ == line_begin_;
    if (*at_ == '\n') {
      ++shape.empty_lines;
      continue;
    }
    if (Indent() < shape.indent) {
      if (*at_ == '\t') return false;
      break;
    }
    const std::string_view line = Line();
    const bool folds = shape.folded && !std::exchange(blank, line[0] == ' ' || line[0] == '\t') && !blank;
    if (!first && !folds) text_ += '\n';
    if (!first && folds && shape.empty_lines == 0) text_ += ' ';
    text_.append(std::exchange(shape.empty_lines, 0), '\n').append(line);
    first = false;
    const std::size_t last = line.find_last_not_of(' ');
    if (last != line.npos) shape.end = At(at_ + last + 1);
    at_ += line.size();
    if (AtEnd()) return false;
  }
  at_ = line_begin_;
  return true;
}

bool PlainYamlSource::ReadText(std::size_t indent, Node& node) {
  node.kind = NodeKind::kString;
  node.range.begin = Here();
  text_.clear();
  TextShape shape;
  if (!ReadTextHeader(shape) || !FindTextIndent(indent + 1, shape) || !AppendTextLines(shape)) return false;
  if (!shape.stripped) text_ += '\n';
  node.style = shape.folded ? NodeStyle::kFolded : NodeStyle::kLiteral;
  node.text = arena_.Keep(text_);
  node.range.end = shape.end;
  return true;
}

}  // namespace sluice::manifests
