// Tested by tests/manifests/mapping_test.cc and limits_test.cc.
#include "manifests/anchors.h"

#include <algorithm>

namespace sluice::manifests {
namespace {

// allowedAliasRatio of decode.go: how much of a document may come from aliases.
double AllowedRatio(double decoded) {
  constexpr double kLow = 400'000;
  constexpr double kHigh = 4'000'000;
  if (decoded <= kLow) return 0.99;
  if (decoded >= kHigh) return 0.10;
  return 0.99 - 0.89 * (decoded - kLow) / (kHigh - kLow);
}

}  // namespace

void Anchors::StartDocument() {
  anchors_.clear();
  decoded_ = 1;
  from_aliases_ = 0;
}

std::size_t Anchors::Begin(std::string_view name) {
  anchors_.push_back({std::string(name), {}, {}, false});
  return anchors_.size() - 1;
}

void Anchors::Complete(std::size_t index, const Subtree& tree, Tally size) {
  Anchor& anchor = anchors_[index];
  anchor.tree = tree;
  anchor.size = size;
  anchor.complete = true;
}

const Anchor* Anchors::Find(std::string_view name) const {
  const auto found =
      std::find_if(anchors_.rbegin(), anchors_.rend(), [&](const Anchor& a) { return a.name == name; });
  return found == anchors_.rend() ? nullptr : &*found;
}

bool Anchors::CountAlias(const Anchor& anchor) {
  decoded_ += 1 + anchor.size.decoded;
  from_aliases_ += anchor.size.decoded;
  if (from_aliases_ <= 100 || decoded_ <= 1000) return true;
  const auto decoded = static_cast<double>(decoded_);
  return static_cast<double>(from_aliases_) / decoded <= AllowedRatio(decoded);
}

}  // namespace sluice::manifests
