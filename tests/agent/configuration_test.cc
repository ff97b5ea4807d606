#include "agent/configuration.h"

#include "tests/catch.h"

namespace sluice::agent {
namespace {

const std::string kPin(64, 'a');

std::string Least(const std::string& more = "") {
  return "repository: https://git.example/shop.git\nenvironment: production\ncluster: prod-1\npin: " + kPin +
         "\n" + more;
}

// "" where it is taken, else the place and the words.
std::string Wrong(const std::string& text) {
  const Result<Configuration> configuration = ParseConfiguration(text, "agent.yaml");
  return configuration ? "" : configuration.error().Text();
}

TEST_CASE("the least configuration and its defaults") {
  const Result<Configuration> configuration = ParseConfiguration(Least(), "agent.yaml");
  REQUIRE(configuration);
  CHECK(configuration->repository.url == "https://git.example/shop.git");
  CHECK(configuration->ns == "sluice-system");
  CHECK(configuration->interval == std::chrono::seconds(30));
  CHECK(configuration->max_removed == 20);
  CHECK(configuration->require_freshness);
  CHECK_FALSE(configuration->prune_namespaces);
}

TEST_CASE("every key") {
  const Result<Configuration> configuration = ParseConfiguration(
      Least("directory: /var/lib/agent\nnamespace: ops\nkubeconfig: /etc/kubeconfig\ncontext: prod\n"
            "defaultNamespace: shop\ninterval: 5m\nmaxRemoved: 5%\nrequireFreshness: false\n"
            "pruneNamespaces: true\npruneCustomResourceDefinitions: true\n"
            "takeOver: [kubectl, flux, argo-cd]\nmetrics: 127.0.0.1:9402\noutcomeKey: /etc/outcome\nsshKey: "
            "/etc/ssh\nknownHosts: "
            "/etc/known\ntokenFile: /etc/token\n"
            "user: bot\ncaFile: /etc/ca.pem\nfetchMebibytes: 64\nfetchDeadline: 20s\n"
            "serviceAccounts: {shop: deployer, \"*\": other, _cluster: ops/cluster}\n"),
      "agent.yaml");
  REQUIRE(configuration);
  CHECK(configuration->interval == std::chrono::minutes(5));
  CHECK(configuration->repository.bytes == 64u << 20);
  CHECK(configuration->service_accounts.at("shop").name == "deployer");
  CHECK(configuration->service_accounts.at("_cluster").ns == "ops");
  CHECK(configuration->max_removed == 5);
  CHECK(configuration->take_over == std::vector<std::string>{"kubectl", "flux", "argo-cd"});
  CHECK(configuration->outcome_key == "/etc/outcome");
}

TEST_CASE("what an agent does not start with, and where") {
  const std::pair<std::string, std::string> cases[] = {
      {"", "exactly one document"},
      {"- a\n", "expected a mapping of keys"},
      {Least() + "---\na: b\n", "exactly one document"},
      {Least("intervall: 30s\n"), "agent.yaml:5:1: unknown key \"intervall\""},
      {Least("interval: 30\n"), "agent.yaml:5:11: \"interval\" must be a time"},
      {Least("interval: 2h\n"), "\"interval\" must be a time"},
      {Least("pin: b\n"), "agent.yaml:5:1"},  // a key twice
      {Least("maxRemoved: 20\n"), "\"maxRemoved\" must be a percentage"},
      {Least("maxRemoved: 101%\n"), "\"maxRemoved\" must be a percentage"},
      {Least("maxRemoved: -1%\n"), "\"maxRemoved\" must be a percentage"},
      {Least("directory: var/lib\n"), "\"directory\" must be an absolute path"},
      {Least("sshKey: \"/etc/a' -o ProxyCommand=x\"\n"), "\"sshKey\" must be an absolute path"},
      {Least("outcomeKey: key\n"), "\"outcomeKey\" must be an absolute path"},
      {Least("namespace: Ops\n"), "\"namespace\" must be a DNS label"},
      {Least("requireFreshness: maybe\n"), "\"requireFreshness\" must be true or false"},
      {Least("serviceAccounts: [a]\n"), "\"serviceAccounts\" must be"},
      {Least("serviceAccounts: {_cluster: deployer}\n"), "\"serviceAccounts\" must be"},
      {Least("serviceAccounts: {shop: \"a/b/c\"}\n"), "\"serviceAccounts\" must be"},
      {Least("serviceAccounts: {\"a b\": deployer}\n"), "\"serviceAccounts\" must be"},
      {Least("fetchMebibytes: 0\n"), "\"fetchMebibytes\" must be"},
      {Least("drift: {acton: heal}\n"), "agent.yaml:5:9"},
      {Least("metrics: 9402\n"), "\"metrics\" must be"},
      {Least("metrics: 127.0.0.1:http\n"), "agent.yaml:5:10: \"metrics\" must be"},
      {Least("metrics: 127.0.0.1:99999\n"), "\"metrics\" must be"},
      {Least("takeOver: kubectl\n"), "\"takeOver\" must be a list"},
      {Least("takeOver: [kubectl, helm]\n"), "\"takeOver\" must be a list of kubectl, flux and argo-cd"},
      {Least("takeOver: [1]\n"), "\"takeOver\" must be a list"},
      {"repository: /srv/a.git\nenvironment: production\ncluster: a\n", "there is no \"pin\""},
      {"environment: policy\n", "\"environment\" must be"},
      {"pin: " + std::string(63, 'a') + "\n", "\"pin\" must be"},
  };
  for (const auto& [text, words] : cases) {
    CAPTURE(text);
    CHECK(Wrong(text).find(words) != std::string::npos);
  }
}

std::string Flux(const std::string& artifact, const std::string& listen, const std::string& url) {
  return "flux: {artifact: " + artifact + ", listen: \"" + listen + "\", url: \"" + url + "\"}\n";
}

TEST_CASE("beside Flux") {
  const std::string flux = Flux("flux-system/shop", "0.0.0.0:9403", "http://agent.ops:9403");
  const Result<Configuration> configuration = ParseConfiguration(Least("apply: flux\n" + flux), "agent.yaml");
  REQUIRE(configuration);
  REQUIRE(configuration->flux);
  CHECK(configuration->flux->ns == "flux-system");
  CHECK(configuration->flux->name == "shop");
  CHECK(configuration->flux->url == "http://agent.ops:9403");
  CHECK_FALSE(ParseConfiguration(Least("apply: sluice\n"), "agent.yaml")->flux);
  const std::pair<std::string, std::string> cases[] = {
      {"apply: argo-cd\n", "agent.yaml:5:8: \"apply\" must be sluice or flux"},
      {"apply: [flux]\n", "\"apply\" must be sluice or flux"},
      {"apply: flux\n", "apply: flux needs \"flux\""},
      {flux, "\"flux\" goes with apply: flux alone"},
      {"apply: sluice\n" + flux, "\"flux\" goes with apply: flux alone"},
      {"apply: flux\nflux: []\n", "\"flux\" must be a mapping"},
      {"apply: flux\nflux: {artifact: a/b, listen: \"0.0.0.0:1\"}\n", "there is no \"flux.url\""},
      {"apply: flux\nflux: {artefact: a/b}\n", "agent.yaml:6:8: \"flux\" has no key \"artefact\""},
      {"apply: flux\n" + Flux("shop", "0.0.0.0:1", "http://a"), "\"flux.artifact\" must be NAMESPACE/NAME"},
      {"apply: flux\n" + Flux("a/../b", "0.0.0.0:1", "http://a"), "\"flux.artifact\" must be"},
      {"apply: flux\n" + Flux("a/B", "0.0.0.0:1", "http://a"), "\"flux.artifact\" must be"},
      {"apply: flux\n" + Flux("a/b", "9403", "http://a"), "\"flux.listen\" must be"},
      {"apply: flux\n" + Flux("a/b", "0.0.0.0:99999", "http://a"), "\"flux.listen\" must be"},
      {"apply: flux\n" + flux + "serviceAccounts: {shop: deployer}\n",
       "\"serviceAccounts\" says how the agent applies"},
      {"apply: flux\n" + flux + "takeOver: [kubectl]\n", "\"takeOver\" says how the agent applies"},
      {"apply: flux\n" + flux + "drift: {action: heal}\n", "\"drift\" says how the agent applies"},
  };
  for (const auto& [text, words] : cases) {
    CAPTURE(text);
    CHECK(Wrong(Least(text)).find(words) != std::string::npos);
  }
  for (const char* url :
       {"", "agent:9403", "ftp://agent", "http://", "http://a:99999", "http://[::1", "http://a/", "http:///a",
        "http://user@a", "http://a?b", "http://a#b", "http://a b", "http://a/%2e"}) {
    CAPTURE(url);
    CHECK(Wrong(Least("apply: flux\n" + Flux("a/b", "0.0.0.0:1", url))).find("\"flux.url\" must be") !=
          std::string::npos);
  }
}

TEST_CASE("addresses of repositories") {
  const auto address = [](const std::string& url) {
    return Wrong("repository: \"" + url + "\"\nenvironment: a\ncluster: a\npin: " + kPin + "\n");
  };
  for (const char* good : {"https://git.example/a.git", "ssh://git@git.example:22/a.git",
                           "git@git.example:a.git", "/srv/git/a.git"}) {
    CAPTURE(good);
    CHECK(address(good).empty());
  }
  for (const char* bad :
       {"http://git.example/a.git", "git://git.example/a.git", "file:///srv/a.git", "a.git",
        "https://user:word@git.example/a.git", "https://user@git.example/a.git",
        "ssh://git:word@git.example/a.git", "--upload-pack=x", "ext::sh -c x", "ssh+git://git.example/a"}) {
    CAPTURE(bad);
    CHECK_FALSE(address(bad).empty());
  }
}

}  // namespace
}  // namespace sluice::agent
