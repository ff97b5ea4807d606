// Nodes changed without changing them: every edit makes new nodes along the way
// from the root to the place and shares all others. What an edit makes lives in
// the arena of the build; what it shares must live as long. A value keeps the
// range of whoever wrote it: the base, the patch, or the transformer's line.
//
// Cost: an edit copies the members of each node on its way (sizeof(Node) each), so
// that n edits of one mapping of n members cost n²; whoever is asked for many
// charges them (Layer::Spend). Depth is that of `way`, for SameValue that of the
// nodes: both are bounded by limits().depth before they come here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "manifests/arena.h"
#include "manifests/document.h"

namespace sluice::manifests::render {

// A string node that was written at `place`; `text` is copied.
Node TextNode(Arena& arena, std::string_view text, Range place);
Node IntegerNode(Arena& arena, std::int64_t value, Range place);
Node BoolNode(bool value, Range place);
// Collections of copies of `children` (members carry their keys).
Node MappingNode(Arena& arena, std::span<const Node> members, Range place);
Node SequenceNode(Arena& arena, std::span<const Node> elements, Range place);
// A value that was made on the way to another one: nothing is in it yet.
Node EmptyNode(NodeKind kind, Range place);
// The same value as a member called `key`; the key was written at `key_range`.
Node AsMember(Arena& arena, const Node& value, std::string_view key, Range key_range);

// `mapping` with `member` in place of the one of its key, or after the others.
Node WithMember(Arena& arena, const Node& mapping, const Node& member);
Node WithoutMember(Arena& arena, const Node& mapping, std::string_view key);
// The same with children of another list or mapping; key, range and style stay.
Node WithChildren(Arena& arena, const Node& collection, std::span<const Node> children);

// One step of a way down: a member, every element of a list, or one element.
struct Step {
  std::string_view key;
  bool each = false;        // every element
  std::int64_t index = -1;  // one element, where not negative
};

// Calls `edit` with what stands at the end of `way` (each place, where a step is
// `each`) and puts what it returns in its place; nullopt leaves it. Where `make`
// is set, absent members on the way are made as mappings at `made_at`, and `edit`
// gets a null node for an absent end. Returns `root` itself where nothing
// changed. A step through a scalar goes nowhere.
using Edit = std::function<std::optional<Node>(const Node& value)>;
struct EditOptions {
  bool make = false;
  Range made_at{};
};
Node EditAt(Arena& arena, const Node& root, std::span<const Step> way, const Edit& edit,
            const EditOptions& options = {});

inline bool IsCollection(const Node& node) {
  return node.kind == NodeKind::kMapping || node.kind == NodeKind::kSequence;
}
// What has no members and elements by its kind, null too.
inline bool IsScalar(const Node& node) { return !IsCollection(node); }

// Same kinds, keys (in any order) and values; places do not count.
bool SameValue(const Node& a, const Node& b);

}  // namespace sluice::manifests::render
