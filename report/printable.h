// Hostile text on its way to people: UTF-8 read one code point at a time, and
// what could steer a terminal told from what may be shown. Bytes that are not
// UTF-8 count as one column each, as in base/range.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::report {

struct CodePoint {
  std::uint32_t value = 0;  // the byte itself where it is not UTF-8
  std::uint32_t bytes = 0;  // 1 to 4; 0 only for empty text
  bool valid = false;
};

// The first code point of `text`: no surrogates, no overlong forms, at most U+10FFFF.
CodePoint NextCodePoint(std::string_view text);

// Whether a terminal, an editor or a web page could be steered or deceived by
// it: controls but TAB, bidirectional and invisible characters, non-characters.
// Joiners (U+200C, U+200D) may be shown: scripts and emoji need them.
bool IsUnprintable(std::uint32_t code_point);

// Columns of a terminal: 0 for what combines, 2 for wide characters.
unsigned ColumnsOf(std::uint32_t code_point);

// Appends one code point as Printable() shows it; returns its columns.
unsigned AppendPrintable(std::string& out, std::string_view text, const CodePoint& point);

// Printable(), cut after `limit` code points with an ellipsis.
std::string PrintableCut(std::string_view text, std::size_t limit);

}  // namespace sluice::report
