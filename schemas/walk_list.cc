#include <unordered_map>
#include <vector>

#include "schemas/rules.h"
#include "schemas/values.h"
#include "schemas/walk.h"

// Lists whose elements have keys (list-type map) and lists without doubles (set,
// uniqueItems). Short lists are compared pairwise without memory, long ones by
// hash. Sources: structured-merge-diff typed/helpers.go (server-side apply), and
// apiextensions-apiserver pkg/apiserver/schema/listtype. Test: list_test.cc.

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kPairwise = 24;  // longest list that is compared pairwise

// Calls `report(i, j)` for each element i that equals an earlier one j.
template <class Same, class HashOf, class Report>
bool EachDouble(std::span<const Node> elements, Same same, HashOf hash_of, Report report) {
  bool none = true;
  if (elements.size() <= kPairwise) {
    for (std::size_t i = 1; i < elements.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (!same(elements[i], elements[j])) continue;
        none = report(i, j);
        break;
      }
    }
    return none;
  }
  std::unordered_multimap<std::uint64_t, std::size_t> seen;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const std::uint64_t hash = hash_of(elements[i]);
    const auto [begin, end] = seen.equal_range(hash);
    auto at = begin;
    while (at != end && !same(elements[i], elements[at->second])) ++at;
    if (at != end) {
      none = report(i, at->second);
    } else {
      seen.emplace(hash, i);
    }
  }
  return none;
}

}  // namespace

// The value of a key; null where it is not written (a default may then hold).
const Node* Walker::KeyOf(const Node& element, std::uint32_t hash, std::string_view key) const {
  for (const Node& child : element.children) {
    if (child.key_hash == hash && child.key == key) return child.kind == NodeKind::kNull ? nullptr : &child;
  }
  return nullptr;
}

bool Walker::SameKeys(const Node& a, const Node& c, const NodeRow& item, const ExtraRow& extra) const {
  if (a.kind != NodeKind::kMapping || c.kind != NodeKind::kMapping) return false;
  for (std::uint32_t i = 0; i < extra.key_count; ++i) {
    const std::string_view key = b().Text(b().names[extra.keys + i]);
    const std::uint32_t hash = manifests::HashKey(key);
    const Node* const first = KeyOf(a, hash, key);
    const Node* const second = KeyOf(c, hash, key);
    if (first != nullptr && second != nullptr) {
      if (!SameValue(*first, *second)) return false;
    } else if (first != second) {
      const SlotRow* const slot = b().FindSlot(item, hash, key);
      if (slot == nullptr || !slot->HasFallback()) return false;
      if (!IsValue(first != nullptr ? *first : *second, b().values[slot->Fallback()])) return false;
    }
  }
  return true;
}

std::uint64_t Walker::KeysHash(const Node& element, const NodeRow& item, const ExtraRow& extra) const {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < extra.key_count; ++i) {
    const std::string_view key = b().Text(b().names[extra.keys + i]);
    const std::uint32_t hash = manifests::HashKey(key);
    const Node* const value = KeyOf(element, hash, key);
    const SlotRow* const slot = value == nullptr ? b().FindSlot(item, hash, key) : nullptr;
    std::uint64_t part = 0;
    if (value != nullptr) part = HashValue(*value);
    if (slot != nullptr && slot->HasFallback()) part = HashValue(b(), b().values[slot->Fallback()]);
    sum = sum * 31 + part;
  }
  return sum;
}

std::string Walker::KeysText(const Node& element, const ExtraRow& extra) const {
  std::vector<std::string> parts;
  for (std::uint32_t i = 0; i < extra.key_count; ++i) {
    const std::string_view key = b().Text(b().names[extra.keys + i]);
    const Node* const value = element.Find(key);
    if (value == nullptr) continue;
    const std::string shown = Value(*value);
    parts.push_back(std::string(key) + (shown.empty() ? "" : " " + shown));
  }
  return ListWords(parts);
}

// Server-side apply must find at least one key, written or by default.
bool Walker::HasKeys(const Node& node, const NodeRow& item, const ExtraRow& extra, const Frame& frame) {
  bool fits = true;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& element = node.children[i];
    bool found = element.kind != NodeKind::kMapping;
    for (std::uint32_t k = 0; k < extra.key_count && !found; ++k) {
      const std::string_view key = b().Text(b().names[extra.keys + k]);
      const SlotRow* const slot = b().FindSlot(item, manifests::HashKey(key), key);
      const bool reported = slot != nullptr && slot->Ordinal() != 0;  // as a missing required field
      found = reported || (slot != nullptr && slot->HasFallback()) || element.Find(key) != nullptr;
    }
    if (found) continue;
    const Frame step{&frame, &element, i, Frame::Step::kElement};
    const std::string key(b().Text(b().names[extra.keys]));
    fits = Report(kRequired, step, element.range,
                  "the list element has no \"" + key + "\", which tells it from the others" +
                      " (server-side apply refuses it)",
                  {}, key);
  }
  return fits;
}

bool Walker::ListMap(const Node& node, const NodeRow& row, const Frame& frame) {
  if (row.extra == kNone || row.items == kNone) return true;
  const ExtraRow& extra = b().extras[row.extra];
  const NodeRow& item = b().nodes[row.items];
  const bool go_type = (row.flags & kGoType) != 0;
  bool fits = !go_type || HasKeys(node, item, extra, frame);
  fits = EachDouble(
             node.children, [&](const Node& a, const Node& c) { return SameKeys(a, c, item, extra); },
             [&](const Node& element) { return KeysHash(element, item, extra); },
             [&](std::size_t i, std::size_t j) {
               if (findings_ == nullptr) return false;
               const Frame step{&frame, &node.children[i], i, Frame::Step::kElement};
               const std::string keys = KeysText(node.children[i], extra);
               return Report(kDuplicate, step, node.children[i].range,
                             "the same element as number " + std::to_string(j + 1) + " of the list" +
                                 (keys.empty() ? "" : ": both have " + keys) +
                                 (go_type ? " (server-side apply refuses it)" : ""));
             }) &&
         fits;
  return fits;
}

bool Walker::ListSet(const Node& node, const NodeRow& row, const Frame& frame) {
  return EachDouble(
      node.children, [](const Node& a, const Node& c) { return SameValue(a, c); },
      [](const Node& element) { return HashValue(element); },
      [&](std::size_t i, std::size_t j) {
        if (findings_ == nullptr) return false;
        const Frame step{&frame, &node.children[i], i, Frame::Step::kElement};
        const std::string value = Value(node.children[i]);
        return Report(kDuplicate, step, node.children[i].range,
                      (value.empty() ? std::string("the value") : value) +
                          " stands in the list already, as element " + std::to_string(j + 1) +
                          ((row.flags & kGoType) != 0 ? " (server-side apply refuses it)" : ""));
      });
}

}  // namespace sluice::schemas
