#include "cli/cluster_identity.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "cli/cluster_context.h"
#include "gate/operator_clusters.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kMaxClustersBytes = 1u << 20;

Result<std::vector<gate::OperatorCluster>> ReadClusters(const std::string& path) {
  struct stat status {};
  if (path.empty()) return std::vector<gate::OperatorCluster>();
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return std::vector<gate::OperatorCluster>();
    return Error{ErrorKind::kConfiguration, std::string("cannot be read: ") + std::strerror(errno), path, {}};
  }
  if ((status.st_mode & S_IWOTH) != 0) {
    return Error{ErrorKind::kConfiguration, "the file may be written by anyone: chmod o-w", path, {}};
  }
  const Result<std::string> text = cluster::ReadConfigurationFile(path, kMaxClustersBytes);
  if (!text) return text.error();
  return gate::ParseOperatorClusters(*text, path);
}

Result<ClusterIdentity> IdentityOf(const gate::OperatorCluster& known) {
  Result<cluster::Access> access = FindContext(known.kubeconfig, known.context);
  if (!access) return access.error();
  ClusterIdentity identity{*std::move(access), {}, {}, true};
  identity.options.sends = {known.secrets, known.rbac};
  if (!known.field_manager.empty()) identity.options.usual.manager = known.field_manager;
  identity.options.usual.force = known.force;
  identity.guard.rbac_kinds = known.rbac;
  identity.guard.unlisted_rights = known.unlisted_rights;
  return identity;
}

}  // namespace

Result<ClusterIdentity> FindIdentity(const std::string& name, const std::string& clusters_file,
                                     bool kubeconfig) {
  const Result<std::vector<gate::OperatorCluster>> clusters = ReadClusters(clusters_file);
  if (!clusters) return clusters.error();
  for (const gate::OperatorCluster& known : *clusters) {
    if (known.name == name) return IdentityOf(known);
  }
  if (!kubeconfig)
    return Error{ErrorKind::kConfiguration, "no cluster is named \"" + name + "\"", clusters_file, {}};
  Result<cluster::Access> access = FindContext({}, name);
  if (!access) return access.error();
  return ClusterIdentity{*std::move(access), {}, {}, false};
}

}  // namespace sluice::cli
