// Tested by tests/agent/agent_test.py.
#include "agent/identities.h"

#include <cstdlib>
#include <vector>

#include "cluster/access.h"
#include "cluster/kubeconfig.h"

extern char** environ;

namespace sluice::agent {
namespace {

constexpr const char* kServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr std::size_t kMostIdentities = 1'000;

const char* Variable(const char* name) { return std::getenv(name); }

std::vector<std::string> Environment() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  return variables;
}

Result<cluster::Access> FindAccess(const Configuration& configuration) {
  if (configuration.kubeconfig.empty()) return cluster::InClusterAccess(Variable, kServiceAccount);
  const Result<cluster::Kubeconfig> config = cluster::LoadKubeconfig(configuration.kubeconfig, Variable);
  if (!config) return config.error();
  return cluster::AccessOf(*config, configuration.context);
}

const ServiceAccount* AccountOf(const Configuration& configuration, const std::string& ns) {
  const auto& accounts = configuration.service_accounts;
  auto found = accounts.find(ns.empty() ? std::string(kClusterWide) : ns);
  if (found == accounts.end() && !ns.empty()) found = accounts.find(std::string(kOthers));
  return found == accounts.end() ? nullptr : &found->second;
}

// Without groups: the API server gives it those of the account.
cluster::Impersonation AsAccount(const std::string& ns, const std::string& name) {
  cluster::Impersonation as;
  as.user = "system:serviceaccount:" + ns + ":" + name;
  return as;
}

}  // namespace

Result<std::unique_ptr<Identities>> Identities::Open(const Configuration& configuration,
                                                     const net::Cancellation* cancel) {
  Result<cluster::Access> access = FindAccess(configuration);
  if (!access) return access.error();
  Result<net::ProxySettings> proxy = net::ReadProxySettings(Variable);
  if (!proxy) return proxy.error();
  cluster::ApiOptions options{.exec = {.environment = Environment()},
                              .proxy = *std::move(proxy),
                              .user_agent = "sluice-agent",
                              .cancel = cancel};
  auto made =
      std::unique_ptr<Identities>(new Identities(configuration, *std::move(access), std::move(options)));
  Result<std::unique_ptr<cluster::ApiClient>> own = cluster::ApiClient::Make(made->access_, made->options_);
  if (!own) return own.error();
  made->own_ = *std::move(own);
  cluster::ApiOptions lasting = made->options_;
  lasting.cancel = nullptr;
  Result<std::unique_ptr<cluster::ApiClient>> last =
      cluster::ApiClient::Make(made->access_, std::move(lasting));
  if (!last) return last.error();
  made->last_ = *std::move(last);
  return made;
}

Result<cluster::ApiClient*> Identities::For(const std::string& ns) {
  if (configuration_.service_accounts.empty()) return own_.get();
  const ServiceAccount* const account = AccountOf(configuration_, ns);
  if (account == nullptr)
    return Error{
        ErrorKind::kConfiguration,
        "no service account is set for " +
            (ns.empty() ? std::string("objects without a namespace (_cluster)") : "the namespace " + ns) +
            " in serviceAccounts",
        {},
        {}};
  cluster::Access access = access_;
  access.as = AsAccount(account->ns.empty() ? ns : account->ns, account->name);
  const std::lock_guard lock(mutex_);
  if (const auto found = others_.find(access.as.user); found != others_.end()) return found->second.get();
  if (others_.size() == kMostIdentities)
    return LimitPassed("more than 1,000 service accounts are impersonated");
  const std::string user = access.as.user;
  Result<std::unique_ptr<cluster::ApiClient>> client = cluster::ApiClient::Make(std::move(access), options_);
  if (!client) return client.error();
  return others_.emplace(user, *std::move(client)).first->second.get();
}

}  // namespace sluice::agent
