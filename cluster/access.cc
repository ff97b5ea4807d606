// client-go keeps these rules in clientcmd/validation.go and in rest.TLSConfigFor.
#include "cluster/access.h"

#include <algorithm>

namespace sluice::cluster {
namespace {

constexpr std::size_t kMaxPem = 1u << 20;

Error Wrong(const Place& place, std::string message) {
  return {ErrorKind::kConfiguration, std::move(message), place.file, place.at};
}

template <class T>
std::string NamesOf(const std::map<std::string, T>& entries) {
  std::string names;
  std::size_t shown = 0;
  for (const auto& [name, entry] : entries) {
    if (++shown > 10) return names + ", …";
    names += (names.empty() ? "" : ", ") + name;
  }
  return names.empty() ? "none" : names;
}

// Inline data wins over a file; `pem` stays empty where neither is given.
Status Fill(const Place& place, const std::string& data, const std::string& path, std::string_view what,
            std::string& pem) {
  if (!data.empty() && !path.empty())
    return Wrong(place, std::string(what) + " and " + std::string(what) + "-data are both given; keep one");
  pem = data;
  if (path.empty()) return Ok{};
  Result<std::string> bytes = ReadConfigurationFile(path, kMaxPem);
  if (!bytes) return Wrong(place, std::string(what) + ": " + path + " " + bytes.error().message);
  if (bytes->empty()) return Wrong(place, std::string(what) + ": " + path + " is empty");
  pem = std::move(*bytes);
  return Ok{};
}

Status UseCluster(const std::string& name, const KubeCluster& cluster, Access& access) {
  const Place& place = cluster.place;
  if (cluster.server.empty()) return Wrong(place, "the cluster \"" + name + "\" has no server");
  Result<net::Url> server = net::ParseUrl(cluster.server);
  if (!server) return Wrong(place, "the server of \"" + name + "\" is " + server.error().message);
  access.server = std::move(*server);
  if (access.server.target.find('?') != std::string::npos)
    return Wrong(place, "the server of \"" + name + "\" must have no query (?…)");
  if (!cluster.proxy_url.empty()) {
    Result<net::Url> proxy = net::ParseUrl(cluster.proxy_url, net::UrlUse::kProxy);
    if (!proxy) return Wrong(place, "the proxy-url of \"" + name + "\" is " + proxy.error().message);
    access.proxy = std::move(*proxy);
  }
  access.tls.server_name = cluster.tls_server_name;
  access.tls.insecure_skip_verify = cluster.insecure_skip_tls_verify;
  access.exec_config = cluster.exec_config;
  const bool has_authority =
      !cluster.certificate_authority.empty() || !cluster.certificate_authority_data.empty();
  if (cluster.insecure_skip_tls_verify && has_authority)
    return Wrong(place, "insecure-skip-tls-verify and a certificate-authority contradict each other in \"" +
                            name + "\"");
  return Fill(place, cluster.certificate_authority_data, cluster.certificate_authority,
              "certificate-authority", access.tls.ca_pem);
}

Status CheckExec(const std::string& name, const ExecPlugin& exec) {
  const auto wrong = [&](const std::string& message) {
    return Wrong(exec.place, "the exec plugin of \"" + name + "\" " + message);
  };
  const std::string prefix = "client.authentication.k8s.io/";
  if (exec.command.empty()) return wrong("has no command");
  if (exec.api_version.empty()) return wrong("has no apiVersion");
  if (exec.api_version != prefix + "v1" && exec.api_version != prefix + "v1beta1")
    return wrong("must have the apiVersion " + prefix + "v1 or v1beta1");
  if (exec.interactive_mode.empty() && exec.api_version == prefix + "v1")
    return wrong("has no interactiveMode");
  const std::string_view modes[] = {"", "Never", "IfAvailable", "Always"};
  if (std::find(std::begin(modes), std::end(modes), exec.interactive_mode) == std::end(modes))
    return wrong("must have the interactiveMode Never, IfAvailable or Always");
  if (exec.interactive_mode == "Always")
    return wrong("asks for a terminal (interactiveMode: Always), which it has not here");
  return Ok{};
}

Status CheckUser(const std::string& name, const KubeUser& user) {
  const auto wrong = [&](const std::string& message) {
    return Wrong(user.place, "the user \"" + name + "\" " + message);
  };
  if (user.auth_provider)
    return wrong("has an auth-provider, which clients since Kubernetes 1.26 do not know; use an exec plugin");
  const bool has_token = !user.token.empty() || !user.token_file.empty();
  const bool has_password = !user.username.empty() || !user.password.empty();
  if (has_token && has_password) return wrong("has a token and a password; keep one");
  if (user.exec && (has_token || has_password))
    return wrong("has an exec plugin besides a token or password; keep one");
  if (user.as.empty() && (!user.as_uid.empty() || !user.as_groups.empty() || !user.as_user_extra.empty()))
    return wrong("has as-uid, as-groups or as-user-extra without as");
  return user.exec ? CheckExec(name, *user.exec) : Status(Ok{});
}

Status UseUser(const std::string& name, const KubeUser& user, Access& access) {
  if (Status right = CheckUser(name, user); !right) return right;
  net::TlsOptions& tls = access.tls;
  Status filled = Fill(user.place, user.client_certificate_data, user.client_certificate,
                       "client-certificate", tls.certificate_pem);
  if (filled) filled = Fill(user.place, user.client_key_data, user.client_key, "client-key", tls.key_pem);
  if (!filled) return filled;
  if (tls.certificate_pem.empty() != tls.key_pem.empty())
    return Wrong(user.place, "the user \"" + name + "\" needs client-certificate and client-key, or neither");
  access.token = user.token;
  access.token_file = user.token_file;
  access.username = user.username;
  access.password = user.password;
  access.exec = user.exec;
  access.as = {user.as, user.as_uid, user.as_groups, user.as_user_extra};
  return Ok{};
}

Error NoContext(const Kubeconfig& config, const std::string& name) {
  const std::string file = config.files.empty() ? "" : config.files.front();
  if (config.files.empty())
    return {ErrorKind::kConfiguration, "no kubeconfig found (KUBECONFIG, ~/.kube/config)", {}, {}};
  if (name.empty())
    return {
        ErrorKind::kConfiguration, "no context is chosen; name one of " + NamesOf(config.contexts), file, {}};
  const bool by_file = name == config.current_context;
  const Place place = by_file ? config.current_context_place : Place{file, {}};
  return Wrong(place, "no context \"" + name + "\"; there is: " + NamesOf(config.contexts));
}

// "%2F" for bytes that may not stand in a header's name; the API server undoes it.
std::string EscapedKey(std::string_view key) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (c != '%' && net::IsToken({&c, 1})) {
      escaped += c;
    } else {
      escaped += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return escaped;
}

}  // namespace

Result<Access> AccessOf(const Kubeconfig& config, const std::string& name) {
  const std::string chosen = name.empty() ? config.current_context : name;
  const auto context = config.contexts.find(chosen);
  if (context == config.contexts.end()) return NoContext(config, chosen);
  const KubeContext& names = context->second;
  const auto cluster = config.clusters.find(names.cluster);
  if (cluster == config.clusters.end())
    return Wrong(names.place, "the context \"" + chosen + "\" names the cluster \"" + names.cluster +
                                  "\", which is not there");
  Access access{.context = chosen};
  if (!names.ns.empty()) access.ns = names.ns;
  if (Status used = UseCluster(cluster->first, cluster->second, access); !used) return used.error();
  if (names.user.empty()) return access;
  const auto user = config.users.find(names.user);
  if (user == config.users.end())
    return Wrong(names.place,
                 "the context \"" + chosen + "\" names the user \"" + names.user + "\", which is not there");
  if (Status used = UseUser(user->first, user->second, access); !used) return used.error();
  return access;
}

Result<Access> InClusterAccess(const Environment& environment, const std::string& directory) {
  const char* host = environment("KUBERNETES_SERVICE_HOST");
  const char* port = environment("KUBERNETES_SERVICE_PORT");
  if (!host || !port || *host == '\0' || *port == '\0')
    return NotFound("this is no pod (KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set)");
  const std::string name =
      std::string(host).find(':') == std::string::npos ? host : "[" + std::string(host) + "]";
  Result<net::Url> server = net::ParseUrl("https://" + name + ":" + port);
  if (!server)
    return Usage("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT make " + server.error().message);
  Access access{.context = "in-cluster", .server = std::move(*server), .token_file = directory + "/token"};
  Result<std::string> authority = ReadConfigurationFile(directory + "/ca.crt", kMaxPem);
  if (!authority) return authority.error();
  if (authority->empty()) return Wrong({directory + "/ca.crt", {}}, "is empty");
  access.tls.ca_pem = std::move(*authority);
  Result<std::string> token = ReadConfigurationFile(access.token_file, kMaxPem);
  if (!token) return token.error();
  if (const char* ns = environment("POD_NAMESPACE"); ns && *ns != '\0') {
    access.ns = ns;
  } else if (Result<std::string> file = ReadConfigurationFile(directory + "/namespace", 1024);
             file && !file->empty()) {
    access.ns = file->substr(0, file->find_last_not_of(" \r\n\t") + 1);
  }
  return access;
}

net::Headers ImpersonationHeaders(const Impersonation& as) {
  net::Headers headers;
  if (as.user.empty()) return headers;
  headers.push_back({"Impersonate-User", as.user});
  if (!as.uid.empty()) headers.push_back({"Impersonate-Uid", as.uid});
  for (const std::string& group : as.groups) headers.push_back({"Impersonate-Group", group});
  for (const auto& [key, values] : as.extra)
    for (const std::string& value : values)
      headers.push_back({"Impersonate-Extra-" + EscapedKey(key), value});
  return headers;
}

}  // namespace sluice::cluster
