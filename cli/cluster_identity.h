// As whom a named cluster is asked: an identity that the operator gave, whose guard
// must hold, or a context of the user's own kubeconfig.
#pragma once

#include <string>

#include "cluster/access.h"
#include "cluster/dry_run.h"
#include "cluster/guard.h"

namespace sluice::cli {

struct ClusterIdentity {
  cluster::Access access;
  cluster::DryRunOptions options;
  cluster::GuardOptions guard;
  bool guarded = false;  // the operator's
};

// The cluster `name` of the operator's file `clusters_file` (empty or not there: it
// names none), or else, where `kubeconfig` is set, that context; empty: its current
// one. kConfiguration, also where the file is there and cannot be read: who would
// be asked as whom is not known then.
Result<ClusterIdentity> FindIdentity(const std::string& name, const std::string& clusters_file,
                                     bool kubeconfig);

}  // namespace sluice::cli
