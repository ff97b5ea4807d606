// Objects of a change that have a say about others of it: policies and what they go
// by, webhooks, quotas and limits, labels of a namespace. An API server answers a dry
// run by what is there now, so that its answer need not hold once they are applied.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/admission_facts.h"

namespace sluice::cluster {

// Why an answer need not hold, and which refusals it takes with it. That an object
// would be taken holds in no case.
struct Dependence {
  std::string why{};     // empty: it holds
  bool denials = false;  // by policies and webhooks (cluster/denied)
  bool bans = false;     // by admission plugins of the API server itself (cluster/forbidden)
  bool all = false;      // whatever is refused: the object may be another one by then

  explicit operator bool() const { return !why.empty(); }
};

class Steering {
 public:
  // `facts` are those of the cluster before; webhooks may be left out where the change
  // holds none. `relabelled`: namespaces whose labels it changes.
  Steering(const DryRunRequest& request, AdmissionFacts facts, const std::set<std::string>& relabelled);

  // Of an object of `request` that is kept as `resource`.
  Dependence Of(const DryRunObject& object, std::string_view resource) const;

 private:
  struct Steer {
    const DryRunObject* by;  // null: several
    std::string ns;          // empty: any
    Matches matches;
    Dependence dependence;
  };
  void AddPolicies(const DryRunRequest& request);
  void AddWebhooks(const DryRunObject& object, const AdmissionKind& kind);
  void AddLimits(const DryRunObject& object);

  AdmissionFacts facts_;
  std::vector<Steer> steers_{};
  std::size_t may_steer_ = 0;  // objects of the change, where the facts are not known
};

// `answer`, or kUnverified where it rests on what the change itself changes.
DryRunAnswer Weighed(DryRunAnswer answer, const Dependence& dependence);

}  // namespace sluice::cluster
