// Path copying: an edit makes new nodes from the root to the place and shares
// the rest. Nothing that is reachable from an older root ever changes.
// Tested by tests/manifests/render/edit_test.cc.
#include "manifests/render/edit.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sluice::manifests::render {
namespace {

Node Collection(NodeKind kind, std::span<const Node> children, Range place) {
  Node node;
  node.kind = kind;
  node.style = NodeStyle::kBlock;
  node.range = place;
  node.children = children;
  return node;
}

const Node* ElementAt(const Node& sequence, std::int64_t index) {
  const auto size = static_cast<std::int64_t>(sequence.children.size());
  if (sequence.kind != NodeKind::kSequence || index < 0 || index >= size) return nullptr;
  return &sequence.children[static_cast<std::size_t>(index)];
}

class Editor {
 public:
  Editor(Arena& arena, const Edit& edit, const EditOptions& options)
      : arena_(arena), edit_(edit), options_(options) {}

  std::optional<Node> At(const Node& node, std::span<const Step> way) {
    if (way.empty()) return edit_(node);
    if (way.front().each) return Each(node, way.subspan(1));
    if (way.front().index >= 0) return Element(node, way);
    return Member(node, way);
  }

 private:
  std::optional<Node> Each(const Node& sequence, std::span<const Step> rest) {
    if (sequence.kind != NodeKind::kSequence) return std::nullopt;
    std::vector<Node> elements;
    for (std::size_t i = 0; i < sequence.children.size(); ++i) {
      std::optional<Node> element = At(sequence.children[i], rest);
      if (!element) continue;
      if (elements.empty()) elements.assign(sequence.children.begin(), sequence.children.end());
      elements[i] = *element;
    }
    if (elements.empty()) return std::nullopt;
    return WithChildren(arena_, sequence, elements);
  }

  std::optional<Node> Element(const Node& sequence, std::span<const Step> way) {
    const Node* element = ElementAt(sequence, way.front().index);
    if (element == nullptr) return std::nullopt;
    const std::optional<Node> edited = At(*element, way.subspan(1));
    if (!edited) return std::nullopt;
    std::vector<Node> elements(sequence.children.begin(), sequence.children.end());
    elements[static_cast<std::size_t>(way.front().index)] = *edited;
    return WithChildren(arena_, sequence, elements);
  }

  std::optional<Node> Member(const Node& mapping, std::span<const Step> way) {
    if (mapping.kind != NodeKind::kMapping) return std::nullopt;
    const Node* member = mapping.Find(way.front().key);
    if (member == nullptr) return Make(mapping, way);
    const bool fill = options_.make && way.size() > 1 && member->kind == NodeKind::kNull && !way[1].each &&
                      way[1].index < 0;
    const Node empty = Collection(NodeKind::kMapping, {}, options_.made_at);
    const std::optional<Node> edited = At(fill ? empty : *member, way.subspan(1));
    if (!edited) return std::nullopt;
    return WithMember(arena_, mapping, AsMember(arena_, *edited, member->key, member->key_range));
  }

  std::optional<Node> Make(const Node& mapping, std::span<const Step> way) {
    if (!options_.make) return std::nullopt;
    Node absent;  // null, for the edit
    absent.range = options_.made_at;
    if (way.size() > 1) absent = Collection(NodeKind::kMapping, {}, options_.made_at);
    const std::optional<Node> made = At(absent, way.subspan(1));
    if (!made) return std::nullopt;
    return WithMember(arena_, mapping, AsMember(arena_, *made, way.front().key, options_.made_at));
  }

  Arena& arena_;
  const Edit& edit_;
  const EditOptions& options_;
};

bool SameScalar(const Node& a, const Node& b) {
  switch (a.kind) {
    case NodeKind::kBool:
      return a.value.boolean == b.value.boolean;
    case NodeKind::kInteger:
      return a.value.integer == b.value.integer && a.is_unsigned == b.is_unsigned;
    case NodeKind::kFloat:
      return a.value.number == b.value.number;
    case NodeKind::kString:
      return a.text == b.text;
    default:
      return true;
  }
}

}  // namespace

