// Where the reader of the plain subset stands in a file, and the scalars that
// it can read there. Every Read… is false where the text is not of the subset;
// the reader then gives up, so that the place it leaves off at does not matter.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "manifests/arena.h"
#include "manifests/document.h"

namespace sluice::manifests {

class PlainYamlSource {
 public:
  // The longest key, in bytes: libyaml stops looking for the ':' after 1,024.
  static constexpr std::size_t kLongestKey = 512;

  PlainYamlSource(std::string_view bytes, bool ascii, Arena& arena)
      : at_(bytes.data()),
        end_(at_ + bytes.size()),
        line_begin_(at_),
        ascii_(ascii),
        counted_(at_),
        arena_(arena) {}

  bool AtEnd() const { return at_ == end_; }
  char Peek(std::ptrdiff_t ahead = 0) const { return end_ - at_ > ahead ? at_[ahead] : '\n'; }
  bool IsBlank(std::ptrdiff_t ahead) const { return Peek(ahead) == ' ' || Peek(ahead) == '\n'; }
  void Skip(std::ptrdiff_t bytes) { at_ += bytes; }
  void SkipSpaces() {
    while (at_ != end_ && *at_ == ' ') ++at_;
  }

  // Bytes from the begin of the line, which are spaces in front of a token.
  std::size_t Indent() const { return static_cast<std::size_t>(at_ - line_begin_); }
  std::uint32_t line() const { return line_; }
  // Where libyaml sees the end of the file: in front of a line.
  Position EndOfFile() const { return {Indent() == 0 ? line_ : line_ + 1, 1}; }
  // Cheap where it is asked for places in their order.
  Position Here() { return At(at_); }

  // Skips blanks, comments and ends of lines. At the end of the file, or at the
  // first byte of a token.
  void SkipToToken();
  // Skips what may follow a value: blanks and a comment. False where more is there.
  bool SkipToLineEnd();

  // At a byte with which a plain scalar may begin.
  bool AtPlainScalar() const;
  // What stands on this line. In front of ": " it ends there, so that it may be a key.
  bool ReadPlain(Node& node);
  // Behind that, in a collection of `indent`: the lines that go on with it.
  bool ReadPlainTail(std::size_t indent, Node& node);
  bool ReadPlainInFlow(Node& node);  // of one line
  bool ReadQuoted(Node& node);       // at the quote
  // A literal or folded text, at its '|' or '>', in a collection of `indent`.
  bool ReadText(std::size_t indent, Node& node);

 private:
  struct TextShape;
  struct Mark {
    const char* at;
    const char* line_begin;
    std::uint32_t line;
  };

  Position At(const char* place);
  std::string_view Line();  // the rest of it
  void NextLine();
  Mark Stand() const { return {at_, line_begin_, line_}; }
  void GoBackTo(const Mark& mark) {
    at_ = mark.at;
    line_begin_ = mark.line_begin;
    line_ = mark.line;
    line_end_ = nullptr;
  }
  std::size_t SkipLines();
  void AppendBreaks(std::size_t breaks);
  bool AppendQuoted(char quote);
  bool FoldQuoted(std::size_t escaped);
  bool AppendEscape();
  bool Finish(const char* begin, const char* end, Node& node);
  bool ReadTextHeader(TextShape& shape);
  bool FindTextIndent(std::size_t least, TextShape& shape);
  bool AppendTextLines(TextShape& shape);

  const char* at_;
  const char* const end_;
  const char* line_begin_;
  const char* line_end_ = nullptr;  // once it was looked for: lines may be as long as the file
  std::uint32_t line_ = 1;
  bool ascii_;
  const char* counted_;       // code points up to here are counted,
  std::uint32_t column_ = 1;  // and make it stand in this column
  std::string text_;          // of the scalar under way, where it is not in the file as it stands
  Arena& arena_;
};

}  // namespace sluice::manifests
