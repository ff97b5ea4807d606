// manifests/diff.h finds the values that differ, managedFields says whose they are: the
// nodes of the record that our own entry still leads to are those that nobody else has
// changed, and the nodes of the live object that other entries lead to are theirs.
#include "agent/drift.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "cluster/live_diff.h"
#include "cluster/managers.h"
#include "cluster/masking.h"
#include "manifests/arena.h"
#include "manifests/diff.h"
#include "manifests/object.h"

namespace sluice::agent {
namespace {

using cluster::FieldManager;
using manifests::FieldDifference;
using manifests::Node;
using manifests::NodeKind;
using Nodes = std::set<const Node*>;

constexpr std::size_t kMostTold = 100;
constexpr std::size_t kLongestValue = 200;

bool IsNothing(const Node* node) { return node == nullptr || node->kind == NodeKind::kNull; }

// A mapping that is gone is each of its fields, so that rules can name them; an element
// of a list goes whole.
void Spread(FieldDifference difference, std::vector<FieldDifference>& fields) {
  const Node* const before = difference.before;
  const bool spreads = before != nullptr && difference.after == nullptr &&
                       before->kind == NodeKind::kMapping && !before->children.empty() &&
                       !difference.field.ends_with(']');
  if (!spreads) return fields.push_back(std::move(difference));
  for (const Node& member : before->children)
    Spread({difference.field + "." + std::string(member.key), &member, nullptr}, fields);
}

// What the record has and the cluster has otherwise.
std::vector<FieldDifference> Differing(const Node& recorded, const Node& live) {
  std::vector<FieldDifference> fields;
  for (FieldDifference& each : manifests::FieldDifferences(recorded, live)) Spread(std::move(each), fields);
  std::erase_if(fields, [](const FieldDifference& each) {
    return each.before == nullptr || (IsNothing(each.before) && IsNothing(each.after)) ||
           cluster::IsWrittenByServers(each.field);
  });
  return fields;
}

std::size_t Fingerprint(const Node* live) {
  if (live == nullptr) return 0;
  std::string json;
  manifests::CanonicalJson(*live, json);
  return std::hash<std::string>{}(json);
}

// All of `node`, or everything in it.
bool IsWholly(const Node& node, const Nodes& owned) {
  if (owned.contains(&node) && node.children.empty()) return true;
  return !node.children.empty() && std::all_of(node.children.begin(), node.children.end(),
                                               [&](const Node& child) { return IsWholly(child, owned); });
}

void FindParents(const Node& node, std::map<const Node*, const Node*>& parents) {
  for (const Node& child : node.children) {
    parents.emplace(&child, &node);
    FindParents(child, parents);
  }
}

// Who owns what of both sides.
class Ownership {
 public:
  explicit Ownership(const DriftQuery& query) : managers_(cluster::FieldManagersOf(&query.live)) {
    for (const FieldManager& manager : managers_) {
      const bool is_ours = manager.name == query.manager && manager.applies && manager.subresource.empty();
      if (is_ours) {
        cluster::ForEachOwned(*manager.fields, query.recorded,
                              [&](const Node& node) { ours_.insert(&node); });
        cluster::ForEachOwned(*manager.fields, query.live, [&](const Node& node) { live_.insert(&node); });
        continue;
      }
      if (manager.subresource != "status" && (last_ == nullptr || manager.time > last_->time))
        last_ = &manager;
      cluster::ForEachOwned(*manager.fields, query.live, [&](const Node& node) { Note(node, manager); });
    }
  }

  bool IsOurs(const Node& recorded) const { return IsWholly(recorded, ours_); }
  // An element that is ours, and stands where another stood.
  bool IsOursInCluster(const Node& live) const { return live_.contains(&live); }
  // Null: nobody says it.
  const FieldManager* OwnerOf(const Node& live) const {
    const auto found = others_.find(&live);
    if (found != others_.end()) return found->second;
    const FieldManager* owner = nullptr;
    for (const Node& child : live.children) {
      const FieldManager* const of_child = OwnerOf(child);
      if (of_child != nullptr && (owner == nullptr || of_child->time > owner->time)) owner = of_child;
    }
    return owner;
  }
  const FieldManager* last() const { return last_; }

 private:
  void Note(const Node& node, const FieldManager& manager) {
    const FieldManager*& owner = others_[&node];
    if (owner == nullptr || manager.time > owner->time) owner = &manager;
  }

