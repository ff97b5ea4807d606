// Where a field of helm's output was written: templates leave no trace, so that
// it is told by what can be seen in the values and in the template's text. Where
// two places could be meant, neither is taken.
#pragma once

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

// The lines of a template that look like fields.
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
  Range FirstLine() const { return {{first_ + 1, 1}, {first_ + 1, 1}}; }

 private:
  struct Line {
    std::string_view value;  // empty: none, or what a template computes
    Range place;
  };
  void Add(std::string_view line, std::uint32_t number);
  std::uint32_t first_;
  std::unordered_map<std::string_view, std::vector<Line>> by_key_;
  std::vector<std::uint32_t> breaks_;  // lines in line space that begin with "---"
};

// Gives `root` and all below it ranges in line space: each field that of the
// line that says it, of the value that gave it, of the template's line with its
// key, or of what it stands in. `lines` null: of a template that is not in the
// tree; `place` then stands for it. No node may be reachable from elsewhere.
void PlaceNodes(const Node& root, const ValueIndex& values, const TemplateLines* lines, Range place);

}  // namespace sluice::manifests::render
