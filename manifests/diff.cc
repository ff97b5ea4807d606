// One walk over two trees side by side. What an element of a list is called
// tells which two belong together, so that a container put in front of others
// is one difference and not one for each field of all of them.
// Tested by tests/manifests/diff_test.cc.
#include "manifests/diff.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace sluice::manifests {
namespace {

constexpr std::size_t kHashSize = 10;
constexpr std::array<std::string_view, 6> kNames = {"name",          "key",  "mountPath",
                                                    "containerPort", "port", "ip"};

bool SameScalar(const Node& a, const Node& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case NodeKind::kNull:
      return true;
    case NodeKind::kBool:
      return a.value.boolean == b.value.boolean;
    case NodeKind::kInteger:
      return a.value.integer == b.value.integer && a.is_unsigned == b.is_unsigned;
    case NodeKind::kFloat:
      return a.value.number == b.value.number;
    default:
      return a.text == b.text;
  }
}

bool IsCollection(const Node& node) {
  return node.kind == NodeKind::kMapping || node.kind == NodeKind::kSequence;
}

std::string ScalarText(const Node& node) {
  std::string text;
  CanonicalJson(node, text);
  return text;
}

// The members by which the elements of both lists can be told apart; empty: none.
std::string_view NameOfElements(const Node& before, const Node& after) {
  const auto tells_apart = [](const Node& list, std::string_view name) {
    std::set<std::string> seen;
    return std::all_of(list.children.begin(), list.children.end(), [&](const Node& element) {
      const Node* member = element.Find(name);
      return member != nullptr && !IsCollection(*member) && seen.insert(ScalarText(*member)).second;
    });
  };
  for (const std::string_view name : kNames) {
    if (tells_apart(before, name) && tells_apart(after, name)) return name;
  }
  return {};
}

class Walk {
 public:
  explicit Walk(std::vector<FieldDifference>& out) : out_(out) {}

  void Compare(const Node& before, const Node& after) {
    if (before.kind == NodeKind::kMapping && after.kind == NodeKind::kMapping) return Mappings(before, after);
    if (before.kind == NodeKind::kSequence && after.kind == NodeKind::kSequence) return Lists(before, after);
    if (IsCollection(before) || IsCollection(after) || !SameScalar(before, after)) Tell(&before, &after);
  }

 private:
  void Tell(const Node* before, const Node* after) { out_.push_back({FieldPath(steps_), before, after}); }

  void At(FieldStep step, const Node* before, const Node* after) {
    steps_.push_back(step);
    if (before != nullptr && after != nullptr) {
      Compare(*before, *after);
    } else {
      Tell(before, after);
    }
    steps_.pop_back();
  }

  void Mappings(const Node& before, const Node& after) {
    for (const Node& member : after.children) At({member.key}, before.Find(member.key), &member);
    for (const Node& member : before.children) {
      if (after.Find(member.key) == nullptr) At({member.key}, &member, nullptr);
    }
  }

  void Lists(const Node& before, const Node& after) {
    const std::string_view name = NameOfElements(before, after);
    if (name.empty()) return ByOrder(before, after);
    std::map<std::string, const Node*> old;
    for (const Node& element : before.children) old.emplace(ScalarText(*element.Find(name)), &element);
    for (std::size_t i = 0; i < after.children.size(); ++i) {
      const auto found = old.find(ScalarText(*after.children[i].Find(name)));
      At({{}, i}, found == old.end() ? nullptr : found->second, &after.children[i]);
      if (found != old.end()) old.erase(found);
    }
    for (std::size_t i = 0; i < before.children.size(); ++i) {
      const Node& element = before.children[i];
      if (old.contains(ScalarText(*element.Find(name)))) At({{}, i}, &element, nullptr);
    }
  }

  // What both begin and end with is the same; what lies between is paired in its order.
  void ByOrder(const Node& before, const Node& after) {
    const std::span<const Node> old = before.children, now = after.children;
    const std::size_t shorter = std::min(old.size(), now.size());
    std::size_t first = 0, last = 0;
    while (first < shorter && Same(old[first], now[first])) ++first;
    while (last < shorter - first && Same(old[old.size() - 1 - last], now[now.size() - 1 - last])) ++last;
    for (std::size_t i = first; i < std::max(old.size(), now.size()) - last; ++i) {
      At({{}, i}, i + last < old.size() ? &old[i] : nullptr, i + last < now.size() ? &now[i] : nullptr);
    }
  }

  static bool Same(const Node& a, const Node& b) {
    std::vector<FieldDifference> none;
    Walk(none).Compare(a, b);
    return none.empty();
  }

  std::vector<FieldDifference>& out_;
  std::vector<FieldStep> steps_;
};

using Identity = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;

Identity IdentityOf(const Object& object) { return {object.group, object.kind, object.ns, object.name}; }

// The same without the hash that a generator appends; unchanged for other names.
Identity WithoutHash(const Object& object) {
  std::string_view name = object.name;
  const bool generated = object.group.empty() && (object.kind == "ConfigMap" || object.kind == "Secret");
  if (generated && name.size() > kHashSize + 1 && name[name.size() - kHashSize - 1] == '-') {
    const std::string_view hash = name.substr(name.size() - kHashSize);
    const bool is_hash = hash.find_first_not_of("bcdfghkm2456789t") == hash.npos;  // kustomize's alphabet
    if (is_hash) name.remove_suffix(kHashSize);
  }
  return {object.group, object.kind, object.ns, name};
}

using ByIdentity = std::multimap<Identity, const Object*>;

// The first object under `identity`, taken out; null: none.
const Object* TakeOut(ByIdentity& objects, const Identity& identity) {
  const auto found = objects.lower_bound(identity);
  if (found == objects.end() || found->first != identity) return nullptr;
  const Object* object = found->second;
  objects.erase(found);
  return object;
}

}  // namespace

std::vector<FieldDifference> FieldDifferences(const Node& before, const Node& after) {
  std::vector<FieldDifference> fields;
  Walk(fields).Compare(before, after);
  return fields;
}

std::vector<ObjectDifference> Differences(std::span<const Object* const> before,
                                          std::span<const Object* const> after) {
  ByIdentity old, renamed;
  for (const Object* object : before) old.emplace(IdentityOf(*object), object);
  std::vector<ObjectDifference> pairs;
  for (const Object* object : after) pairs.push_back({TakeOut(old, IdentityOf(*object)), object, {}});
  for (const auto& [identity, object] : old) renamed.emplace(WithoutHash(*object), object);
  for (ObjectDifference& pair : pairs) {
    if (pair.before == nullptr) pair.before = TakeOut(renamed, WithoutHash(*pair.after));
    if (pair.before != nullptr) pair.fields = FieldDifferences(*pair.before->root, *pair.after->root);
  }
  std::erase_if(pairs,
                [](const ObjectDifference& pair) { return pair.before != nullptr && pair.fields.empty(); });
  for (const auto& [identity, object] : renamed) pairs.push_back({object, nullptr, {}});
  return pairs;
}

}  // namespace sluice::manifests
