#include "report/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "report/printable.h"

namespace sluice::report {
namespace {

bool IsPlain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

void AppendUnit(std::string& out, std::uint32_t unit) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[unit >> shift & 15];
}

void AppendEscaped(std::string& out, std::string_view text, const CodePoint& point) {
  if (!point.valid) return AppendUnit(out, 0xfffd);
  switch (point.value) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      break;
  }
  if (!IsUnprintable(point.value)) {
    out += text.substr(0, point.bytes);
  } else if (point.value < 0x10000) {
    AppendUnit(out, point.value);
  } else {
    AppendUnit(out, 0xd800 + ((point.value - 0x10000) >> 10));
    AppendUnit(out, 0xdc00 + ((point.value - 0x10000) & 0x3ff));
  }
}

}  // namespace

void JsonWriter::Separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

JsonWriter& JsonWriter::Open(char bracket) {
  Separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::Close(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Line() {
  if (comma_) out_ += ',';
  out_ += '\n';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  Separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  Separate();
  out_ += '"';
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && IsPlain(text[run])) ++run;
    out_ += text.substr(0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    const CodePoint point = NextCodePoint(text);
    AppendEscaped(out_, text, point);
    text.remove_prefix(point.bytes);
  }
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::Number(std::uint64_t number) {
  Separate();
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out_.append(digits.data(), end.ptr);
  return *this;
}

JsonWriter& JsonWriter::Decimal(double number) {
  if (!std::isfinite(number)) number = 0;
  Separate();
  std::array<char, 400> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed, 3);
  out_.append(digits.data(), end.ptr);
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) {
  Separate();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::Raw(std::string_view json) {
  Separate();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::Null() {
  Separate();
  out_ += "null";
  return *this;
}

}  // namespace sluice::report
