// Tested by tests/agent/agent_test.py.
#include "agent/prune.h"

#include <algorithm>

#include "agent/apply_order.h"
#include "base/crash_point.h"
#include "promotion/object_path.h"

namespace sluice::agent {
namespace {

using Fate = PrunedObject::Fate;

ObjectName NameAt(const std::string& path, const Owned& owned) {
  const Result<promotion::ObjectId> id = promotion::ReadObjectPath(path);
  if (!id) return {};
  const std::string api_version = (id->group.empty() ? "" : id->group + "/") + owned.version;
  return {api_version, id->kind, id->ns, id->name};
}

unsigned TierAt(const std::string& path) {
  const Result<promotion::ObjectId> id = promotion::ReadObjectPath(path);
  return id ? TierOf(id->group, id->kind) : 0;
}

// Kinds that take everything in them along.
std::string_view HeldByRule(const std::string& path, const Configuration& configuration) {
  const unsigned tier = TierAt(path);
  if (tier == kNamespaceTier && !configuration.prune_namespaces)
    return "namespaces are removed only with pruneNamespaces";
  if (tier == kDefinitionTier && !configuration.prune_definitions)
    return "definitions are removed only with pruneCustomResourceDefinitions";
  return {};
}

struct PruneWork {
  const Configuration& configuration;
  const Places& places;
  const std::string& applyset;
  std::set<std::string> held;  // uids of what stays
};

// Why it is not ours to delete; empty: it is.
std::string_view NotOurs(const manifests::Node& live, const Owned& owned, const PruneWork& work) {
  if (work.held.count(std::string(cluster::StringAt(&live, {"metadata", "uid"}))) > 0)
    return "the record holds it under another path";
  if (!owned.uid.empty() && cluster::StringAt(&live, {"metadata", "uid"}) != owned.uid)
    return "somebody made it anew since it was applied";
  if (!IsMember(live, work.applyset)) return "it does not carry the label of what this agent applied";
  if (!IsAppliedByUs(live)) return "it was not applied by this agent";
  return {};
}

PrunedObject Judge(const Place& place, const Owned& owned, const PruneWork& work) {
  const Outcome looked = Look(place);
  if (looked.answer == Answer::kGone) return {{}, Fate::kGone, {}};
  if (looked.answer != Answer::kDone) return {{}, Fate::kLater, looked.words};
  const manifests::Node& live = *looked.live.root;
  if (const std::string_view why = NotOurs(live, owned, work); !why.empty())
    return {{}, Fate::kLeft, std::string(why)};
  if (IsKept(live)) return {{}, Fate::kKept, "it is annotated to be kept"};
  const std::string_view held = "it is being deleted, and a finalizer holds it";
  if (!cluster::StringAt(&live, {"metadata", "deletionTimestamp"}).empty())
    return {{}, Fate::kLater, std::string(held)};
  CrashPoint("agent-object-before-delete");
  const Outcome deleted = Delete(place, live);
  CrashPoint("agent-object-deleted");
  const bool finalizers = !cluster::ElementsAt(&live, {"metadata", "finalizers"}).empty();
  if (deleted.answer == Answer::kDone && finalizers) return {{}, Fate::kLater, std::string(held)};
  if (deleted.answer == Answer::kDone) return {{}, Fate::kDeleted, {}};
  if (deleted.answer == Answer::kGone) return {{}, Fate::kGone, {}};
  return {{}, Fate::kLater, deleted.words};
}

PrunedObject PruneOne(const std::string& path, const Owned& owned, const PruneWork& work) {
  if (const std::string_view rule = HeldByRule(path, work.configuration); !rule.empty())
    return {{}, Fate::kKept, std::string(rule)};
  const Result<Located> place = work.places.Find(NameAt(path, owned));
  // Without its kind there is no such object; another version may still serve it.
  if (!place) return {{}, Fate::kLater, place.error().message};
  return Judge(place->place, owned, work);
}

std::set<std::string> Held(const std::vector<std::string>& paths, const std::map<std::string, Owned>& owned) {
  const std::set<std::string> superfluous(paths.begin(), paths.end());
  std::set<std::string> uids;
  for (const auto& [path, one] : owned)
    if (!one.uid.empty() && superfluous.count(path) == 0) uids.insert(one.uid);
  return uids;
}

}  // namespace

Removals RemovalsOf(const std::map<std::string, Owned>& owned, const std::set<std::string>& before,
                    const std::set<std::string>& after) {
  Removals removals;
  for (const auto& [path, one] : owned) {
    if (before.count(path) == 0) continue;
    ++removals.of;
    if (after.count(path) == 0) ++removals.removed;
  }
  return removals;
}

std::set<std::string> StayingPaths(const std::vector<RecordedObject>& objects, bool flux) {
  std::set<std::string> paths;
  for (const RecordedObject& object : objects)
    if (object.apply || !flux) paths.insert(object.path);
  return paths;
}

std::vector<std::string> Superfluous(const std::map<std::string, Owned>& owned,
                                     const std::set<std::string>& recorded) {
  std::vector<std::string> paths;
  for (const auto& [path, one] : owned)
    if (recorded.count(path) == 0) paths.push_back(path);
  std::stable_sort(paths.begin(), paths.end(),
                   [](const std::string& a, const std::string& b) { return TierAt(a) > TierAt(b); });
  return paths;
}

std::vector<PrunedObject> Prune(const std::vector<std::string>& paths, const Configuration& configuration,
                                const Places& places, const std::string& applyset,
                                std::map<std::string, Owned>& owned) {
  const PruneWork work{configuration, places, applyset, Held(paths, owned)};
  std::vector<PrunedObject> pruned;
  for (const std::string& path : paths) {
    PrunedObject one = PruneOne(path, owned.at(path), work);
    one.path = path;
    const bool settled = one.fate == Fate::kDeleted || one.fate == Fate::kGone || one.fate == Fate::kLeft;
    if (settled) owned.erase(path);
    pruned.push_back(std::move(one));
  }
  return pruned;
}

}  // namespace sluice::agent
