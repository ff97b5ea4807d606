// `/etc/sluice/clusters.yaml`: where the clusters that repositories name are,
// and as whom they are asked. The operator's, out of reach of any push, as are
// the credentials that it names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::gate {

struct OperatorCluster {
  std::string name;              // as `clusters` of a repository has it
  std::string kubeconfig;        // absolute path
  std::string context;           // of it; empty: its current one
  std::string field_manager;     // of objects that are new or that no known tool deploys; empty: ours
  bool force = false;            // under it, take fields over from others
  bool secrets = false;          // the identity may read and write Secrets: they are sent
  bool rbac = false;             // it may bind and escalate: roles and bindings are sent
  bool unlisted_rights = false;  // the guard may hold where the API server cannot list rights
};

// `path` is for errors, which are kConfiguration with line and column.
Result<std::vector<OperatorCluster>> ParseOperatorClusters(std::string_view text, const std::string& path);

}  // namespace sluice::gate
