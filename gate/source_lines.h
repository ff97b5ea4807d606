// The lines of one file that findings may show (D18: none of a document that
// is a Secret, or in which a secret/ rule found something).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/finding.h"
#include "manifests/document.h"

namespace sluice::gate {

class SourceLines {
 public:
  // `file` must outlive it.
  // `first`: lines before it, where ranges count those of other files too
  // (manifests/render/sources.h).
  explicit SourceLines(const manifests::ParsedFile& file, std::uint32_t first = 0);

  // No line of the document at `place` is shown.
  void Hide(const Position& place);
  // Fills `source_line` where the line may be shown.
  void Show(Finding& finding);

 private:
  // Documents of which one ends on the line on which the next one begins.
  struct Group {
    std::uint32_t line = 0;  // of the first document
    std::size_t first = 0, end = 0;
    enum class State : std::uint8_t { kUnknown, kShown, kHidden } state = State::kUnknown;
  };

  Group* GroupAt(std::uint32_t line);
  bool IsShown(std::uint32_t line);
  std::string_view Line(std::uint32_t line);

  const manifests::ParsedFile& file_;
  const std::uint32_t first_;
  std::vector<Group> groups_;        // in the order of the file
  std::vector<std::size_t> starts_;  // offset of each line, made when the first is asked for
};

}  // namespace sluice::gate
