// What a rule is: its words, and an example that fails beside one that passes.
// `sluice explain` prints them, the tests run them, docs/rules.md lists them.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice {

enum class Severity : std::uint8_t { kOff, kNote, kWarning, kError };

std::string_view SeverityName(Severity severity);  // "off", "note", "warning", "error"

struct Rule {
  std::string_view id;                   // "group/name", for ever
  Severity severity = Severity::kError;  // unless the configuration says otherwise
  std::string_view title;                // what is forbidden, half a sentence
  std::string_view why;                  // what goes wrong without it, one to three sentences
  std::string_view remedy;               // what to do
  // One file of YAML, named example.yaml, or several in txtar form: each after
  // a line "-- path --". A file "path (symlink)" is a symbolic link to its text.
  std::string_view fails;
  std::string_view passes;
};

}  // namespace sluice
