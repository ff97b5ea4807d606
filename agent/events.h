// Kubernetes Events of what people are told, on the ConfigMap of the agent's state.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "agent/notice.h"
#include "cluster/api_client.h"

namespace sluice::agent {

// Not for two threads at a time. The client outlives it.
class Events {
 public:
  Events(cluster::ApiClient& client, const Configuration& configuration);

  // What was not told the last time; what goes on is told once. One that cannot be written is lost, and tells
  // nothing else.
  void Tell(const std::vector<Notice>& notices);

 private:
  void Post(const Notice& notice);

  cluster::ApiClient& client_;
  const std::string name_, ns_;
  std::set<std::string> told_;  // the last time
  unsigned count_ = 0;
};

}  // namespace sluice::agent
