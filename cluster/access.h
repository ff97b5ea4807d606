// How to reach one cluster, and as whom: one context of a kubeconfig, or the
// service account that a pod runs as.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cluster/kubeconfig.h"
#include "net/headers.h"
#include "net/tls.h"
#include "net/url.h"

namespace sluice::cluster {

struct Impersonation {
  std::string user{}, uid{};
  std::vector<std::string> groups{};
  std::map<std::string, std::vector<std::string>> extra{};
};

struct Access {
  std::string context{};  // its name; "in-cluster" in a pod
  net::Url server{};
  std::string ns = "default";
  net::TlsOptions tls{};              // with the client certificate of files or inline data
  std::optional<net::Url> proxy{};    // instead of those of the environment
  std::string token{}, token_file{};  // the file wins where it can be read
  std::string username{}, password{};
  std::optional<ExecPlugin> exec{};
  std::string exec_config{};  // see KubeCluster
  Impersonation as{};
};

// The context `name`, or the current one where that is empty. Reads the files
// of certificates and keys. kConfiguration with the place of the entry where
// something is missing or contradicts itself, as client-go would refuse it.
Result<Access> AccessOf(const Kubeconfig& config, const std::string& name);

// KUBERNETES_SERVICE_HOST and _PORT, and token, ca.crt and namespace in
// `directory` (usually /var/run/secrets/kubernetes.io/serviceaccount). kNotFound
// outside of a pod.
Result<Access> InClusterAccess(const Environment& environment, const std::string& directory);

// Impersonate-User and so on; the keys of extras are escaped as client-go does.
net::Headers ImpersonationHeaders(const Impersonation& as);

}  // namespace sluice::cluster
