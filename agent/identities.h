// The API server, asked as the agent itself or as the service account that the
// operator set for a namespace: what a tenant's objects may do there is bounded by
// that account's rights, whatever the record says.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "agent/configuration.h"
#include "cluster/api_client.h"

namespace sluice::agent {

// Thread-safe. Owns a client for each identity, as long as it lives.
class Identities {
 public:
  // `configuration` outlives it.
  static Result<std::unique_ptr<Identities>> Open(const Configuration& configuration,
                                                  const net::Cancellation* cancel);

  cluster::ApiClient& Own() { return *own_; }
  // The same, its requests not ended by the cancellation: for what is said at the end.
  cluster::ApiClient& Last() { return *last_; }
  // Of an object in `ns`; empty: of one without. kConfiguration where no account is set for it.
  Result<cluster::ApiClient*> For(const std::string& ns);

 private:
  Identities(const Configuration& configuration, cluster::Access access, cluster::ApiOptions options)
      : configuration_(configuration), access_(std::move(access)), options_(std::move(options)) {}

  const Configuration& configuration_;
  const cluster::Access access_;
  const cluster::ApiOptions options_;
  std::unique_ptr<cluster::ApiClient> own_, last_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<cluster::ApiClient>> others_;  // by user; guarded by mutex_
};

}  // namespace sluice::agent
