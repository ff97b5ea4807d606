#include "cluster/access.h"

#include "tests/catch.h"
#include "tests/cluster/files.h"

namespace sluice::cluster {
namespace {

// A kubeconfig of one context "x", from what stands in its cluster and user.
Kubeconfig With(const std::string& cluster, const std::string& user) {
  const std::string text =
      "current-context: x\ncontexts:\n- {name: x, context: {cluster: c, user: u}}\nclusters:\n- {name: c, "
      "cluster: {" +
      cluster + "}}\nusers:\n- {name: u, user: {" + user + "}}\n";
  Result<Kubeconfig> config = ParseKubeconfig("conf", text);
  if (!config) FAIL(config.error().Text());
  return std::move(*config);
}

const std::string kServer = "server: \"https://h:6443\"";

TEST_CASE("a context names a cluster and a user") {
  const Result<Access> access =
      AccessOf(With("server: \"https://h:6443/k8s/c-1\", tls-server-name: k, proxy-url: \"socks5://p\"",
                    "token: t, as: a, as-groups: [g], as-user-extra: {\"x/y\": [1s, 2s]}"),
               "");
  REQUIRE(access);
  CHECK(access->context == "x");
  CHECK(access->server.Origin() == "https://h:6443");
  CHECK(access->server.target == "/k8s/c-1");
  CHECK(access->ns == "default");
  CHECK(access->tls.server_name == "k");
  CHECK_FALSE(access->tls.insecure_skip_verify);
  CHECK(access->proxy->Origin() == "socks5://p");
  CHECK(access->token == "t");
  CHECK(ImpersonationHeaders(access->as) == net::Headers{{"Impersonate-User", "a"},
                                                         {"Impersonate-Group", "g"},
                                                         {"Impersonate-Extra-x%2Fy", "1s"},
                                                         {"Impersonate-Extra-x%2Fy", "2s"}});
  CHECK(ImpersonationHeaders({}).empty());
}

TEST_CASE("certificates come from files or stand in the text") {
  const Directory files;
  files.Write("ca", "authority");
  files.Write("crt", "certificate");
  const Result<Access> access =
      AccessOf(With(kServer + ", certificate-authority: " + files.path("ca"),
                    "client-certificate: " + files.path("crt") + ", client-key-data: aGVsbG8="),
               "x");
  REQUIRE(access);
  CHECK(access->tls.ca_pem == "authority");
  CHECK(access->tls.certificate_pem == "certificate");
  CHECK(access->tls.key_pem == "hello");
  CHECK(AccessOf(With(kServer + ", insecure-skip-tls-verify: true", ""), "")->tls.insecure_skip_verify);
}

TEST_CASE("contexts that cannot be used") {
  const Directory files;
  files.Write("empty", "");
  struct Case {
    std::string cluster, user;
    const char* words;
    int line;
  };
  const std::string v1 = "apiVersion: client.authentication.k8s.io/v1";
  const Case cases[] = {
      {"", "", "has no server", 5},
      {"server: \"h:6443\"", "", "must begin with https://", 5},
      {"server: \"ftp://h\"", "", "must begin with https://", 5},
      {"server: \"https://u:secret@h\"", "", "no user name", 5},
      {"server: \"https://h/?a=b\"", "", "no query", 5},
      {"server: \"https://0x7f.1\"", "", "a host name or an IP address", 5},
      {kServer + ", proxy-url: \"ftp://p\"", "", "the proxy-url of \"c\"", 5},
      {kServer + ", proxy-url: p", "", "the proxy-url of \"c\"", 5},
      {kServer + ", certificate-authority: /none, certificate-authority-data: aGVsbG8=", "", "both given", 5},
      {kServer + ", insecure-skip-tls-verify: true, certificate-authority: /none", "",
       "contradict each other", 5},
      {kServer + ", insecure-skip-tls-verify: true, certificate-authority-data: aGVsbG8=", "",
       "contradict each other", 5},
      {kServer + ", certificate-authority: /none/ca", "", "/none/ca cannot be read (No such file", 5},
      {kServer + ", certificate-authority: " + files.path("empty"), "", "is empty", 5},
      {kServer, "client-certificate: /none/crt, client-key-data: aGVsbG8=", "/none/crt cannot be read", 7},
      {kServer, "client-certificate-data: aGVsbG8=", "needs client-certificate and client-key", 7},
      {kServer, "client-key-data: aGVsbG8=", "needs client-certificate and client-key", 7},
      {kServer, "client-key: /k, client-key-data: aGVsbG8=, client-certificate-data: aGVsbG8=", "both given",
       7},
      {kServer, "token: secret, username: u", "a token and a password", 7},
      {kServer, "tokenFile: /t, password: secret", "a token and a password", 7},
      {kServer, "auth-provider: {name: gcp}", "auth-provider", 7},
      {kServer, "as-uid: \"1\"", "without as", 7},
      {kServer, "as-groups: [system:masters]", "without as", 7},
      {kServer, "as-user-extra: {a: [b]}", "without as", 7},
      {kServer, "token: secret, exec: {" + v1 + ", command: a, interactiveMode: Never}",
       "exec plugin besides a token", 7},
      {kServer, "exec: {" + v1 + ", interactiveMode: Never}", "has no command", 7},
      {kServer, "exec: {command: a, interactiveMode: Never}", "has no apiVersion", 7},
      {kServer, "exec: {command: a, apiVersion: v1, interactiveMode: Never}", "must have the apiVersion", 7},
      {kServer, "exec: {command: a, apiVersion: client.authentication.k8s.io/v1alpha1}",
       "must have the apiVersion", 7},
      {kServer, "exec: {" + v1 + ", command: a}", "has no interactiveMode", 7},
      {kServer, "exec: {" + v1 + ", command: a, interactiveMode: never}", "Never, IfAvailable or Always", 7},
      {kServer, "exec: {" + v1 + ", command: a, interactiveMode: Always}", "asks for a terminal", 7},
  };
  for (const Case& one : cases) {
    INFO(one.words);
    const Result<Access> access = AccessOf(With(one.cluster, one.user), "");
    REQUIRE_FALSE(access);
    CHECK(access.error().kind == ErrorKind::kConfiguration);
    CHECK(access.error().file == "conf");
    CHECK(access.error().at.line == static_cast<unsigned>(one.line));
    CHECK(access.error().message.find(one.words) != std::string::npos);
    CHECK(access.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("contexts, clusters and users that are not there") {
  const auto message = [](const std::string& text, const std::string& name) {
    const Result<Kubeconfig> config = ParseKubeconfig("conf", text);
    REQUIRE(config);
    const Result<Access> access = AccessOf(*config, name);
    REQUIRE_FALSE(access);
    return access.error().Text();
  };
  CHECK(message("contexts: [{name: a}, {name: b}]", "c") == "conf: no context \"c\"; there is: a, b");
  CHECK(message("current-context: c", "") == "conf:1:18: no context \"c\"; there is: none");
  CHECK(message("contexts: [{name: a}]", "") == "conf: no context is chosen; name one of a");
  CHECK(message("contexts:\n- {name: a, context: {cluster: x}}", "a")
            .find("conf:2:3: the context \"a\" names the cluster \"x\"") == 0);
  CHECK(message("clusters: [{name: x, cluster: {server: \"https://h\"}}]\ncontexts:\n- {name: a, context: "
                "{cluster: x, user: u}}",
                "a")
            .find("conf:3:3: the context \"a\" names the user \"u\"") == 0);
  const Result<Access> nothing = AccessOf({}, "");
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().message.find("no kubeconfig found") == 0);
}

Result<Access> InPod(const Directory& files, const char* host, const char* port, const char* ns = nullptr) {
  return InClusterAccess(
      [=](const char* name) -> const char* {
        const std::string_view variable(name);
        return variable == "KUBERNETES_SERVICE_HOST"   ? host
               : variable == "KUBERNETES_SERVICE_PORT" ? port
               : variable == "POD_NAMESPACE"           ? ns
                                                       : nullptr;
      },
      files.path("sa"));
}

TEST_CASE("the service account of a pod") {
  const Directory files;
  files.Write("sa/token", "abc\n");
  files.Write("sa/ca.crt", "authority");
  files.Write("sa/namespace", "shop\n");
  const Result<Access> access = InPod(files, "10.96.0.1", "443");
  REQUIRE(access);
  CHECK(access->server.Origin() == "https://10.96.0.1");
  CHECK(access->tls.ca_pem == "authority");
  CHECK(access->token_file == files.path("sa/token"));
  CHECK(access->ns == "shop");
  CHECK(InPod(files, "fd00::1", "6443")->server.Origin() == "https://[fd00::1]:6443");
  CHECK(InPod(files, "10.96.0.1", "443", "other")->ns == "other");
}

TEST_CASE("what is no pod, or a broken one") {
  const Directory files;
  CHECK(InPod(files, nullptr, "443").error().kind == ErrorKind::kNotFound);
  CHECK(InPod(files, "10.96.0.1", nullptr).error().kind == ErrorKind::kNotFound);
  CHECK(InPod(files, "", "").error().kind == ErrorKind::kNotFound);
  CHECK(InPod(files, "10.96.0.1", "443").error().file == files.path("sa/ca.crt"));
  files.Write("sa/ca.crt", "");
  CHECK(InPod(files, "10.96.0.1", "443").error().message.find("is empty") != std::string::npos);
  files.Write("sa/ca.crt", "authority");
  CHECK(InPod(files, "10.96.0.1", "443").error().file == files.path("sa/token"));
  files.Write("sa/token", "abc");
  CHECK_FALSE(InPod(files, "10.96.0.1", "port"));
  CHECK_FALSE(InPod(files, "a b", "443"));
}

}  // namespace
}  // namespace sluice::cluster
