// What of a change is sent to a cluster, and what is known without: the overlay
// that lets a namespace, a definition and the objects that need them stand in one
// change. It talks to nobody; whoever does tells it what the cluster has.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/dry_run.h"
#include "cluster/served_kind.h"
#include "cluster/steering.h"

namespace sluice::cluster {

// Kinds that are sent only where the operator asks for it.
struct SentKinds {
  bool secrets = false;  // asking about a Secret is reading it
  bool rbac = false;     // needs the verbs bind and escalate
};

// Namespaces that the change sets and in which other objects of it would land:
// whether they are there already, and with which labels, has to be asked first.
std::vector<std::string> NamespacesToAsk(const DryRunRequest& request);

struct PlanInput {
  const DryRunRequest* request = nullptr;  // never null
  FindKind find;
  std::set<std::string> absent{};  // of NamespacesToAsk, those that are not there
  AdmissionFacts admission{};      // of the cluster
  SentKinds sends{};
  std::set<std::string> relabelled{};  // of NamespacesToAsk, those whose labels the change may change
};

struct PlannedObject {
  bool sent = false;
  DryRunAnswer answer{};  // where it is not sent
  std::string path{};     // of the object, where it is: "/apis/apps/v1/namespaces/shop/deployments/web"
  Dependence depends_on{};
};

struct Plan {
  std::vector<PlannedObject> objects;  // of the same index as those of the request
  std::vector<std::size_t> order;      // of those sent: namespaces and definitions first, removals last
};

Plan MakePlan(const PlanInput& input);

// True where the change brings an object of this kind and name; an empty `ns` is
// that of a kind of the whole cluster.
bool BringsObject(const DryRunRequest& request, std::string_view kind, std::string_view ns,
                  std::string_view name);

}  // namespace sluice::cluster
