// kustomize merges a list in three passes (kyaml/yaml/walk): it lists the key
// values of all elements, the patch's first; merges, for each of them, the
// elements that have these values; then puts the base's elements behind the
// merged ones, each replacing the one with its values. So new elements come
// first, and the base keeps its order. Where an element lacks a merge key, or
// two elements share one, the passes get into each other's way, and elements are
// lost: what we build must lose the same ones, so the passes here are the same.
#include "manifests/render/merge_list.h"

#include <algorithm>
#include <utility>

#include "manifests/render/edit.h"

namespace sluice::manifests::render {
namespace {

using Texts = std::vector<std::string_view>;

bool IsNothing(const Node& node) {
  return node.kind == NodeKind::kNull || (node.kind == NodeKind::kMapping && node.children.empty());
}

// The value of a key where it counts as given.
std::string_view KeyText(const Node& element, std::string_view key) {
  if (key.empty()) return ComparedText(element);
  const Node* const field = element.Find(key);
  return field == nullptr || field->kind == NodeKind::kNull ? std::string_view() : ComparedText(*field);
}

bool HasValues(const Node& element, const Texts& keys, const Texts& values) {
  if (keys.front().empty()) return ComparedText(element) == values.front();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Node* const field = element.Find(keys[i]);
    if (field == nullptr || ComparedText(*field) != values[i]) return false;
  }
  return true;
}

// How an element of a list is found to be replaced: a value that is not given, or
// empty, stands for any.
enum class Match { kYes, kNo, kWrongKind };
Match Matches(const Node& element, const Texts& keys, const Texts& values) {
  if (values.empty()) return Match::kNo;
  for (std::size_t i = 0; i < std::min(keys.size(), values.size()); ++i) {
    if (keys[i].empty()) {
      if (IsCollection(element)) return Match::kWrongKind;
      if (element.text != values[i]) return Match::kNo;
      continue;
    }
    if (element.kind != NodeKind::kMapping) return Match::kWrongKind;
    const Node* const field = element.Find(keys[i]);
    if (field == nullptr || (!values[i].empty() && ComparedText(*field) != values[i])) return Match::kNo;
  }
  return Match::kYes;
}

// Two elements are one where a key agrees and no key disagrees, one that is not
// given agreeing with all. `a` becomes what they have together.
bool Unite(Texts& a, const Texts& b) {
  bool common = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    common = common || a[i] == b[i];
    if (a[i] != b[i] && !a[i].empty() && !b[i].empty()) return false;
  }
  if (!common) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].empty()) a[i] = b[i];
  }
  return true;
}

class ListMerger {
 public:
  ListMerger(Arena& arena, Texts keys, MergeBudget& budget, const MergeElements& merge)
      : arena_(arena), keys_(std::move(keys)), budget_(budget), merge_(merge) {}

  ListMergeResult Merge(const Node& base, const Node* patch) {
    base_.assign(base.children.begin(), base.children.end());
    alone_ = patch == &base;
    if (patch != nullptr && !alone_) patch_.assign(patch->children.begin(), patch->children.end());
    result_.failed = !MergeAll();
    return std::move(result_);
  }

 private:
  std::vector<Node>& Patch() { return alone_ ? base_ : patch_; }

  bool MergeAll() {
    if (!ListValues()) return false;
    if (values_.empty()) {
      result_.elements = std::move(base_);
      return true;
    }
    ChooseKeys();
    for (const Texts& values : values_) {
      if (!MergeOne(Chosen(values))) return false;
    }
    for (const Node& element : base_) {
      if (!PutBehind(element)) return false;
    }
    result_.elements = std::move(added_);
    return true;
  }

