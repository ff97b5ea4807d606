// Tested by tests/agent/apply_order_test.cc.
#include "agent/apply_order.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>

#include "cluster/members.h"
#include "cluster/served_kind.h"
#include "promotion/object_path.h"

namespace sluice::agent {
namespace {

using promotion::ObjectId;

constexpr std::string_view kRbac = "rbac.authorization.k8s.io", kAdmission = "admissionregistration.k8s.io";
constexpr unsigned kUsualTier = 5;
constexpr std::size_t kMostDependencies = 100;
constexpr unsigned kDeepest = 100;

struct KindTier {
  std::string_view group, kind;  // an empty kind: every kind of the group
  unsigned tier;
};
constexpr KindTier kTiers[] = {
    {"", "Namespace", kNamespaceTier},
    {"apiextensions.k8s.io", "CustomResourceDefinition", kDefinitionTier},
    {"", "ServiceAccount", 2},
    {"", "ResourceQuota", 2},
    {"", "LimitRange", 2},
    {"scheduling.k8s.io", "PriorityClass", 2},
    {"node.k8s.io", "RuntimeClass", 2},
    {"storage.k8s.io", "", 2},
    {"networking.k8s.io", "IngressClass", 2},
    {"networking.k8s.io", "NetworkPolicy", 2},
    {kRbac, "", 2},
    {"", "ConfigMap", 3},
    {"", "Secret", 3},
    {"", "PersistentVolume", 3},
    {"", "PersistentVolumeClaim", 3},
    {"", "Service", 4},
    {"apiregistration.k8s.io", "", 6},
    {kAdmission, "", 7},
};

bool IsIn(const OrderedObject& object, const ObjectId& id) {
  return object.name.kind == id.kind && object.name.name == id.name && object.name.ns == id.ns &&
         cluster::GroupOf(object.name.api_version) == id.group;
}

std::vector<std::string_view> Split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(mark);
    parts.push_back(text.substr(0, at));
    if (at == text.npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::optional<ObjectId> ReadReference(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  const std::vector<std::string_view> parts = Split(text, '/');
  ObjectId id{std::string(parts[0]), {}, {}, {}};
  if (parts.size() == 5 && parts[1] == "namespaces") {
    id.ns = parts[2];
    id.kind = parts[3];
    id.name = parts[4];
  } else if (parts.size() == 3) {
    id.kind = parts[1];
    id.name = parts[2];
  }
  return id.kind.empty() || id.name.empty() ? std::nullopt : std::optional(id);
}

// What an object says of itself must be what its path says: the path was judged.
std::string Misfit(const OrderedObject& object, const manifests::Node* root) {
  if (root == nullptr) return "it is no JSON object";
  const Result<ObjectId> id = promotion::ReadObjectPath(object.path);
  if (!id) return id.error().message;
  return IsIn(object, *id) ? std::string() : "it is another object than its path in the record says";
}

struct Reading {
  std::vector<OrderedObject> objects;
  std::vector<std::string> depends;  // the annotation, of the same index
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> found;
};

Reading ReadAll(std::vector<RecordedObject> recorded) {
  Reading reading;
  for (RecordedObject& one : recorded) {
    if (!one.apply) continue;
    const cluster::JsonObject parsed = cluster::ReadJsonObject(one.json);
    OrderedObject object{.path = std::move(one.path), .name = {}, .json = std::move(one.json), .trouble = {}};
    const manifests::Node* const root = parsed.root;
    object.name = {std::string(cluster::StringAt(root, {"apiVersion"})),
                   std::string(cluster::StringAt(root, {"kind"})),
                   std::string(cluster::StringAt(root, {"metadata", "namespace"})),
                   std::string(cluster::StringAt(root, {"metadata", "name"}))};
    object.trouble = Misfit(object, root);
    const std::string group(cluster::GroupOf(object.name.api_version));
    object.tier = TierOf(group, object.name.kind);
    reading.found[{group, object.name.kind, object.name.ns, object.name.name}] = reading.objects.size();
    reading.depends.emplace_back(cluster::StringAt(root, {"metadata", "annotations", kDependsOn}));
    reading.objects.push_back(std::move(object));
  }
  return reading;
}

void ReadDependencies(Reading& reading, std::size_t index) {
  OrderedObject& object = reading.objects[index];
  if (reading.depends[index].empty()) return;
  const std::vector<std::string_view> words = Split(reading.depends[index], ',');
  if (words.size() > kMostDependencies) object.trouble = "it depends on more than 100 objects";
  for (const std::string_view word : words) {
    const std::optional<ObjectId> id = ReadReference(word);
    if (!id) {
      object.trouble =
          std::string(kDependsOn) + " takes GROUP/namespaces/NAMESPACE/KIND/NAME or GROUP/KIND/NAME";
      return;
    }
    const auto found = reading.found.find({id->group, id->kind, id->ns, id->name});
    if (found == reading.found.end())
      object.trouble = std::string(kDependsOn) + " names " + id->kind + " " + id->name +
                       ", which the record does not hold";
    else
      object.needs.push_back(found->second);
  }
}

// Waves grow along the needs. Who stands in a circle grows past every bound.
void Settle(std::vector<OrderedObject>& objects) {
  bool moved = true;
  for (unsigned round = 0; moved && round <= kDeepest + 1; ++round) {
    moved = false;
    for (OrderedObject& object : objects) {
      for (const std::size_t need : object.needs) {
        const OrderedObject& before = objects[need];
        if (std::tie(object.tier, object.depth) > std::tie(before.tier, before.depth)) continue;
        object.tier = before.tier;
        object.depth = before.depth + 1;
        moved = true;
      }
      if (object.depth > kDeepest)
        object.trouble = "what it depends on goes in a circle, or more than 100 deep";
    }
  }
}

// Sorted; needs follow to where their objects went.
std::vector<OrderedObject> Sorted(std::vector<OrderedObject> objects) {
  std::vector<std::size_t> order(objects.size()), place(objects.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(objects[a].tier, objects[a].depth, objects[a].path) <
           std::tie(objects[b].tier, objects[b].depth, objects[b].path);
  });
  std::vector<OrderedObject> sorted;
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    sorted.push_back(std::move(objects[order[i]]));
  }
  for (OrderedObject& object : sorted)
    for (std::size_t& need : object.needs) need = place[need];
  return sorted;
}

}  // namespace

