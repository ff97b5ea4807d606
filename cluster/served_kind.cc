#include "cluster/served_kind.h"

namespace sluice::cluster {
namespace {

// The API server splits a path after decoding it, so that "web/scale" would be a
// subresource.
bool IsPart(std::string_view name) {
  return name != "." && name != ".." && name.find('/') == name.npos && name.find('%') == name.npos;
}

}  // namespace

std::string_view GroupOf(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == api_version.npos ? std::string_view() : api_version.substr(0, slash);
}

std::string_view VersionOf(std::string_view api_version) {
  return api_version.substr(api_version.find('/') + 1);  // npos + 1 is 0
}

FindKind FindIn(const Discovery& discovery) {
  return [&discovery](std::string_view api_version, std::string_view kind) -> ServedKind {
    const std::string_view group = GroupOf(api_version), version = VersionOf(api_version);
    return {discovery.Find(group, version, kind), discovery.Server(group, version),
            discovery.IsStale(group, version)};
  };
}

std::string ObjectPath(const ObjectName& name, const ApiResource& resource) {
  if (name.name.empty() || !IsPart(name.name) || !IsPart(name.ns)) return {};
  if (resource.namespaced && name.ns.empty()) return {};
  return ResourcePath(resource, name.ns, name.name);
}

}  // namespace sluice::cluster
