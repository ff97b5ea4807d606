// Builds the nodes of one document from its parts in their order, whatever
// language they were written in. Depth, keys and nodes are bounded here.
#pragma once

#include <cstdint>
#include <vector>

#include "manifests/arena.h"
#include "manifests/document.h"
#include "manifests/members.h"
#include "manifests/problems.h"

namespace sluice::manifests {

struct Subtree {
  Node node;
  Position end;            // of what stands here; for an alias not that of the node
  std::size_t height = 0;  // of the tree below the node: 0 for a scalar
};

class TreeBuilder {
 public:
  TreeBuilder(Arena& arena, const Limits& limits, Problems& problems)
      : arena_(arena), limits_(limits), problems_(problems) {
    frames_.reserve(16);
    pending_.reserve(64);
  }

  // Forgets the document before.
  void StartDocument();

  // What the next part is.
  bool AtKey() const { return !frames_.empty() && frames_.back().state == State::kKey; }
  bool InFlow() const { return !frames_.empty() && frames_.back().node.style == NodeStyle::kFlow; }
  bool AtMergeValue() const { return !frames_.empty() && frames_.back().state == State::kMergeValue; }
  std::uint64_t nodes() const { return nodes_; }  // counted so far in this document

  // The parts. Each is false after a finding, which ends the document.
  bool Open(const Node& collection);  // kind, style, where it begins
  bool SetKey(std::string_view key, Range range);
  bool SetMergeKey(Range range);
  bool Add(const Subtree& value);
  bool Count(std::uint64_t nodes, Range range);  // of a value that stands for more than itself
  // Ends the innermost collection and hands it back; the caller adds it. It ends
  // at `end`, one in block style where its last child does.
  bool Close(Position end, Subtree& closed);

  // The document's root, kept in the arena; null at `nowhere` where there is none.
  const Node* TakeRoot(Position nowhere);

 private:
  enum class State : unsigned char { kElement, kKey, kValue, kMergeValue };

  struct Frame {
    Node node;
    State state = State::kElement;
    std::size_t first_child = 0;  // in pending_
    std::size_t first_merge = 0;  // in merges_
    std::size_t height = 0;       // of the highest child
    std::size_t keys = 0;
    std::string_view key;  // of the value to come
    Range key_range;
    Position last_end;  // of the last child, here
  };

  bool AddMerged(const Subtree& value);
  bool MergeOne(const Node& source, std::uint32_t merge);

  Arena& arena_;
  const Limits& limits_;
  Problems& problems_;
  std::vector<Frame> frames_;
  std::vector<Node> pending_;  // children of the open collections
  std::vector<MergeSpan> merges_;
  std::uint32_t merge_count_ = 0;
  std::uint64_t nodes_ = 0;
};

}  // namespace sluice::manifests
