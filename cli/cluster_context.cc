#include "cli/cluster_context.h"

#include <cstdlib>
#include <vector>

#include "cli/commands.h"
#include "process/child.h"

namespace sluice::cli {
namespace {

constexpr const char* kInCluster = "in-cluster";
constexpr const char* kServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

const char* Variable(const char* name) { return std::getenv(name); }

std::string CacheDirectory() {
  const char* cache = Variable("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return std::string(cache) + "/sluice/clusters";
  const char* home = Variable("HOME");
  return home != nullptr && home[0] == '/' ? std::string(home) + "/.cache/sluice/clusters" : std::string();
}

}  // namespace

Result<cluster::Access> FindContext(const std::string& kubeconfig, const std::string& context) {
  Result<cluster::Kubeconfig> config = cluster::LoadKubeconfig(kubeconfig, Variable);
  if (!config) return config.error();
  if (context == kInCluster && !config->contexts.contains(context))
    return cluster::InClusterAccess(Variable, kServiceAccount);
  return cluster::AccessOf(*config, context);
}

Result<std::unique_ptr<cluster::ApiClient>> OpenClient(const cluster::Access& access) {
  Result<net::ProxySettings> proxy = net::ReadProxySettings(Variable);
  if (!proxy) return proxy.error();
  return cluster::ApiClient::Make(access, {.exec = {.environment = process::OwnEnvironment()},
                                           .proxy = *std::move(proxy),
                                           .user_agent = "sluice/" + std::string(kVersion)});
}

cluster::AnswerCache CacheOf(const cluster::Access& access) { return {CacheDirectory(), access}; }

}  // namespace sluice::cli