  std::vector<FieldManager> managers_;
  Nodes ours_, live_;
  std::map<const Node*, const FieldManager*> others_;
  const FieldManager* last_ = nullptr;
};

// Values and names as they may be told.
class Teller {
 public:
  explicit Teller(const DriftQuery& query) {
    discretion_.Add(&query.recorded);
    discretion_.Add(&query.live);
    FindParents(query.recorded, parents_);
    FindParents(query.live, parents_);
  }

  std::string Name(const std::string& field) const {
    return discretion_.MayName(field) ? field : "(a field whose name looks like a credential)";
  }
  std::string Value(const Node* node) const {
    if (node == nullptr || discretion_.silent()) return {};
    const auto parent = parents_.find(node);
    std::string json =
        cluster::ShownJson(*node, parent == parents_.end() ? nullptr : parent->second, discretion_);
    if (json.size() <= kLongestValue) return json;
    std::size_t end = kLongestValue;
    while (end > 0 && (static_cast<unsigned char>(json[end]) & 0xC0) == 0x80) --end;
    return json.substr(0, end) + "…";
  }

 private:
  cluster::Discretion discretion_;
  std::map<const Node*, const Node*> parents_;
};

DriftedField Told(const FieldDifference& difference, const Ownership& ownership, const Teller& teller) {
  const bool replaced = difference.after != nullptr && ownership.IsOursInCluster(*difference.after) &&
                        !ownership.IsOurs(*difference.before);
  const Node* const live = replaced ? nullptr : difference.after;
  DriftedField field{.field = teller.Name(difference.field),
                     .recorded = teller.Value(difference.before),
                     .live = teller.Value(live),
                     .removed = live == nullptr,
                     .fingerprint = Fingerprint(live)};
  const FieldManager* owner = live == nullptr ? nullptr : ownership.OwnerOf(*live);
  if (owner == nullptr && live == nullptr) {
    owner = ownership.last();
    field.suspected = owner != nullptr;
  }
  if (owner != nullptr) {
    field.manager = owner->name;
    field.time = owner->time;
  }
  return field;
}

// `node` without those to be left to others.
Node Without(const Node& node, const Nodes& left, manifests::Arena& arena) {
  std::vector<Node> children;
  for (const Node& child : node.children) {
    if (!left.contains(&child)) children.push_back(Without(child, left, arena));
  }
  Node rest = node;
  rest.children = arena.Keep(std::span<const Node>(children));
  return rest;
}

std::string JsonWithout(const Node& recorded, const Nodes& left) {
  manifests::Arena arena(4096);
  std::string json;
  manifests::CanonicalJson(Without(recorded, left, arena), json);
  return json;
}

}  // namespace

DriftBaseline BaselineOf(const Node& recorded, const Node& answer) {
  DriftBaseline baseline;
  for (const FieldDifference& each : Differing(recorded, answer))
    baseline[each.field] = Fingerprint(each.after);
  return baseline;
}

bool Heals(const Drift& drift) {
  return std::any_of(drift.fields.begin(), drift.fields.end(),
                     [](const DriftedField& field) { return field.action == DriftAction::kHeal; });
}

Drift FindDrift(const DriftQuery& query) {
  Drift drift{.planned = std::string(query.planned)};
  const std::vector<FieldDifference> differing = Differing(query.recorded, query.live);
  if (differing.empty()) return drift;
  const Ownership ownership(query);
  std::optional<Teller> teller;  // costs more than all else, and most often nothing is to be told
  Nodes left;
  for (const FieldDifference& each : differing) {
    const auto known = [&] {
      const auto found = query.baseline->find(each.field);
      return found != query.baseline->end() && found->second == Fingerprint(each.after);
    };
    if (ownership.IsOurs(*each.before) && (query.baseline == nullptr || known())) continue;
    const DriftDecision decision = Decide(query.settings, query.environment, query.object, each.field);
    if (decision.action != DriftAction::kHeal) left.insert(each.before);
    if (decision.action == DriftAction::kIgnore) {
      ++drift.ignored;
    } else if (drift.fields.size() < kMostTold) {
      if (!teller) teller.emplace(query);
      DriftedField& field = drift.fields.emplace_back(Told(each, ownership, *teller));
      field.action = decision.action;
      field.reason = decision.reason;
    } else {
      ++drift.more;
    }
  }
  if (!left.empty() && Heals(drift)) drift.heal_with = JsonWithout(query.recorded, left);
  return drift;
}

}  // namespace sluice::agent
