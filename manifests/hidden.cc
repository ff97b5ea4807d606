// Data over code: one sorted table of ranges for each property. Tested by
// tests/manifests/text_test.cc.
#include "manifests/hidden.h"

#include <fmt/core.h>

#include <algorithm>
#include <span>

namespace sluice::manifests {
namespace {

struct Span {
  char32_t first;
  char32_t last;
};

// UAX #9: embeddings, overrides, isolates and the three marks.
constexpr Span kBidirectional[] = {{0x061C, 0x061C}, {0x200E, 0x200F}, {0x202A, 0x202E}, {0x2066, 0x2069}};

// DerivedCoreProperties.txt, Default_Ignorable_Code_Point, with FFF9..FFFB.
constexpr Span kInvisible[] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C}, {0x115F, 0x1160}, {0x17B4, 0x17B5},
    {0x180B, 0x180F},   {0x200B, 0x200F},   {0x202A, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

// emoji-data.txt, Extended_Pictographic, in whole blocks where nearly all of a
// block has it: too wide a range lets a joiner pass in data, no more.
constexpr Span kEmoji[] = {
    {0x00A9, 0x00A9}, {0x00AE, 0x00AE}, {0x203C, 0x203C}, {0x2049, 0x2049},
    {0x2122, 0x2122}, {0x2139, 0x2139}, {0x2194, 0x21AA}, {0x231A, 0x23FF},
    {0x24C2, 0x24C2}, {0x25AA, 0x27BF}, {0x2934, 0x2935}, {0x2B05, 0x2B55},
    {0x3030, 0x3030}, {0x303D, 0x303D}, {0x3297, 0x3299}, {0x1F000, 0x1FAFF},
};

struct Name {
  char32_t value;
  std::string_view name;
};

constexpr Name kNames[] = {
    {0x00AD, "soft hyphen"},
    {0x061C, "Arabic letter mark"},
    {0x200B, "zero width space"},
    {0x200C, "zero width non-joiner"},
    {0x200D, "zero width joiner"},
    {0x200E, "left-to-right mark"},
    {0x200F, "right-to-left mark"},
    {0x202A, "left-to-right embedding"},
    {0x202B, "right-to-left embedding"},
    {0x202C, "pop directional formatting"},
    {0x202D, "left-to-right override"},
    {0x202E, "right-to-left override"},
    {0x2060, "word joiner"},
    {0x2066, "left-to-right isolate"},
    {0x2067, "right-to-left isolate"},
    {0x2068, "first strong isolate"},
    {0x2069, "pop directional isolate"},
    {0xFEFF, "byte order mark"},
};

bool IsIn(std::span<const Span> spans, char32_t value) {
  const auto after = std::ranges::upper_bound(spans, value, {}, &Span::first);
  return after != spans.begin() && value <= std::prev(after)->last;
}

bool IsEmoji(char32_t value) { return value >= 0xA9 && IsIn(kEmoji, value); }
bool IsKeycapBase(char32_t value) { return (value >= '0' && value <= '9') || value == '#' || value == '*'; }

}  // namespace

Hidden HiddenKind(char32_t value) {
  if (value < 0xAD || !IsIn(kInvisible, value)) return Hidden::kNo;
  return IsIn(kBidirectional, value) ? Hidden::kBidirectional : Hidden::kInvisible;
}

bool Reorders(char32_t value) { return value >= 0x202A && value <= 0x202E; }

bool HasHidden(std::string_view text) {
  if (std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) return false;
  HiddenCharacter ignored;
  return HiddenFinder(text).Next(ignored);
}

std::string CodePointName(char32_t value) {
  const auto number = fmt::format("U+{:04X}", static_cast<std::uint32_t>(value));
  const auto known = std::ranges::find(kNames, value, &Name::value);
  return known == std::end(kNames) ? number : fmt::format("{} ({})", number, known->name);
}

std::string Shown(std::string_view text) {
  constexpr int kMost = 60;
  std::string shown = "\"";
  int count = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (++count > kMost) return shown + "…\"";
    CodePoint point = DecodeUtf8(text, at);
    if (point.size == 0) point = {0xFFFD, 1};
    const bool control = point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0) ||
                         point.value == 0x2028 || point.value == 0x2029;
    if (control || HiddenKind(point.value) != Hidden::kNo) {
      shown += fmt::format("<U+{:04X}>", static_cast<std::uint32_t>(point.value));
    } else {
      AppendUtf8(point.value, shown);
    }
    at += point.size;
  }
  return shown + "\"";
}

bool HiddenFinder::Next(HiddenCharacter& found) {
  while (at_ < text_.size()) {
    CodePoint point = DecodeUtf8(text_, at_);
    if (point.size == 0) point = {0xFFFD, 1};
    const Hidden kind = HiddenKind(point.value);
    if (kind != Hidden::kNo) {
      found = {point.value, kind, JoinsEmoji(point.value, at_ + point.size), position_};
      Step(point);
      return true;
    }
    Step(point);
  }
  return false;
}

bool HiddenFinder::JoinsEmoji(char32_t value, std::size_t behind) const {
  if (value == 0xFE0E || value == 0xFE0F) return IsEmoji(before_) || IsKeycapBase(before_);
  if (value != 0x200D) return false;
  if (!IsEmoji(before_) && before_ != 0xFE0F) return false;
  return behind < text_.size() && IsEmoji(DecodeUtf8(text_, behind).value);
}

void HiddenFinder::Step(CodePoint point) {
  before_ = point.value;
  at_ += point.size;
  if (point.value == '\n') {
    position_ = {position_.line + 1, 1};
  } else {
    ++position_.column;
  }
}

}  // namespace sluice::manifests
