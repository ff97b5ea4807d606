#include "agent/places.h"

#include "cluster/served_kind.h"

namespace sluice::agent {

Status Places::Discover() {
  const auto end = cluster::Clock::now() + std::chrono::minutes(1);
  Result<cluster::Discovery> discovery = cluster::Discovery::Fetch(identities_.Own(), {}, end);
  if (!discovery) return discovery.error();
  discovery_ = *std::move(discovery);
  return Ok{};
}

bool Places::Serves(const ObjectName& name) const {
  return discovery_ && discovery_->Find(cluster::GroupOf(name.api_version),
                                        cluster::VersionOf(name.api_version), name.kind) != nullptr;
}

Result<Located> Places::Find(const ObjectName& name) const {
  const cluster::ApiResource* const resource =
      discovery_ ? discovery_->Find(cluster::GroupOf(name.api_version), cluster::VersionOf(name.api_version),
                                    name.kind)
                 : nullptr;
  if (resource == nullptr)
    return NotFound("the API server serves no " + name.kind + " of " + name.api_version);
  ObjectName placed = name;
  if (resource->namespaced && placed.ns.empty()) placed.ns = configuration_.default_namespace;
  if (resource->namespaced && placed.ns.empty())
    return Usage("it names no namespace, and no defaultNamespace is set");
  if (!resource->namespaced && !placed.ns.empty())
    return Usage("it names a namespace, and its kind has none");
  std::string path = cluster::ObjectPath(placed, *resource);
  if (path.empty()) return Usage("its name cannot stand in a path");
  const Result<cluster::ApiClient*> client = identities_.For(placed.ns);
  if (!client) return client.error();
  return Located{{*client, std::move(path)}, std::move(placed), *resource};
}

}  // namespace sluice::agent
