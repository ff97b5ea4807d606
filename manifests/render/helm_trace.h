// Where a field of helm's output was written: templates leave no trace, so that
// it is told by what can be seen in the values and in the template's text. Where
// two places could be meant, neither is taken.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/range.h"
#include "manifests/document.h"

namespace sluice::manifests::render {

// The scalars of values, by their text.
class ValueIndex {
 public:
  // Of `values`, a mapping in line space; what was added must live as long.
  void Add(const Node& values);

  // The one place that gave a field `key` (of a list: "-") below `parent` the
  // text `text`: that of the same key, else the only one; truth values only by
  // their key. Line 0: none or several.
  Range Find(std::string_view parent, std::string_view key, std::string_view text, bool is_bool) const;

 private:
  struct Entry {
    std::string_view parent, key;
    Range place;
  };
  void Add(const Node& node, std::string_view parent, std::string_view key);
  std::unordered_map<std::string_view, std::vector<Entry>> by_text_;
};

// The lines of a template that look like fields. Copies share what was read; a
// look costs no more than the logarithm of the number of lines.
class TemplateLines {
 public:
  // `first`: lines before it in line space. `text` must live as long.
  TemplateLines(std::string_view text, std::uint32_t first);

  // The only line that says `key: text`, word for word; line 0: none, several.
  Range Literal(std::string_view key, std::string_view text) const;
  bool HasLiteral(std::string_view key, std::string_view text) const;
  // The only line with this key.
  Range Key(std::string_view key) const;
  // Only the lines of the document that `place`, one of its own, lies in.
  TemplateLines DocumentAt(Range place) const;
  Range FirstLine() const { return {{text_->first + 1, 1}, {text_->first + 1, 1}}; }

 private:
  using Places = std::vector<Range>;  // in the order of lines
  struct Field {
    Places lines;
    std::unordered_map<std::string_view, Places> by_value;  // not of what a template computes
  };
  struct Text {
    std::uint32_t first = 0;
    std::unordered_map<std::string_view, Field> by_key;
    std::vector<std::uint32_t> breaks;  // lines in line space that begin with "---"
  };
  static void Add(Text& text, std::string_view line, std::uint32_t number);
  std::span<const Range> Within(const Places& places) const;
  std::span<const Range> Literals(std::string_view key, std::string_view value) const;

  std::shared_ptr<const Text> text_;
  std::uint32_t from_ = 0, to_ = static_cast<std::uint32_t>(-1);  // lines that count, in line space
};

// Gives `root` and all below it ranges in line space: each field that of the
// line that says it, of the value that gave it, of the template's line with its
// key, or of what it stands in. `lines` null: of a template that is not in the
// tree; `place` then stands for it. No node may be reachable from elsewhere.
void PlaceNodes(const Node& root, const ValueIndex& values, const TemplateLines* lines, Range place);

}  // namespace sluice::manifests::render
