// What may be shown and what is made visible. The tables are Unicode 15.0:
// Default_Ignorable_Code_Point, Bidi_Control and East_Asian_Width (W, F), in
// ranges, joined over gaps of unassigned code points. Tests: printable_test.cc.
#include "report/printable.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "report/report.h"

namespace sluice::report {
namespace {

struct Span {
  std::uint32_t first, last;
};

constexpr Span kHidden[] = {
    {0x0000, 0x0008},   {0x000a, 0x001f},   {0x007f, 0x009f},    {0x00ad, 0x00ad}, {0x034f, 0x034f},
    {0x061c, 0x061c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},    {0x180b, 0x180f}, {0x200b, 0x200b},
    {0x200e, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},    {0x3164, 0x3164}, {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},    {0xfffe, 0xffff}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff},
};

constexpr Span kCombining[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x05bf, 0x05bf}, {0x05c1, 0x05c2},
    {0x05c4, 0x05c5}, {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0670, 0x0670}, {0x06d6, 0x06dc},
    {0x06df, 0x06e4}, {0x06e7, 0x06e8}, {0x06ea, 0x06ed}, {0x0900, 0x0902}, {0x093c, 0x093c},
    {0x0941, 0x0948}, {0x094d, 0x094d}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e},
    {0x1ab0, 0x1ace}, {0x1dc0, 0x1dff}, {0x200c, 0x200d}, {0x20d0, 0x20f0}, {0x302a, 0x302d},
    {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};

constexpr Span kWide[] = {
    {0x1100, 0x115e},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},   {0x23f0, 0x23f0},
    {0x23f3, 0x23f3},   {0x25fd, 0x25fe},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x267f, 0x267f},
    {0x2693, 0x2693},   {0x26a1, 0x26a1},   {0x26aa, 0x26ab},   {0x26bd, 0x26be},   {0x26c4, 0x26c5},
    {0x26ce, 0x26ce},   {0x26d4, 0x26d4},   {0x26ea, 0x26ea},   {0x26f2, 0x26f3},   {0x26f5, 0x26f5},
    {0x26fa, 0x26fa},   {0x26fd, 0x26fd},   {0x2705, 0x2705},   {0x270a, 0x270b},   {0x2728, 0x2728},
    {0x274c, 0x274c},   {0x274e, 0x274e},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x27b0, 0x27b0},   {0x27bf, 0x27bf},   {0x2b1b, 0x2b1c},   {0x2b50, 0x2b50},   {0x2b55, 0x2b55},
    {0x2e80, 0x303e},   {0x3041, 0x3247},   {0x3250, 0x4dbf},   {0x4e00, 0xa4c6},   {0xa960, 0xa97c},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6b},   {0xff01, 0xff60},
    {0xffe0, 0xffe6},   {0x16fe0, 0x1b2fb}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e},
    {0x1f191, 0x1f19a}, {0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c}, {0x1f37e, 0x1f393},
    {0x1f3a0, 0x1f3ca}, {0x1f3cf, 0x1f3d3}, {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4}, {0x1f3f8, 0x1f43e},
    {0x1f440, 0x1f440}, {0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d}, {0x1f54b, 0x1f54e}, {0x1f550, 0x1f567},
    {0x1f57a, 0x1f57a}, {0x1f595, 0x1f596}, {0x1f5a4, 0x1f5a4}, {0x1f5fb, 0x1f64f}, {0x1f680, 0x1f6c5},
    {0x1f6cc, 0x1f6cc}, {0x1f6d0, 0x1f6d2}, {0x1f6d5, 0x1f6d7}, {0x1f6dc, 0x1f6df}, {0x1f6eb, 0x1f6ec},
    {0x1f6f4, 0x1f6fc}, {0x1f7e0, 0x1f7eb}, {0x1f7f0, 0x1f7f0}, {0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945},
    {0x1f947, 0x1f9ff}, {0x1fa70, 0x1faf8}, {0x20000, 0x3fffd},
};

template <std::size_t N>
bool Contains(const Span (&spans)[N], std::uint32_t code_point) {
  const Span* after =
      std::upper_bound(std::begin(spans), std::end(spans), code_point,
                       [](std::uint32_t code, const Span& span) { return code < span.first; });
  return after != std::begin(spans) && code_point <= std::prev(after)->last;
}

// Every byte of the run stands for itself, as in almost all text.
bool IsPlain(char c) { return (c >= ' ' && c <= '~') || c == '\t'; }

}  // namespace

CodePoint NextCodePoint(std::string_view text) {
  if (text.empty()) return {};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const CodePoint invalid{byte(0), 1, false};
  if (byte(0) < 0x80) return {byte(0), 1, true};
  const std::uint32_t size = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < size) return invalid;
  std::uint32_t value = byte(0) & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return invalid;
    value = value << 6 | (byte(i) & 0x3f);
  }
  constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kLeast[size] || value > 0x10ffff || surrogate) return invalid;
  return {value, size, true};
}

bool IsUnprintable(std::uint32_t code_point) {
  return Contains(kHidden, code_point) || (code_point & 0xfffe) == 0xfffe;
}

unsigned ColumnsOf(std::uint32_t code_point) {
  if (code_point < 0x300) return 1;
  if (Contains(kCombining, code_point)) return 0;
  return Contains(kWide, code_point) ? 2 : 1;
}

unsigned AppendPrintable(std::string& out, std::string_view text, const CodePoint& point) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (!point.valid || point.value < 0x20 || point.value == 0x7f) {
    if (point.valid && point.value == '\t') return out += '\t', 1;
    out += "\\x";
    out += kDigits[point.value >> 4];
    out += kDigits[point.value & 15];
    return 4;
  }
  if (!IsUnprintable(point.value)) return out += text.substr(0, point.bytes), ColumnsOf(point.value);
  const std::size_t before = out.size();
  out += "<U+";
  for (int shift = point.value > 0xfffff ? 20 : point.value > 0xffff ? 16 : 12; shift >= 0; shift -= 4) {
    const char digit = kDigits[point.value >> shift & 15];
    out += digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
  }
  out += '>';
  return static_cast<unsigned>(out.size() - before);
}

std::string PrintableCut(std::string_view text, std::size_t limit) {
  std::string out;
  out.reserve(std::min(text.size(), limit) + 3);
  for (std::size_t count = 0; !text.empty(); ++count) {
    if (count == limit) return out += "…";
    if (IsPlain(text.front())) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const CodePoint point = NextCodePoint(text);
    AppendPrintable(out, text, point);
    text.remove_prefix(point.bytes);
  }
  return out;
}

std::string Printable(std::string_view text) { return PrintableCut(text, text.size()); }

}  // namespace sluice::report
