// Steps by name or by brackets; keys may hold dots, so of the keys that fit the
// longest is taken. Tested by tests/gate/field_node_test.cc.
#include "gate/field_node.h"

#include <charconv>

namespace sluice::gate {
namespace {

using manifests::Node;
using manifests::NodeKind;

std::string_view Unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// The text between brackets, which are cut off `rest`; quotes may hold a bracket.
std::string_view TakeBrackets(std::string_view& rest) {
  bool quoted = false;
  std::size_t end = 1;
  for (; end < rest.size() && (quoted || rest[end] != ']'); ++end) quoted ^= rest[end] == '"';
  const std::string_view inside = rest.substr(1, end - 1);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return inside;
}

// "0", or "name=\"web\"" and more such words: the first one decides.
const Node* ElementOf(const Node& list, std::string_view inside) {
  std::size_t index = 0;
  const auto [end, code] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
  if (code == std::errc() && end == inside.data() + inside.size())
    return index < list.children.size() ? &list.children[index] : nullptr;
  const std::size_t equals = inside.find('=');
  if (equals == inside.npos) return nullptr;
  const std::string_view key = inside.substr(0, equals);
  const std::string_view value = Unquoted(inside.substr(equals + 1, inside.find(',') - equals - 1));
  for (const Node& element : list.children) {
    const Node* const member = element.Find(key);
    if (member != nullptr && member->text == value) return &element;
  }
  return nullptr;
}

// The member whose key begins `rest` and ends a step there; it is cut off.
const Node* MemberOf(const Node& mapping, std::string_view& rest) {
  const Node* found = nullptr;
  for (const Node& member : mapping.children) {
    const std::string_view key = member.key;
    const bool fits = !key.empty() && rest.starts_with(key) &&
                      (rest.size() == key.size() || rest[key.size()] == '.' || rest[key.size()] == '[');
    if (fits && (found == nullptr || key.size() > found->key.size())) found = &member;
  }
  if (found != nullptr) rest.remove_prefix(found->key.size());
  return found;
}

const Node* StepInto(const Node& node, std::string_view& rest) {
  if (rest.front() != '[') return node.kind == NodeKind::kMapping ? MemberOf(node, rest) : nullptr;
  const std::string_view inside = TakeBrackets(rest);
  return node.kind == NodeKind::kSequence ? ElementOf(node, inside) : node.Find(Unquoted(inside));
}

bool IsCollection(const Node& node) {
  return node.kind == NodeKind::kMapping || node.kind == NodeKind::kSequence;
}

}  // namespace

Range RangeOfField(const Node& root, std::string_view field) {
  const Node* node = &root;
  while (!field.empty()) {
    if (field.front() == '.') {
      field.remove_prefix(1);
      continue;
    }
    const Node* const next = StepInto(*node, field);
    if (next == nullptr) break;
    node = next;
  }
  if (field.empty() && !IsCollection(*node)) return node->range;
  return node->key_range.begin.line != 0 ? node->key_range : Range{node->range.begin, node->range.begin};
}

}  // namespace sluice::gate
