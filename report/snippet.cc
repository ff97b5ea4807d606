// One line of hostile text shown with the range that a finding speaks of.
// Invariant: the run stands under the columns that show the range, whatever
// was made visible before it; a tab is answered by a tab, a wide character by
// two columns. Work is bounded by the line, output by kColumns. Tests:
// snippet_test.cc.
#include "report/snippet.h"

#include <algorithm>

#include "report/printable.h"

namespace sluice::report {
namespace {

constexpr std::uint32_t kColumns = 110;  // of source text on a line
constexpr std::uint32_t kBefore = 40;    // code points kept before the caret of a line that is cut
constexpr std::uint32_t kTab = 8;        // at most, in a terminal

// The window of a line: `text` begins at column `first` (1-based code points).
struct Window {
  std::string_view text;
  std::uint32_t first = 1;
};

Window WindowAround(std::string_view line, std::uint32_t column) {
  Window window{line, 1};
  if (column <= kColumns * 3 / 4) return window;
  while (window.first + kBefore < column && !window.text.empty()) {
    window.text.remove_prefix(NextCodePoint(window.text).bytes);
    ++window.first;
  }
  return window;
}

// Columns that the finding covers, `end` not included; at least one.
struct Run {
  std::uint32_t begin, end;
};

Run RunOf(const Range& range) {
  const std::uint32_t begin = std::max<std::uint32_t>(range.begin.column, 1);
  const bool to_line_end = range.end.line > range.begin.line;
  const std::uint32_t end = to_line_end ? UINT32_MAX : std::max(range.end.column, begin + 1);
  return {begin, range.end.line < range.begin.line ? begin + 1 : end};
}

// Both lines, cell by cell. Blanks at the line's end are not underlined.
struct Lines {
  std::string source, before_run;
  std::size_t run_columns = 0;
};

Lines Render(const Window& window, const Run& run) {
  Lines lines;
  if (window.first > 1) {
    lines.source = "…";
    lines.before_run = " ";
  }
  std::string_view rest = window.text;
  std::uint32_t columns = 0;
  std::size_t pending = 0;  // blanks inside the run, underlined only if text follows
  for (std::uint32_t column = window.first; !rest.empty(); ++column) {
    const CodePoint point = NextCodePoint(rest);
    const unsigned width = AppendPrintable(lines.source, rest, point);
    rest.remove_prefix(point.bytes);
    const bool tab = point.value == '\t';
    columns += tab ? kTab : width;
    if (column < run.begin) {
      lines.before_run += tab ? "\t" : std::string(width, ' ');
    } else if (column < run.end) {
      const bool blank = tab || point.value == ' ';
      pending += width;
      if (!blank || column == run.begin) {
        lines.run_columns += pending;
        pending = 0;
      }
    }
    if (columns >= kColumns && column >= run.begin && !rest.empty()) {
      lines.source += "…";
      break;
    }
  }
  return lines;
}

}  // namespace

std::string Snippet(const Finding& finding, std::string_view caret_on, std::string_view caret_off) {
  if (finding.source_line.empty() || finding.range.begin.line == 0) return {};
  const Run run = RunOf(finding.range);
  const Lines lines = Render(WindowAround(finding.source_line, run.begin), run);
  std::string number = std::to_string(finding.range.begin.line);
  if (number.size() < 6) number.insert(0, 6 - number.size(), ' ');
  std::string text = number + " | " + lines.source + "\n";
  text += std::string(number.size(), ' ') + " | " + lines.before_run;
  text += caret_on;
  text += '^';
  if (lines.run_columns > 1) text.append(lines.run_columns - 1, '~');
  text += caret_off;
  return text += '\n';
}

}  // namespace sluice::report
