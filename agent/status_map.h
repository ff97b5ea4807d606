// What the agent last did, for `kubectl describe configmap sluice-status-ENV`.
#pragma once

#include <string>

#include "agent/cycle.h"
#include "agent/notice.h"

namespace sluice::agent {

// Not for two threads at a time. The client outlives it.
class StatusMap {
 public:
  StatusMap(cluster::ApiClient& client, const Configuration& configuration);

  // Written where it says something else than the last time.
  Status Write(const CycleReport& report, const std::vector<Notice>& notices);

 private:
  std::string Body(const CycleReport& report, const std::vector<Notice>& notices) const;

  cluster::ApiClient& client_;
  const std::string name_, ns_, environment_, cluster_;
  std::string written_;
};

}  // namespace sluice::agent
