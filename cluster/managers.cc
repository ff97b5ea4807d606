// FieldsV1 is a trie: `f:NAME` a field, `k:{…}` an element by its keys, `v:…` one
// by its value, `i:N` by its number, and `.` the element that it stands in.
// Tested by tests/cluster/managers_test.cc.
#include "cluster/managers.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "cluster/members.h"
#include "cluster/rule_ids.h"
#include "cluster/served_kind.h"
#include "cluster/server_defaults.h"
#include "cluster/server_words.h"
#include "manifests/object.h"

namespace sluice::cluster {
namespace {

using manifests::FieldStep;
using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kMostTold = 100;
constexpr std::string_view kOurs = "sluice";

// Who deploys, and whether it forces where it applies.
struct Deployer {
  std::string_view manager;
  bool forces;
};
constexpr Deployer kDeployers[] = {
    {"kustomize-controller", true},       // Flux: always with force
    {"helm-controller", true},            // Flux
    {"argocd-controller", true},          // --server-side --force-conflicts
    {"helm", false},                      // helm 4 asks for --force-conflicts
    {"kubectl", false},                   // the same
    {"kubectl-client-side-apply", true},  // only ever updates
    {kOurs, false},
};

const Deployer* FindDeployer(std::string_view manager) {
  const auto* const found = std::find_if(std::begin(kDeployers), std::end(kDeployers),
                                         [&](const Deployer& each) { return each.manager == manager; });
  return found == std::end(kDeployers) ? nullptr : found;
}

bool SameManager(const FieldManager& a, const FieldManager& b) {
  return a.name == b.name && a.applies == b.applies && a.subresource == b.subresource &&
         a.api_version == b.api_version;
}

// Every way through a FieldsV1 that ends in something owned.
using Ways = std::set<std::vector<std::string_view>>;

void Collect(const Node& fields, std::vector<std::string_view>& way, Ways& ways) {
  if (!way.empty() && (fields.children.empty() || fields.Find(".") != nullptr)) ways.insert(way);
  for (const Node& child : fields.children) {
    if (child.key == ".") continue;
    way.push_back(child.key);
    Collect(child, way, ways);
    way.pop_back();
  }
}

Ways WaysOf(const Node& fields) {
  Ways ways;
  std::vector<std::string_view> way;
  Collect(fields, way, ways);
  return ways;
}

// The JSON of `k:` and `v:`, read as any other text that came from outside.
manifests::ParsedFile Read(std::string_view json) { return manifests::Parse("", std::string(json), {}); }

std::string Json(const Node& node) {
  std::string json;
  manifests::CanonicalJson(node, json);
  return json;
}

bool HasKeys(const Node& element, const Node& keys) {
  return std::all_of(keys.children.begin(), keys.children.end(), [&](const Node& key) {
    const Node* const member = element.Find(key.key);
    return member == nullptr ? IsServerDefault("", "", key.key, key) : Json(*member) == Json(key);
  });
}

// The number of the element of `list` that `step` names; its size: none.
std::size_t ElementOf(const Node& list, std::string_view step) {
  std::size_t index = list.children.size();
  const std::string_view rest = step.substr(2);
  if (step.starts_with("i:")) {
    std::from_chars(rest.data(), rest.data() + rest.size(), index);
    return std::min(index, list.children.size());
  }
  const manifests::ParsedFile file = Read(rest);
  if (!file.Readable() || file.documents.empty()) return index;
  const Node& wanted = *file.documents[0].root;
  const auto found = std::find_if(list.children.begin(), list.children.end(), [&](const Node& element) {
    return step.starts_with("k:") ? HasKeys(element, wanted) : Json(element) == Json(wanted);
  });
  return static_cast<std::size_t>(found - list.children.begin());
}

// As far as the way leads in `sent`.
std::string FieldOf(const Node& sent, const std::vector<std::string_view>& way) {
  const Node* node = &sent;
  std::vector<FieldStep> steps;
  for (const std::string_view step : way) {
    if (step.starts_with("f:")) {
      node = node->Find(step.substr(2));
      if (node == nullptr) break;
      steps.push_back({node->key});
      continue;
    }
    const std::size_t index = node->kind == NodeKind::kSequence ? ElementOf(*node, step) : 0;
    if (index >= node->children.size()) break;
    node = &node->children[index];
    steps.push_back({{}, index});
  }
  return manifests::FieldPath(steps);
}

// The first field on `way` that `sent` lacks, called as in `live`; empty: it lacks
// none, or what is at the end of it is not in `live` or comes back by itself.
std::string LackedField(const Node& sent, const Node& live, const std::vector<std::string_view>& way) {
  const Node *mine = &sent, *theirs = &live, *parent = nullptr;
  std::vector<FieldStep> steps;
  for (const std::string_view step : way) {
    const Node* const next = StepOn(theirs, step);
    if (next == nullptr) return {};
    if (mine != nullptr) {
      const auto index = static_cast<std::size_t>(next - &theirs->children[0]);
      steps.push_back(step.starts_with("f:") ? FieldStep{next->key} : FieldStep{{}, index});
    }
    mine = StepOn(mine, step);
    parent = theirs;
    theirs = next;
  }
  if (mine != nullptr || parent == nullptr) return {};
  const std::string_view group = GroupOf(StringAt(&live, {"apiVersion"}));
  if (IsServerDefault(group, parent->key, theirs->key, *theirs)) return {};
  return manifests::FieldPath(steps);
}

// Whether `way` leads to something that holds what the next way leads to.
bool IsBegin(const std::vector<std::string_view>& way, const std::vector<std::string_view>& next) {
  return way.size() < next.size() && std::equal(way.begin(), way.end(), next.begin());
}

std::string Owner(const FieldManager& manager) {
  std::string words = "by \"" + NameWords(manager.name) + '"';
  if (!manager.subresource.empty()) words += " (" + NameWords(manager.subresource) + ')';
  if (!manager.time.empty()) words += " since " + NameWords(manager.time);
  return words;
}

const FieldManager* Find(const std::vector<FieldManager>& managers, const FieldManager& wanted) {
  const auto found = std::find_if(managers.begin(), managers.end(),
                                  [&](const FieldManager& each) { return SameManager(each, wanted); });
  return found == managers.end() ? nullptr : &*found;
}

void ForEachBelow(const Node& node, const std::function<void(const Node&)>& use) {
  use(node);
  for (const Node& child : node.children) ForEachBelow(child, use);
}

}  // namespace

const Node* StepOn(const Node* node, std::string_view step) {
  if (node == nullptr) return nullptr;
  if (step.starts_with("f:")) return node->Find(step.substr(2));
  const std::size_t index =
      node->kind == NodeKind::kSequence ? ElementOf(*node, step) : node->children.size();
  return index < node->children.size() ? &node->children[index] : nullptr;
}

std::vector<FieldManager> FieldManagersOf(const Node* live) {
  std::vector<FieldManager> managers;
  for (const Node& entry : ElementsAt(live, {"metadata", "managedFields"})) {
    const Node* const fields = entry.Find("fieldsV1");
    if (fields == nullptr || fields->kind != NodeKind::kMapping) continue;
    managers.push_back({StringAt(&entry, {"manager"}), StringAt(&entry, {"apiVersion"}),
                        StringAt(&entry, {"subresource"}), StringAt(&entry, {"time"}),
                        StringAt(&entry, {"operation"}) == "Apply", fields});
  }
  return managers;
}

void ForEachOwned(const Node& fields, const Node& object, const std::function<void(const Node&)>& owned) {
  if (fields.children.empty()) return ForEachBelow(object, owned);
  for (const Node& step : fields.children) {
    if (step.key == ".") {
      owned(object);
    } else if (const Node* const next = StepOn(&object, step.key)) {
      ForEachOwned(step, *next, owned);
    }
  }
}

Applier ApplierFor(const Node* live, const Applier& usual) {
  const std::vector<FieldManager> managers = FieldManagersOf(live);
  const FieldManager* last = nullptr;
  for (const FieldManager& manager : managers) {
    if (FindDeployer(manager.name) == nullptr || !manager.subresource.empty()) continue;
    // Times are RFC 3339 in UTC: they sort as texts.
    const bool later = last == nullptr || manager.time > last->time ||
                       (manager.time == last->time && manager.applies && !last->applies);
    if (later) last = &manager;
  }
  if (last == nullptr) return usual;
  return {std::string(last->name), !last->applies || FindDeployer(last->name)->forces, !last->applies};
}

std::string OwnerWords(const Node* live, std::string_view manager) {
  FieldManager known;
  known.name = manager;
  for (const FieldManager& each : FieldManagersOf(live)) {
    if (each.name == manager && each.time > known.time) known = each;
  }
  return Owner(known);
}

std::vector<DryRunCause> TakenOver(const Node& sent, const Node& live, const Node& taken,
                                   const Applier& applier) {
  const auto is_other = [&](const FieldManager& manager) { return manager.name != applier.manager; };
  const std::vector<FieldManager> before = FieldManagersOf(&live);
  if (std::none_of(before.begin(), before.end(), is_other)) return {};
  const std::vector<FieldManager> after = FieldManagersOf(&taken);
  Ways ours;
  for (const FieldManager& manager : after) {
    if (manager.applies && manager.name == applier.manager) ours.merge(WaysOf(*manager.fields));
  }
  std::vector<DryRunCause> causes;
  for (const FieldManager& manager : before) {
    if (!is_other(manager)) continue;
    const FieldManager* const still = Find(after, manager);
    const Ways left = still == nullptr ? Ways() : WaysOf(*still->fields);
    for (const std::vector<std::string_view>& way : WaysOf(*manager.fields)) {
      if (left.contains(way) || !ours.contains(way) || causes.size() == kMostTold) continue;
      causes.push_back(
          {std::string(kTakesOver), FieldWords(FieldOf(sent, way)),
           "it is taken over by \"" + NameWords(applier.manager) + "\"; it was set " + Owner(manager)});
    }
  }
  return causes;
}

std::vector<std::string> LeftBehind(const Node& sent, const Node& live, const Applier& applier) {
  std::vector<std::string> fields;
  if (!applier.updates) return fields;
  for (const FieldManager& manager : FieldManagersOf(&live)) {
    if (manager.applies || manager.name != applier.manager || !manager.subresource.empty()) continue;
    const Ways ways = WaysOf(*manager.fields);
    for (auto way = ways.begin(); way != ways.end(); ++way) {
      const bool holds_others = std::next(way) != ways.end() && IsBegin(*way, *std::next(way));
      if (holds_others || way->front() == "f:status") continue;
      const std::string lacked = LackedField(sent, live, *way);
      if (lacked.empty() || fields.size() == kMostTold) continue;
      std::string field = FieldWords(lacked);
      if (field.empty()) field = "a field that is not named here";
      if (std::find(fields.begin(), fields.end(), field) == fields.end()) fields.push_back(std::move(field));
    }
  }
  return fields;
}

}  // namespace sluice::cluster
