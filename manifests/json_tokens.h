// Strings, numbers and words of JSON, with their places.
#pragma once

#include <string>
#include <string_view>

#include "manifests/arena.h"
#include "manifests/document.h"
#include "manifests/problems.h"

namespace sluice::manifests {

// Reads forwards through a text that has passed ScanBytes. Each Read function is
// false after a finding.
class JsonTokens {
 public:
  JsonTokens(std::string_view bytes, Arena& arena, Problems& problems)
      : bytes_(bytes), arena_(arena), problems_(problems) {}

  // False at the end of the text.
  bool SkipBlanks();
  char Peek() const { return AtEnd() ? '\0' : bytes_[at_]; }
  void Step() { ++at_; }  // over the character that Peek has shown, no line end
  Position Here();

  // A string, number, true, false or null: kind, style, text, value.
  bool ReadScalar(Node& node);
  // REQUIRES: Peek() == '"'. A view of the text, or of the arena where the
  // string holds escapes.
  bool ReadString(std::string_view& text);
  // Adds a finding at this place.
  bool Fail(std::string message);

 private:
  bool AtEnd() const { return at_ == bytes_.size(); }
  bool ReadEscape(std::string& text);
  bool ReadUnicode(std::string& text);
  bool ReadCodeUnit(char32_t& unit);
  bool ReadNumber(Node& node);
  bool SkipNumber();
  std::size_t SkipDigits();
  bool ReadWord(Node& node);

  std::string_view bytes_;
  Arena& arena_;
  Problems& problems_;
  std::size_t at_ = 0;
  std::size_t known_at_ = 0;    // an offset not behind at_, and
  Position known_place_{1, 1};  // its place
};

}  // namespace sluice::manifests
