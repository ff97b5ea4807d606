// Where the objects of a record lie in the cluster: their kinds as it serves them, their namespaces, and the
// identity for each.
#pragma once

#include <optional>
#include <string>

#include "agent/identities.h"
#include "agent/server_object.h"
#include "base/finding.h"
#include "cluster/discovery.h"

namespace sluice::agent {

// An object of a record, as it lies in the cluster.
struct Located {
  Place place;
  ObjectName name;  // with the namespace where it lands
  cluster::ApiResource resource;
};

class Places {
 public:
  // Both outlive it.
  Places(Identities& identities, const Configuration& configuration)
      : identities_(identities), configuration_(configuration) {}

  // Reads which kinds there are: again after definitions were applied.
  Status Discover();
  bool Serves(const ObjectName& name) const;
  // An Error says why it has none, half a sentence. Thread-safe between two Discover().
  Result<Located> Find(const ObjectName& name) const;

 private:
  Identities& identities_;
  const Configuration& configuration_;
  std::optional<cluster::Discovery> discovery_;
};

}  // namespace sluice::agent
