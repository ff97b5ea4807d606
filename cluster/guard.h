// The guard: what keeps an operator's identity from doing more than dry runs
// (deploy/gate). Before Sluice uses a cluster as that identity it reads policy,
// binding and rights, and tries one real create, which that very policy must
// refuse; else the cluster is not used.
//
//   Guard guard(client, {});
//   const GuardReport report = guard.Check(end);
//   if (!report.Holds()) …  // report.Reason() says why
//
// It is demanded of identities that an operator gives to Sluice (the hook, the
// service), not of a person's own context on the command line.
#pragma once

#include <string>
#include <vector>

#include "cluster/api_client.h"

namespace sluice::cluster {

struct GuardOptions {
  std::string ns = "sluice-system";       // where the create is tried
  std::vector<std::string> namespaces{};  // where rights are asked for besides: those of the change
  bool rbac_kinds = false;                // see RightsAllowed
  bool unlisted_rights = false;           // be content with questions where rights cannot be listed
};

struct GuardReport {
  std::string user{};                 // who the API server says we are
  std::vector<std::string> faults{};  // each a sentence without a full stop
  std::string trouble{};              // half a sentence: why nobody can say

  bool Holds() const { return faults.empty() && trouble.empty(); }
  std::string Reason() const;  // "the guard of this cluster does not hold: …"; of faults the first
};

// One owner, one thread at a time.
class Guard {
 public:
  Guard(ApiClient& client, GuardOptions options) : client_(client), options_(std::move(options)) {}

  // Reads everything anew, in five requests and one more for each namespace, so
  // nothing has to be watched; the create is tried at first, and
  // again once policy, binding or rights are others than when it was refused last.
  GuardReport Check(net::Clock::time_point end);

 private:
  ApiClient& client_;
  const GuardOptions options_;
  std::string held_{};  // what was seen when the guard held
};

}  // namespace sluice::cluster
