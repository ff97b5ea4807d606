// Few members are compared each with each, by hash; many are sorted by hash and
// text. A hash table would be quadratic for keys that were made to collide:
// the hash is a public one of 32 bits.
// Tested by tests/manifests/mapping_test.cc.
#include "manifests/members.h"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "manifests/hidden.h"
#include "manifests/rules.h"

namespace sluice::manifests {
namespace {

constexpr std::size_t kFew = 24;
constexpr std::size_t kMostFindings = 20;  // in one file; then its reading ends

bool SameKey(const Node& a, const Node& b) { return a.key_hash == b.key_hash && a.key == b.key; }

// False where enough has been found; where the last one wins, reading goes on.
bool Duplicate(const Node& first, const Node& second, Problems& problems) {
  std::string message =
      fmt::format("duplicate key {}, first on line {}", Shown(second.key), first.key_range.begin.line);
  const bool more = problems.count() < kMostFindings;
  if (problems.duplicates() == DuplicateKeys::kLastWins) {
    if (more) problems.Warn(kDuplicateKeyRule, second.key_range, std::move(message));
    return true;
  }
  problems.Add(kDuplicateKeyRule, second.key_range, std::move(message));
  return problems.count() < kMostFindings;
}

bool CompareAll(std::span<const Node> members, Problems& problems) {
  for (std::size_t i = 1; i < members.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!SameKey(members[i], members[j])) continue;
      if (!Duplicate(members[j], members[i], problems)) return false;
      break;
    }
  }
  return true;
}

// Indexes of the members, equal keys beside each other and in their order.
std::vector<std::uint32_t> SortedByKey(std::span<const Node> members) {
  std::vector<std::uint32_t> order(members.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(members[a].key_hash, members[a].key, a) <
           std::tie(members[b].key_hash, members[b].key, b);
  });
  return order;
}

bool CompareSorted(std::span<const Node> members, Problems& problems) {
  const std::vector<std::uint32_t> order = SortedByKey(members);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> doubled;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (SameKey(members[order[i]], members[order[i - 1]])) doubled.emplace_back(order[i], order[i - 1]);
  }
  std::ranges::sort(doubled);
  return std::ranges::all_of(doubled, [&](const auto& pair) {
    return Duplicate(members[pair.second], members[pair.first], problems);
  });
}

// Which merge key brought a member; -1 for one that was written here.
using Origins = std::vector<std::int64_t>;

Origins FindOrigins(std::size_t count, std::size_t first, std::span<const MergeSpan> merges) {
  Origins origins(count, -1);
  for (const MergeSpan& span : merges) {
    for (std::size_t i = span.begin; i < span.end; ++i) origins[i - first] = span.merge;
  }
  return origins;
}

// What to do with two members of one name, `before` and `after` in this order.
bool SettlePair(const Node& before, std::int64_t origin_before, const Node& after, std::int64_t origin_after,
                Problems& problems) {
  if (origin_before < 0 && origin_after < 0) return Duplicate(before, after, problems);
  if (origin_after < 0 || origin_before == origin_after) return true;  // `after` wins for every reader
  return problems.Add(
      kMergeRule, before.key_range,
      fmt::format("the key {} is also brought by a merge key behind it: the API server takes the "
                  "merged value, other readers the first",
                  Shown(before.key)));
}

bool SettleMerged(std::vector<Node>& nodes, std::size_t first, std::span<const MergeSpan> merges,
                  Problems& problems) {
  const std::span<const Node> members = std::span(nodes).subspan(first);
  const Origins origins = FindOrigins(members.size(), first, merges);
  const std::vector<std::uint32_t> order = SortedByKey(members);
  std::vector<bool> gives_way(members.size(), false);
  for (std::size_t i = 1; i < order.size(); ++i) {
    const std::uint32_t before = order[i - 1];
    const std::uint32_t after = order[i];
    if (!SameKey(members[before], members[after])) continue;
    if (!SettlePair(members[before], origins[before], members[after], origins[after], problems)) return false;
    gives_way[before] = true;
  }
  std::size_t kept = first;
  for (std::size_t i = 0; i < gives_way.size(); ++i) {
    if (!gives_way[i]) nodes[kept++] = nodes[first + i];
  }
  nodes.resize(kept);
  return true;
}

}  // namespace

bool SettleMembers(std::vector<Node>& nodes, std::size_t first, std::span<const MergeSpan> merges,
                   Problems& problems) {
  if (!merges.empty() || problems.duplicates() == DuplicateKeys::kLastWins)
    return SettleMerged(nodes, first, merges, problems);
  const std::span<const Node> members = std::span(nodes).subspan(first);
  return members.size() <= kFew ? CompareAll(members, problems) : CompareSorted(members, problems);
}

}  // namespace sluice::manifests
