// From a context's name to a client: kubeconfig, environment and caches of
// whoever runs sluice-cluster.
#pragma once

#include <memory>
#include <string>

#include "cluster/answer_cache.h"
#include "cluster/api_client.h"

namespace sluice::cli {

// `kubeconfig`: a path; empty: KUBECONFIG or ~/.kube/config. `context`: empty:
// the current one; "in-cluster", where none is called so: the service account of
// the pod that this runs in.
Result<cluster::Access> FindContext(const std::string& kubeconfig, const std::string& context);

// With the environment of the process for exec plugins and proxies.
Result<std::unique_ptr<cluster::ApiClient>> OpenClient(const cluster::Access& access);

// $XDG_CACHE_HOME/sluice/clusters or ~/.cache/sluice/clusters; keeps nothing
// where neither can be used.
cluster::AnswerCache CacheOf(const cluster::Access& access);

}  // namespace sluice::cli
