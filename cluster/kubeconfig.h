// kubeconfig files, read and merged as client-go does it
// (k8s.io/client-go/tools/clientcmd). What client-go would refuse is refused
// here with file and line; keys that it does not know are left alone, since
// other programs keep theirs there.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/proxy.h"

namespace sluice::cluster {

struct Place {
  std::string file{};
  Position at{};
};

// A program that gives credentials (client.authentication.k8s.io).
struct ExecPlugin {
  std::string api_version{};
  std::string command{};  // absolute, or a name to be found in PATH
  std::vector<std::string> arguments{};
  std::vector<std::pair<std::string, std::string>> environment{};
  std::string install_hint{};
  std::string interactive_mode{};  // "Never", "IfAvailable", "Always"; empty: not said
  bool provide_cluster_info = false;
  Place place{};
};

// Paths are those of the file, made relative to nothing but its directory.
struct KubeCluster {
  std::string server{};
  std::string tls_server_name{};
  std::string certificate_authority{};       // a path
  std::string certificate_authority_data{};  // PEM
  std::string proxy_url{};
  std::string exec_config{};  // canonical JSON for exec plugins (an extension); empty: none
  bool insecure_skip_tls_verify = false;
  Place place{};
};

struct KubeUser {
  std::string client_certificate{}, client_key{};            // paths
  std::string client_certificate_data{}, client_key_data{};  // PEM
  std::string token{}, token_file{};
  std::string username{}, password{};
  std::string as{}, as_uid{};
  std::vector<std::string> as_groups{};
  std::map<std::string, std::vector<std::string>> as_user_extra{};
  std::optional<ExecPlugin> exec{};
  bool auth_provider = false;  // a way of old clients that is not supported
  Place place{};
};

struct KubeContext {
  std::string cluster{}, user{}, ns{};
  Place place{};
};

struct Kubeconfig {
  std::string current_context{};
  Place current_context_place{};
  std::map<std::string, KubeCluster> clusters{};
  std::map<std::string, KubeUser> users{};
  std::map<std::string, KubeContext> contexts{};
  std::vector<std::string> files{};  // that were read
};

// At most 4 MiB. Messages hold no value of a file but names of entries.
Result<Kubeconfig> ParseKubeconfig(const std::string& path, std::string bytes);

// What `first` says stays; an entry is taken whole or not at all.
void MergeKubeconfig(Kubeconfig& first, Kubeconfig second);

using net::Environment;

// `path`, which must be there; or, where that is empty, every file of KUBECONFIG
// (a list like PATH, files that are missing are left out), or ~/.kube/config. A
// Kubeconfig without files where there is none.
Result<Kubeconfig> LoadKubeconfig(const std::string& path, const Environment& environment);

// A file of at most `limit` bytes; kConfiguration where it cannot be read.
Result<std::string> ReadConfigurationFile(const std::string& path, std::size_t limit);

}  // namespace sluice::cluster