Node EmptyNode(NodeKind kind, Range place) {
  Node node;
  node.kind = kind;
  node.style = NodeStyle::kFlow;
  node.range = place;
  return node;
}

Node TextNode(Arena& arena, std::string_view text, Range place) {
  Node node;
  node.kind = NodeKind::kString;
  node.style = NodeStyle::kDoubleQuoted;  // text, whatever it looks like
  node.range = place;
  node.text = arena.Keep(text);
  return node;
}

Node IntegerNode(Arena& arena, std::int64_t value, Range place) {
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  Node node;
  node.kind = NodeKind::kInteger;
  node.range = place;
  node.text = arena.Keep(std::string_view(digits, static_cast<std::size_t>(end - digits)));
  node.value.integer = value;
  return node;
}

Node BoolNode(bool value, Range place) {
  Node node;
  node.kind = NodeKind::kBool;
  node.range = place;
  node.text = value ? "true" : "false";
  node.value.boolean = value;
  return node;
}

Node MappingNode(Arena& arena, std::span<const Node> members, Range place) {
  return Collection(NodeKind::kMapping, arena.Keep(members), place);
}

Node SequenceNode(Arena& arena, std::span<const Node> elements, Range place) {
  Node node = Collection(NodeKind::kSequence, {}, place);
  return WithChildren(arena, node, elements);
}

Node AsMember(Arena& arena, const Node& value, std::string_view key, Range key_range) {
  Node member = value;
  member.key_range = key_range;
  if (member.key == key) return member;
  member.key = arena.Keep(key);
  member.key_hash = HashKey(key);
  return member;
}

Node WithMember(Arena& arena, const Node& mapping, const Node& member) {
  std::vector<Node> members;
  members.reserve(mapping.children.size() + 1);
  members.assign(mapping.children.begin(), mapping.children.end());
  const Node* old = mapping.Find(member.key);
  if (old == nullptr) {
    members.push_back(member);
  } else {
    members[static_cast<std::size_t>(old - mapping.children.data())] = member;
  }
  return WithChildren(arena, mapping, members);
}

Node WithoutMember(Arena& arena, const Node& mapping, std::string_view key) {
  const Node* old = mapping.Find(key);
  if (old == nullptr) return mapping;
  std::vector<Node> members(mapping.children.begin(), mapping.children.end());
  members.erase(members.begin() + (old - mapping.children.data()));
  return WithChildren(arena, mapping, members);
}

Node WithChildren(Arena& arena, const Node& collection, std::span<const Node> children) {
  Node node = collection;
  node.children = arena.Keep(children);
  if (node.kind != NodeKind::kSequence) return node;
  // What was a member before may stand in a list now.
  for (const Node& child : node.children) {
    Node& element = const_cast<Node&>(child);  // ours, made by Keep
    element.key = {};
    element.key_hash = 0;
    element.key_range = {};
  }
  return node;
}

Node EditAt(Arena& arena, const Node& root, std::span<const Step> way, const Edit& edit,
            const EditOptions& options) {
  std::optional<Node> edited = Editor(arena, edit, options).At(root, way);
  return edited ? *edited : root;
}

bool SameValue(const Node& a, const Node& b) {
  if (a.kind != b.kind) return false;
  if (a.kind != NodeKind::kMapping && a.kind != NodeKind::kSequence) return SameScalar(a, b);
  if (a.children.size() != b.children.size()) return false;
  if (a.children.data() == b.children.data()) return true;
  if (a.kind == NodeKind::kSequence) return std::ranges::equal(a.children, b.children, SameValue);
  return std::ranges::all_of(a.children, [&](const Node& member) {
    const Node* other = b.Find(member.key);
    return other != nullptr && SameValue(member, *other);
  });
}

}  // namespace sluice::manifests::render
