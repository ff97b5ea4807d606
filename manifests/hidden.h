// Characters that a reviewer cannot see, or that reorder what is seen
// (CVE-2021-42574): Unicode's Default_Ignorable_Code_Point property, the
// bidirectional controls (UAX #9) and the interlinear annotations.
#pragma once

#include <string>
#include <string_view>

#include "base/range.h"
#include "manifests/utf8.h"

namespace sluice::manifests {

enum class Hidden : unsigned char { kNo, kBidirectional, kInvisible };

Hidden HiddenKind(char32_t value);

// Of the bidirectional ones, embeddings and overrides, which change the order of what stands
// around them and which Unicode advises against. Prose needs marks, and isolates (UAX #9, 2.7).
bool Reorders(char32_t value);

// True where `text` holds any such character, emoji joiners included.
bool HasHidden(std::string_view text);

// "U+202E (right-to-left override)"; the name only where it is well known.
std::string CodePointName(char32_t value);

// `text` in quotes for a message: at most 60 characters, hidden ones and control
// characters as <U+200B>.
std::string Shown(std::string_view text);

struct HiddenCharacter {
  char32_t value = 0;
  Hidden kind = Hidden::kNo;
  bool joins_emoji = false;  // a joiner between emoji or a selector behind one
  Position at;
};

// Walks a text from hidden character to hidden character. Bytes that are not
// UTF-8 are stepped over one by one.
class HiddenFinder {
 public:
  explicit HiddenFinder(std::string_view text, Position start = {1, 1}) : text_(text), position_(start) {}
  // False at the end of the text.
  bool Next(HiddenCharacter& found);

 private:
  bool JoinsEmoji(char32_t value, std::size_t behind) const;
  void Step(CodePoint point);

  std::string_view text_;
  std::size_t at_ = 0;
  Position position_;
  char32_t before_ = 0;
};

}  // namespace sluice::manifests
