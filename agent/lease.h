// Of several replicas one works: a Lease (coordination.k8s.io/v1) as client-go's leader election uses it.
// Clocks of others are not believed: a lease is over when nobody renewed it for its duration by our own
// clock.
#pragma once

#include <chrono>
#include <string>

#include "agent/configuration.h"
#include "cluster/api_client.h"

namespace sluice::agent {

inline constexpr std::chrono::seconds kLeaseDuration{60}, kLeaseRenewal{15};

// Not for two threads at a time.
class Lease {
 public:
  // `holder` tells replicas apart. The client outlives it.
  Lease(cluster::ApiClient& client, const Configuration& configuration, std::string holder);

  // Takes or renews it, for kLeaseDuration; false: another holds it. An Error where nobody can say.
  Result<bool> Hold();
  // So that another need not wait; where it is ours.
  void Release();

  const std::string& other() const { return other_; }  // who holds it

 private:
  std::string Body(const std::string& holder) const;
  Result<bool> Write(const std::string& holder);
  bool IsOver(const std::string& seen);

  cluster::ApiClient& client_;
  const std::string name_, ns_, path_, holder_;
  std::string resource_version_;  // empty: there is none
  std::string acquired_;          // when we took it
  unsigned transitions_ = 0;
  bool ours_ = false;
  std::string other_;
  std::string seen_;  // holder and time of the last renewal by another
  std::chrono::steady_clock::time_point seen_at_{};
};

}  // namespace sluice::agent
