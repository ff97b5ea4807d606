// What the judge tells its parent, and how it looks on the wire: fields of a
// length and bytes, in a fixed order. The judge may have been taken over by
// what it read: its parent checks every field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::hooks {

struct Intent {
  std::string name;  // 64 hexadecimal digits, the name of its file
  std::string text;  // JSON
};

struct Answer {
  bool accepted = false;
  std::string verdict;             // "accepted", "rejected" or "unjudged": the worst of all refs
  std::string words;               // for the person who pushes
  std::string bypass;              // "ana: reason", where one was used
  std::vector<std::string> rules;  // ids of the findings, each once, at most 50
  bool index_behind = false;       // the whole-tree index should be refreshed
  std::vector<Intent> intents;
};

std::string Encode(const Answer& answer);
// Words without control characters but LF and TAB, names of intents as said.
Result<Answer> Decode(std::string_view bytes);

}  // namespace sluice::hooks
