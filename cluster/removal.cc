// Tested by tests/cluster/dry_run_test.cc.
#include "cluster/removal.h"

#include "cluster/members.h"
#include "cluster/rule_ids.h"
#include "cluster/served_kind.h"
#include "cluster/server_words.h"

namespace sluice::cluster {
namespace {

using manifests::Node;

constexpr std::size_t kNamed = 10;

constexpr Dependants kDependants[] = {
    {"apps", "Deployment", "apps/v1", "ReplicaSet"},
    {"apps", "ReplicaSet", "v1", "Pod"},
    {"apps", "StatefulSet", "v1", "Pod"},
    {"apps", "DaemonSet", "v1", "Pod"},
    {"batch", "CronJob", "batch/v1", "Job"},
    {"batch", "Job", "v1", "Pod"},
    {"", "ReplicationController", "v1", "Pod"},
    {"", "Service", "discovery.k8s.io/v1", "EndpointSlice"},
};

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

DryRunCause Warning(std::string message) { return {std::string(kWarning), {}, std::move(message)}; }

}  // namespace

std::vector<Dependants> DependantsOf(const ObjectName& owner) {
  std::vector<Dependants> kinds;
  for (const Dependants& each : kDependants) {
    if (each.owner_kind == owner.kind && each.owner_group == GroupOf(owner.api_version))
      kinds.push_back(each);
  }
  return kinds;
}

Owned OwnedIn(const Node& list, std::string_view uid) {
  Owned owned;
  for (const Node& item : ElementsAt(&list, {"items"})) {
    for (const Node& reference : ElementsAt(&item, {"metadata", "ownerReferences"})) {
      if (uid.empty() || StringAt(&reference, {"uid"}) != uid) continue;
      if (++owned.count <= kNamed) owned.names.push_back(NameWords(StringAt(&item, {"metadata", "name"})));
      break;
    }
  }
  return owned;
}

std::string_view UidOf(const Node& live) { return StringAt(&live, {"metadata", "uid"}); }

std::vector<DryRunCause> FinalizerCauses(const ObjectName& name, const Node& live) {
  std::vector<DryRunCause> causes;
  std::vector<std::string> finalizers;
  for (const Node& finalizer : ElementsAt(&live, {"metadata", "finalizers"}))
    finalizers.push_back(NameWords(finalizer.String()));
  if (!finalizers.empty())
    causes.push_back(Warning("it stays until these finalizers are gone: " + Listed(finalizers)));
  if (name.kind == "Namespace" && name.api_version == "v1")
    causes.push_back(Warning("everything in the namespace goes with it"));
  if (name.kind == "CustomResourceDefinition")
    causes.push_back(Warning("every object of its kind goes with it"));
  return causes;
}

DryRunCause DependantCause(const Dependants& kind, const Owned& owned) {
  const std::size_t more = owned.count - owned.names.size();
  return Warning("with it " + std::string(kind.kind) + ' ' + Listed(owned.names) +
                 (more > 0 ? " and " + std::to_string(more) + " more" : "") +
                 (owned.count > 1 ? " go" : " goes"));
}

}  // namespace sluice::cluster
