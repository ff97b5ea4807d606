// A text that we refuse to read may still be read by others: kubectl takes a
// document with a doubled key, and every document in front of the first that
// it cannot read. This pass asks libyaml for the keys at the top of each
// document; where even libyaml cannot go on, Kubernetes cannot either but for
// the few texts that its scanner takes and libyaml does not, so the words of
// the rest decide.
// Invariant: a text of which kubectl would apply an object is one that may.
// Tested by tests/manifests/may_hold_objects_test.cc.
#include <yaml.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "manifests/object.h"

namespace sluice::manifests {
namespace {

// Deeper than any limit allows; libyaml's time grows with the square of it.
constexpr std::size_t kDeepest = 1000;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return lower;
}

// Keys are compared as Go's encoding/json does, which folds letters beyond ASCII too.
bool IsSuspectKey(const yaml_event_t& event) {
  if (event.type == YAML_ALIAS_EVENT) return true;
  if (event.type != YAML_SCALAR_EVENT) return false;  // no reader of manifests takes a collection for a key
  const auto& scalar = event.data.scalar;
  if (scalar.tag != nullptr) return true;
  const std::string key = Lower({reinterpret_cast<const char*>(scalar.value), scalar.length});
  const bool ascii = std::ranges::all_of(key, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return !ascii || key == "apiversion" || key == "kind" || key == "items" || key == "<<";
}

bool OpensCollection(const yaml_event_t& event) {
  return event.type == YAML_MAPPING_START_EVENT || event.type == YAML_SEQUENCE_START_EVENT;
}

bool ClosesCollection(const yaml_event_t& event) {
  return event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT;
}

// Follows the events down to the keys of each document's own mapping.
class TopLevel {
 public:
  bool IsSuspect(const yaml_event_t& event) {
    if (event.type == YAML_DOCUMENT_START_EVENT) *this = TopLevel();
    if (ClosesCollection(event)) --depth_;
    const bool node =
        OpensCollection(event) || event.type == YAML_SCALAR_EVENT || event.type == YAML_ALIAS_EVENT;
    const bool key = node && depth_ == 1 && mapping_ && !std::exchange(after_key_, !after_key_);
    if (OpensCollection(event) && depth_++ == 0) mapping_ = event.type == YAML_MAPPING_START_EVENT;
    return depth_ > kDeepest || (key && IsSuspectKey(event));
  }

 private:
  std::size_t depth_ = 0;
  bool mapping_ = false;    // the root is one
  bool after_key_ = false;  // in it, a value comes next
};

enum class Answer { kNo, kYes, kUnread };

Answer AskLibyaml(yaml_parser_t& parser) {
  TopLevel top;
  for (;;) {
    yaml_event_t event;
    if (yaml_parser_parse(&parser, &event) == 0) return Answer::kUnread;
    const bool suspect = top.IsSuspect(event);
    const bool end = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
    if (suspect) return Answer::kYes;
    if (end) return Answer::kNo;
  }
}

bool HasWords(std::string_view bytes) {
  const std::string lower = Lower(bytes);
  return std::ranges::any_of(
             std::initializer_list<std::string_view>{"apiversion", "\\u", "\\x", "\\\n", "!!binary"},
             [&](std::string_view word) { return lower.find(word) != lower.npos; }) ||
         lower.find('\0') != lower.npos;
}

}  // namespace

bool MayHoldObjects(std::string_view bytes) {
  yaml_parser_t parser;
  if (yaml_parser_initialize(&parser) == 0) return true;
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  const Answer answer = AskLibyaml(parser);
  yaml_parser_delete(&parser);
  return answer == Answer::kYes || (answer == Answer::kUnread && HasWords(bytes));
}

}  // namespace sluice::manifests