unsigned TierOf(std::string_view group, std::string_view kind) {
  for (const KindTier& row : kTiers)
    if (row.group == group && (row.kind.empty() || row.kind == kind)) return row.tier;
  return kUsualTier;
}

std::vector<OrderedObject> Order(std::vector<RecordedObject> recorded, bool depends) {
  Reading reading = ReadAll(std::move(recorded));
  for (std::size_t i = 0; depends && i < reading.objects.size(); ++i) ReadDependencies(reading, i);
  Settle(reading.objects);
  return Sorted(std::move(reading.objects));
}

void RefuseTwins(std::vector<OrderedObject>& objects, std::string_view default_namespace) {
  if (default_namespace.empty()) return;
  std::map<std::array<std::string, 3>, OrderedObject*> landing;  // group, kind and name
  for (OrderedObject& object : objects)
    if (object.name.ns.empty())
      landing[{std::string(cluster::GroupOf(object.name.api_version)), object.name.kind, object.name.name}] =
          &object;
  for (OrderedObject& object : objects) {
    if (object.name.ns != default_namespace) continue;
    const auto twin = landing.find(
        {std::string(cluster::GroupOf(object.name.api_version)), object.name.kind, object.name.name});
    if (twin == landing.end()) continue;
    object.trouble = "the record holds it twice: also at " + twin->second->path;
    twin->second->trouble = "the record holds it twice: also at " + object.path;
  }
}

}  // namespace sluice::agent
