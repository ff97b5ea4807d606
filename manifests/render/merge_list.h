// One list in a strategic merge: the elements of a patch meet those of the base
// by the values of their merge keys. Tested by tests/manifests/render/merge_test.cc.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/arena.h"
#include "manifests/document.h"

namespace sluice::manifests::render {

// What two elements became; no value: nothing is left of them.
struct MergedElement {
  std::optional<Node> value;
  bool of_patch = false;  // the patch's element stands, changed or not; else the base's
};

// Merges two elements, each null where it is absent. nullopt: a problem was told.
using MergeElements = std::function<std::optional<MergedElement>(const Node* base, const Node* patch)>;

// Counts comparisons, so that lists of a hostile patch cost a bounded time.
struct MergeBudget {
  static constexpr std::size_t kMost = 20'000'000;
  std::size_t steps = kMost;  // elements looked at in all lists of one patch: about a second

  bool Spend(std::size_t count) {
    if (count > steps) return false;
    steps -= count;
    return true;
  }
};

struct ListMergeResult {
  std::vector<Node> elements;
  bool failed = false;
  std::string problem;  // with `failed`; empty where MergeElements told it
  Range place;          // of the element that the problem is about; of none: line 0
};

// Merges the lists `base` and `patch`. `keys`: one or two, or one empty text for
// lists of scalars. `patch` may be null (only the base stands) or `base` itself
// (only the patch stands).
ListMergeResult MergeByKeys(Arena& arena, const Node& base, const Node* patch,
                            std::vector<std::string_view> keys, MergeBudget& budget,
                            const MergeElements& merge);

// The elements without empty ones and those whose member `key` says `value`: how
// a directive is taken out of a list.
std::vector<Node> WithoutMatching(std::span<const Node> elements, std::string_view key,
                                  std::string_view value);

// What kustomize compares a node by: the text of a scalar as it was written,
// nothing for a collection.
std::string_view ComparedText(const Node& node);

}  // namespace sluice::manifests::render
