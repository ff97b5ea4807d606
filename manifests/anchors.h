// The anchors of one document, and go-yaml's rule against documents that
// consist of aliases. What go-yaml counts is counted here in the same way: each
// scalar, collection and alias once, keys included, merge keys not; behind an
// alias everything once more.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/tree_builder.h"

namespace sluice::manifests {

// How much has been read up to some point.
struct Tally {
  std::uint64_t decoded = 1;  // go-yaml's decodeCount, which counts the document too
  std::uint64_t nodes = 0;    // TreeBuilder's

  Tally Since(const Tally& before) const { return {decoded - before.decoded, nodes - before.nodes}; }
};

struct Anchor {
  std::string name;
  Subtree tree;
  Tally size;
  bool complete = false;  // else we are inside of it
};

class Anchors {
 public:
  void StartDocument();
  std::size_t count() const { return anchors_.size(); }

  // A new anchor, which hides an earlier one of its name. Its index.
  std::size_t Begin(std::string_view name);
  void Complete(std::size_t index, const Subtree& tree, Tally size);
  // The one that began last under a name, or null.
  const Anchor* Find(std::string_view name) const;

  void CountNode() { ++decoded_; }
  std::uint64_t decoded() const { return decoded_; }
  // False where go-yaml would refuse the document for excessive aliasing.
  bool CountAlias(const Anchor& anchor);

 private:
  std::vector<Anchor> anchors_;  // few: limits.anchors bounds them
  std::uint64_t decoded_ = 1;
  std::uint64_t from_aliases_ = 0;  // go-yaml's aliasCount
};

}  // namespace sluice::manifests
