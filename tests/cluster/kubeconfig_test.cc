#include "cluster/kubeconfig.h"

#include "tests/catch.h"
#include "tests/cluster/files.h"

namespace sluice::cluster {
namespace {

Kubeconfig Parsed(const std::string& text, const std::string& path = "/home/jo/.kube/config") {
  Result<Kubeconfig> config = ParseKubeconfig(path, text);
  if (!config) FAIL(config.error().Text());
  return std::move(*config);
}

constexpr const char* kWhole = R"(apiVersion: v1
kind: Config
preferences: {colors: true}
current-context: prod
clusters:
- name: prod
  cluster:
    server: https://10.0.0.1:6443
    tls-server-name: kubernetes
    certificate-authority: pki/ca.crt
    proxy-url: http://proxy:3128
    extensions:
    - name: client.authentication.k8s.io/exec
      extension: {audience: "a", k: 1}
    - name: minikube
      extension: {x: y}
- name: open
  cluster: {server: "https://h", insecure-skip-tls-verify: true}
- name: inline
  cluster: {server: "https://h", certificate-authority-data: "aGVs\nbG8="}
users:
- name: jo
  user: {client-certificate: /abs/jo.crt, client-key: ../jo.key, as: root, as-uid: "7", as-groups: [a, b],
         as-user-extra: {scopes: [x, z]}, unknown-key: 1}
- name: token
  user: {token: abc, tokenFile: token, username: u, password: p}
- name: plugin
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./bin/login
      args: [--a, "1"]
      env: [{name: A, value: b}, {name: C, value: null}]
      installHint: install it
      interactiveMode: Never
      provideClusterInfo: true
- name: empty
  user: null
contexts:
- name: prod
  context: {cluster: prod, user: jo, namespace: shop}
extensions: []
)";

TEST_CASE("everything that a kubeconfig may say") {
  const Kubeconfig config = Parsed(kWhole);
  CHECK(config.current_context == "prod");
  const KubeCluster& prod = config.clusters.at("prod");
  CHECK(prod.server == "https://10.0.0.1:6443");
  CHECK(prod.tls_server_name == "kubernetes");
  CHECK(prod.certificate_authority == "/home/jo/.kube/pki/ca.crt");
  CHECK(prod.proxy_url == "http://proxy:3128");
  CHECK(prod.exec_config == R"({"audience":"a","k":1})");
  CHECK(prod.place.at.line == 6);
  CHECK(config.clusters.at("open").insecure_skip_tls_verify);
  CHECK(config.clusters.at("inline").certificate_authority_data == "hello");
  const KubeUser& jo = config.users.at("jo");
  CHECK(jo.client_certificate == "/abs/jo.crt");
  CHECK(jo.client_key == "/home/jo/.kube/../jo.key");
  CHECK((jo.as == "root" && jo.as_uid == "7"));
  CHECK(jo.as_groups == std::vector<std::string>{"a", "b"});
  CHECK(jo.as_user_extra.at("scopes") == std::vector<std::string>{"x", "z"});
  CHECK(config.users.at("token").token_file == "/home/jo/.kube/token");
  const ExecPlugin& exec = *config.users.at("plugin").exec;
  CHECK(exec.command == "/home/jo/.kube/./bin/login");
  CHECK(exec.arguments == std::vector<std::string>{"--a", "1"});
  CHECK(exec.environment == std::vector<std::pair<std::string, std::string>>{{"A", "b"}, {"C", ""}});
  CHECK((exec.provide_cluster_info && exec.interactive_mode == "Never" && exec.install_hint == "install it"));
  CHECK_FALSE(config.users.at("empty").exec);
  CHECK(config.contexts.at("prod").ns == "shop");
}

TEST_CASE("JSON, an empty file, and names without a path") {
  CHECK(Parsed(R"({"current-context": "a", "clusters": [{"name": "c", "cluster": {"server": "s"}}]})")
            .clusters.at("c")
            .server == "s");
  CHECK(Parsed("").contexts.empty());
  CHECK(Parsed("clusters: null\nusers:\ncontexts: []\n").users.empty());
  CHECK(Parsed("users: [{name: u, user: {exec: {command: aws}}}]").users.at("u").exec->command == "aws");
  CHECK(Parsed("users: [{name: u, user: {tokenFile: t}}]", "config").users.at("u").token_file == "t");
}

TEST_CASE("kubeconfigs that are refused, with the place") {
  struct Case {
    const char* text;
    int line;
    const char* words;
  };
  const Case cases[] = {
      {"- a\n", 1, "must be a mapping"},
      {"text\n", 1, "must be a mapping"},
      {"apiVersion: v2\n", 1, "\"apiVersion\" of a kubeconfig must be v1"},
      {"apiVersion: 1\n", 1, "must be v1"},
      {"kind: Secret\n", 1, "must be Config"},
      {"current-context: 5\n", 1, "\"current-context\" must be text"},
      {"current-context: [a]\n", 1, "must be text"},
      {"a: b\n---\nc: d\n", 2, "one document"},
      {"a: [\n", 0, ""},
      {"a: b\na: c\n", 2, ""},
      {"clusters: {}\n", 1, "\"clusters\" must be a list"},
      {"clusters: a\n", 1, "must be a list"},
      {"clusters:\n- a\n", 2, "must have a name"},
      {"clusters:\n- cluster: {server: a}\n", 2, "must have a name"},
      {"clusters:\n- name: 5\n", 2, "must have a name"},
      {"clusters:\n- name: a\n- name: a\n", 3, "stands twice"},
      {"users:\n- name: a\n- name: b\n- name: a\n", 4, "\"a\" stands twice in \"users\""},
      {"contexts:\n- name: a\n- name: a\n", 3, "stands twice"},
      {"clusters:\n- name: a\n  cluster: x\n", 3, "must be a mapping"},
      {"clusters:\n- name: a\n  cluster: [x]\n", 3, "must be a mapping"},
      {"clusters:\n- name: a\n  cluster:\n    server: 10\n", 4, "\"server\" must be text"},
      {"clusters:\n- name: a\n  cluster:\n    server: [a]\n", 4, "\"server\" must be text"},
      {"clusters:\n- name: a\n  cluster:\n    insecure-skip-tls-verify: \"true\"\n", 4,
       "must be true or false"},
      {"clusters:\n- name: a\n  cluster:\n    insecure-skip-tls-verify: 1\n", 4, "must be true or false"},
      {"clusters:\n- name: a\n  cluster:\n    certificate-authority-data: \"%%%\"\n", 4, "must be base64"},
      {"clusters:\n- name: a\n  cluster:\n    certificate-authority-data: aGVsbG8\n", 4, "must be base64"},
      {"users:\n- name: a\n  user:\n    client-key-data: \"a GVs\"\n", 4, "must be base64"},
      {"users:\n- name: a\n  user:\n    token: 12345\n", 4, "\"token\" must be text"},
      {"users:\n- name: a\n  user:\n    token: true\n", 4, "\"token\" must be text"},
      {"users:\n- name: a\n  user:\n    as-uid: 7\n", 4, "\"as-uid\" must be text"},
      {"users:\n- name: a\n  user:\n    as-groups: a\n", 4, "\"as-groups\" must be a list"},
      {"users:\n- name: a\n  user:\n    as-groups: [1]\n", 4, "list of texts"},
      {"users:\n- name: a\n  user:\n    as-user-extra: [a]\n", 4, "mapping of lists"},
      {"users:\n- name: a\n  user:\n    as-user-extra: {a: b}\n", 4, "must be a list"},
      {"users:\n- name: a\n  user:\n    exec: aws\n", 4, "\"exec\" must be a mapping"},
      {"users:\n- name: a\n  user:\n    exec:\n      command: [a]\n", 5, "\"command\" must be text"},
      {"users:\n- name: a\n  user:\n    exec:\n      args: a\n", 5, "\"args\" must be a list"},
      {"users:\n- name: a\n  user:\n    exec:\n      args: [1]\n", 5, "list of texts"},
      {"users:\n- name: a\n  user:\n    exec:\n      env: {A: b}\n", 5, "\"env\" must be a list"},
      {"users:\n- name: a\n  user:\n    exec:\n      env:\n      - {value: b}\n", 6, "must have a name"},
      {"users:\n- name: a\n  user:\n    exec:\n      env:\n      - {name: \"A=B\", value: b}\n", 6,
       "must have a name"},
      {"users:\n- name: a\n  user:\n    exec:\n      env:\n      - {name: A, value: 1}\n", 6,
       "\"value\" must be text"},
      {"users:\n- name: a\n  user:\n    exec:\n      provideClusterInfo: maybe\n", 5, "true or false"},
      {"contexts:\n- name: a\n  context:\n    namespace: 5\n", 4, "\"namespace\" must be text"},
  };
  for (const Case& one : cases) {
    INFO(one.text);
    const Result<Kubeconfig> config = ParseKubeconfig("conf", one.text);
    REQUIRE_FALSE(config);
    CHECK(config.error().kind == ErrorKind::kConfiguration);
    CHECK(config.error().file == "conf");
    if (one.line > 0) CHECK(config.error().at.line == static_cast<unsigned>(one.line));
    CHECK(config.error().message.find(one.words) != std::string::npos);
    CHECK(config.error().message.find("12345") == std::string::npos);
  }
}

TEST_CASE("what the first file says stays, entry by entry") {
  Kubeconfig first = Parsed(
      "current-context: a\nclusters: [{name: c, cluster: {server: first}}]\nusers: [{name: u, user: {token: "
      "t}}]",
      "/1/f");
  MergeKubeconfig(
      first, Parsed("current-context: b\nclusters: [{name: c, cluster: {server: second, tls-server-name: s}},"
                    " {name: d, cluster: {server: other}}]\nusers: [{name: u, user: {username: x}}]",
                    "/2/f"));
  CHECK(first.current_context == "a");
  CHECK(first.clusters.at("c").server == "first");
  CHECK(first.clusters.at("c").tls_server_name.empty());
  CHECK(first.clusters.at("d").server == "other");
  CHECK(first.clusters.at("d").place.file == "/2/f");
  CHECK((first.users.at("u").token == "t" && first.users.at("u").username.empty()));
  Kubeconfig none = Parsed("");
  MergeKubeconfig(none, Parsed("current-context: b"));
  CHECK(none.current_context == "b");
}

TEST_CASE("which files are read") {
  const Directory files;
  files.Write("one", "current-context: one");
  files.Write("two", "current-context: two\ncontexts: [{name: two}]");
  files.Write("broken", "clusters: 5");
  files.Write("home/.kube/config", "current-context: home");
  const auto load = [&](const std::string& path, const std::string& list, const std::string& home) {
    return LoadKubeconfig(path, [&](const char* name) -> const char* {
      if (std::string_view(name) == "KUBECONFIG") return list.c_str();
      return std::string_view(name) == "HOME" ? home.c_str() : nullptr;
    });
  };
  const std::string one = files.path("one"), two = files.path("two"), home = files.path("home");
  CHECK(load(one, two, home)->current_context == "one");
  CHECK(load("", one + ":" + two, home)->current_context == "one");
  CHECK(load("", one + ":" + two, home)->contexts.size() == 1);
  CHECK(load("", ":" + two + "::" + one + ":" + two, home)->files == std::vector<std::string>{two, one});
  CHECK(load("", files.path("missing") + ":" + two, home)->current_context == "two");
  CHECK(load("", "", home)->current_context == "home");
  CHECK(load("", files.path("missing"), home)->files.empty());
  CHECK(load("", "", "")->files.empty());
  for (const std::string& wrong : {files.path("missing"), files.path("broken"), files.path("home")}) {
    const Result<Kubeconfig> config = load(wrong, two, home);
    REQUIRE_FALSE(config);
    CHECK(config.error().file == wrong);
  }
  CHECK_FALSE(load("", one + ":" + files.path("broken"), home));
  CHECK_FALSE(load("", files.path("home"), home));  // a directory
  files.Write("large", std::string((4u << 20) + 1, '#'));
  const Result<Kubeconfig> large = load(files.path("large"), "", "");
  REQUIRE_FALSE(large);
  CHECK(large.error().message.find("more than 4096 KiB") != std::string::npos);
}

}  // namespace
}  // namespace sluice::cluster
