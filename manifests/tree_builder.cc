// Invariant: the path from a root down to any node is at most limits.depth
// collections long, aliases followed, so that walkers may recurse.
// Tested by tests/manifests/limits_test.cc and mapping_test.cc.
#include "manifests/tree_builder.h"

#include <fmt/core.h>

#include <algorithm>

#include "manifests/rules.h"

namespace sluice::manifests {

void TreeBuilder::StartDocument() {
  frames_.clear();
  pending_.clear();
  merges_.clear();
  merge_count_ = 0;
  nodes_ = 0;
}

bool TreeBuilder::Open(const Node& collection) {
  if (frames_.size() >= limits_.depth) {
    return problems_.Add(kLimitRule, collection.range,
                         fmt::format("more than {} levels of nesting (limit depth)", limits_.depth));
  }
  Frame& frame = frames_.emplace_back();
  frame.node = collection;
  frame.state = collection.kind == NodeKind::kMapping ? State::kKey : State::kElement;
  frame.last_end = collection.range.end;
  frame.first_child = pending_.size();
  frame.first_merge = merges_.size();
  return Count(1, collection.range);
}

bool TreeBuilder::SetKey(std::string_view key, Range range) {
  Frame& frame = frames_.back();
  frame.key = key;
  frame.key_range = range;
  frame.last_end = range.end;
  frame.state = State::kValue;
  if (++frame.keys <= limits_.mapping_keys) return true;
  return problems_.Add(
      kLimitRule, range,
      fmt::format("more than {} keys in one mapping (limit mappingKeys)", limits_.mapping_keys));
}

bool TreeBuilder::SetMergeKey(Range range) {
  frames_.back().key_range = range;
  frames_.back().state = State::kMergeValue;
  return true;
}

bool TreeBuilder::Count(std::uint64_t nodes, Range range) {
  nodes_ += nodes;
  if (nodes_ <= limits_.expansion_nodes) return true;
  return problems_.Add(
      kLimitRule, range,
      fmt::format("more than {} nodes in one document, aliases followed (limit expansionNodes)",
                  limits_.expansion_nodes));
}

bool TreeBuilder::Add(const Subtree& value) {
  // The members of what is merged stand a level higher than they were written.
  const std::size_t height = AtMergeValue() && value.height > 0 ? value.height - 1 : value.height;
  if (frames_.size() + height > limits_.depth) {
    return problems_.Add(
        kLimitRule, value.node.range,
        fmt::format("more than {} levels of nesting, aliases followed (limit depth)", limits_.depth));
  }
  if (frames_.empty()) {
    pending_.push_back(value.node);
    return true;
  }
  Frame& frame = frames_.back();
  frame.height = std::max(frame.height, height);
  frame.last_end = value.end;
  if (frame.state == State::kMergeValue) return AddMerged(value);
  pending_.push_back(value.node);
  if (frame.state == State::kElement) return true;
  Node& member = pending_.back();
  member.key = frame.key;
  member.key_hash = HashKey(frame.key);
  member.key_range = frame.key_range;
  frame.state = State::kKey;
  return true;
}

// go-yaml takes a mapping, an alias of one, or a sequence of these written in
// place, and lets earlier ones of a sequence win.
bool TreeBuilder::AddMerged(const Subtree& value) {
  Frame& frame = frames_.back();
  frame.state = State::kKey;
  const std::uint32_t merge = merge_count_++;
  const Node& node = value.node;
  if (node.kind == NodeKind::kMapping) return MergeOne(node, merge);
  const bool maps =
      std::ranges::all_of(node.children, [](const Node& n) { return n.kind == NodeKind::kMapping; });
  if (node.kind != NodeKind::kSequence || node.aliased || !maps) {
    return problems_.Add(kMergeRule, frame.key_range,
                         "\"<<\" needs a mapping, an alias of one, or a list of these");
  }
  for (std::size_t i = node.children.size(); i-- > 0;) {
    if (!MergeOne(node.children[i], merge)) return false;
  }
  return true;
}

bool TreeBuilder::MergeOne(const Node& source, std::uint32_t merge) {
  const std::size_t begin = pending_.size();
  for (const Node& member : source.children) {
    pending_.push_back(member);
    pending_.back().aliased = true;
  }
  merges_.push_back({begin, pending_.size(), merge});
  frames_.back().keys += source.children.size();
  if (frames_.back().keys <= limits_.mapping_keys) return true;
  return problems_.Add(
      kLimitRule, frames_.back().key_range,
      fmt::format("more than {} keys in one mapping (limit mappingKeys)", limits_.mapping_keys));
}

bool TreeBuilder::Close(Position end, Subtree& closed) {
  const Frame& frame = frames_.back();
  if (frame.node.kind == NodeKind::kMapping &&
      !SettleMembers(pending_, frame.first_child, std::span(merges_).subspan(frame.first_merge), problems_)) {
    return false;
  }
  closed.node = frame.node;
  // libyaml ends a block collection where the next token begins, behind blank
  // lines and comments; ours ends with what it holds.
  closed.end = frame.node.style == NodeStyle::kFlow ? end : frame.last_end;
  closed.node.range.end = closed.end;
  closed.node.children = arena_.Keep(std::span<const Node>(pending_).subspan(frame.first_child));
  closed.height = frame.height + 1;
  pending_.resize(frame.first_child);
  merges_.resize(frame.first_merge);
  frames_.pop_back();
  return true;
}

const Node* TreeBuilder::TakeRoot(Position nowhere) {
  Node none;
  none.range = {nowhere, nowhere};
  const Node& root = pending_.empty() ? none : pending_.front();
  return arena_.Keep(std::span<const Node>(&root, 1)).data();
}

}  // namespace sluice::manifests