  bool ListValues() {
    if (!ListValuesOf(Patch())) return false;
    if (!alone_ && !ListValuesOf(base_)) return false;
    if (keys_.size() == 1) return true;
    if (!budget_.Spend(values_.size() * values_.size())) return TooCostly();
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const Texts own = values_[i];
      for (Texts& other : values_) {
        Texts united = own;
        if (Unite(united, other)) values_[i] = other = united;
      }
    }
    return true;
  }

  bool ListValuesOf(const std::vector<Node>& elements) {
    for (const Node& element : elements) {
      Texts values;
      for (const std::string_view key : keys_) values.push_back(KeyText(element, key));
      if (!budget_.Spend(values_.size() + 1)) return TooCostly();
      if (std::ranges::find(values_, values) == values_.end()) values_.push_back(std::move(values));
    }
    return true;
  }

  // A key that no element gives is no key; where none gives any, all are.
  void ChooseKeys() {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const bool given =
          std::ranges::any_of(values_, [&](const Texts& values) { return !values[i].empty(); });
      if (given) chosen_.push_back(i);
    }
    if (!chosen_.empty()) return;
    for (std::size_t i = 0; i < keys_.size(); ++i) chosen_.push_back(i);
  }

  Texts Chosen(const Texts& texts) const {
    Texts chosen;
    for (const std::size_t i : chosen_) chosen.push_back(texts[i]);
    return chosen;
  }

  // The element that has these values; those that are empty do not count, unless
  // all are.
  Node* Find(std::vector<Node>& elements, const Texts& values) const {
    Texts keys;
    Texts given;
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      if (values[i].empty()) continue;
      keys.push_back(keys_[chosen_[i]]);
      given.push_back(values[i]);
    }
    const bool none = given.empty();
    const Texts all = Chosen(keys_);
    const auto found = std::ranges::find_if(elements, [&](const Node& element) {
      return HasValues(element, none ? all : keys, none ? values : given);
    });
    return found == elements.end() ? nullptr : &*found;
  }

  bool MergeOne(const Texts& values) {
    if (!budget_.Spend(base_.size() + patch_.size() + added_.size())) return TooCostly();
    Node* const base = Find(base_, values);
    Node* const patch = alone_ ? base : Find(patch_, values);
    const std::optional<MergedElement> merged = merge_(base, patch);
    if (!merged) return false;
    // A directive counts once, even where the element is met twice.
    if (patch != nullptr) *patch = WithoutMember(arena_, *patch, "$patch");
    if (!merged->value || IsNothing(*merged->value)) return Set(base_, nullptr, Chosen(keys_), values);
    // kustomize merges in place: later passes see what has become of the element.
    Node* const stands = merged->of_patch ? patch : base;
    if (stands != nullptr) *stands = *merged->value;
    return Set(added_, &*merged->value, Chosen(keys_), values);
  }

  bool PutBehind(const Node& element) {
    const Texts keys = Chosen(keys_);
    Texts values;
    for (const std::string_view key : keys) {
      const Node* const field = key.empty() ? &element : element.Find(key);
      if (!key.empty() && element.kind != NodeKind::kMapping && element.kind != NodeKind::kNull)
        return WrongKind(element);
      if (field == nullptr) {
        added_.push_back(element);
      } else {
        values.push_back(ComparedText(*field));
      }
    }
    if (keys.size() > 1 && !Set(added_, nullptr, keys, values)) return false;
    return Set(added_, &element, keys, values);
  }

  // Puts `element` in the place of those with these values, or behind all; a null
  // one deletes. Empty elements go, and so do all where no value is given.
  bool Set(std::vector<Node>& elements, const Node* element, const Texts& keys, const Texts& values) {
    if (!budget_.Spend(elements.size())) return TooCostly();
    const bool mappings = !keys.front().empty() && !values.empty() && !values.front().empty();
    std::vector<Node> kept;
    bool found = false;
    for (const Node& old : elements) {
      if (IsNothing(old)) continue;
      const bool other = mappings && old.kind != NodeKind::kMapping;
      const Match match = other ? Match::kNo : Matches(old, keys, values);
      if (match == Match::kWrongKind) return WrongKind(old);
      found = found || match == Match::kYes;
      if (match == Match::kYes && element != nullptr) kept.push_back(*element);
      if (match == Match::kNo && !values.empty()) kept.push_back(old);
    }
    if (!found && element != nullptr && element->kind != NodeKind::kNull) kept.push_back(*element);
    elements = std::move(kept);
    return true;
  }

  bool WrongKind(const Node& element) {
    result_.problem = keys_.front().empty()
                          ? "wrong node kind: a list of scalars has an element that is none"
                          : "wrong node kind: a list of mappings has an element that is none";
    result_.place = element.range;
    return false;
  }

  bool TooCostly() {
    result_.problem = "the lists of this patch and its target are too long to be merged by key";
    return false;
  }

  Arena& arena_;
  const Texts keys_;
  MergeBudget& budget_;
  const MergeElements& merge_;
  ListMergeResult result_;
  std::vector<Node> base_;
  std::vector<Node> patch_;
  bool alone_ = false;  // base and patch are one list
  std::vector<Node> added_;
  std::vector<Texts> values_;        // of every element, each once
  std::vector<std::size_t> chosen_;  // indexes of keys
};

}  // namespace

ListMergeResult MergeByKeys(Arena& arena, const Node& base, const Node* patch,
                            std::vector<std::string_view> keys, MergeBudget& budget,
                            const MergeElements& merge) {
  return ListMerger(arena, std::move(keys), budget, merge).Merge(base, patch);
}

std::vector<Node> WithoutMatching(std::span<const Node> elements, std::string_view key,
                                  std::string_view value) {
  std::vector<Node> kept;
  for (const Node& element : elements) {
    if (IsNothing(element)) continue;
    const Node* const field = element.Find(key);
    if (field == nullptr || ComparedText(*field) != value) kept.push_back(element);
  }
  return kept;
}

std::string_view ComparedText(const Node& node) {
  return IsCollection(node) ? std::string_view() : node.text;
}

}  // namespace sluice::manifests::render
