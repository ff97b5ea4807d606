// `/etc/sluice/clusters.yaml`.
#include "gate/operator_clusters.h"

#include "tests/catch.h"

namespace sluice::gate {
namespace {

TEST_CASE("every key of the operator's clusters is read") {
  const Result<std::vector<OperatorCluster>> clusters = ParseOperatorClusters(
      "clusters:\n"
      "  prod-1: {kubeconfig: /etc/sluice/prod-1, context: gate, fieldManager: flux, force: true,\n"
      "    secrets: true, rbac: true, unlistedRights: true}\n"
      "  dev: {kubeconfig: /etc/sluice/dev, force: false}\n",
      "clusters.yaml");
  REQUIRE(clusters);
  REQUIRE(clusters->size() == 2);
  const OperatorCluster& prod = clusters->at(0);
  CHECK(prod.name == "prod-1");
  CHECK(prod.kubeconfig == "/etc/sluice/prod-1");
  CHECK(prod.context == "gate");
  CHECK(prod.field_manager == "flux");
  CHECK(prod.force);
  CHECK(prod.secrets);
  CHECK(prod.rbac);
  CHECK(prod.unlisted_rights);
  const OperatorCluster& dev = clusters->at(1);
  CHECK(dev.context.empty());
  CHECK(dev.field_manager.empty());
  CHECK_FALSE(dev.force);
  CHECK_FALSE(dev.secrets);
  CHECK_FALSE(dev.rbac);
  CHECK_FALSE(dev.unlisted_rights);
}

TEST_CASE("what is wrong in the operator's clusters is an error at its place") {
  struct Bad {
    const char* text;
    Position at;
  };
  for (const Bad& bad : std::initializer_list<Bad>{
           {"clusters: [prod]\n", {1, 1}},
           {"cluster: {}\n", {1, 1}},
           {"prod: {kubeconfig: /x}\n", {1, 1}},
           {"- clusters\n", {1, 1}},
           {"clusters: {}\n---\nclusters: {}\n", {0, 0}},
           {"clusters: [\n", {2, 1}},
           {"clusters:\n  prod: /x\n", {2, 3}},
           {"clusters:\n  prod:\n", {2, 3}},
           {"clusters:\n  prod: {}\n", {2, 3}},
           {"clusters:\n  prod: {context: a}\n", {2, 3}},
           {"clusters:\n  prod: {kubeconfig: x}\n", {2, 22}},
           {"clusters:\n  prod: {kubeconfig: ~/x}\n", {2, 22}},
           {"clusters:\n  prod: {kubeconfig: }\n", {2, 22}},
           {"clusters:\n  prod: {kubeconfig: 7}\n", {2, 22}},
           {"clusters:\n  prod: {kubeconfig: /x, context: ''}\n", {2, 35}},
           {"clusters:\n  prod: {kubeconfig: /x, force: maybe}\n", {2, 33}},
           {"clusters:\n  prod: {kubeconfig: /x, secrets: 1}\n", {2, 35}},
           {"clusters:\n  prod: {kubeconfig: /x, rbac: 'true'}\n", {2, 32}},
           {"clusters:\n  prod: {kubeconfig: /x, token: abc}\n", {2, 26}},
           {"clusters:\n  prod: {kubeconfig: /x, kubeconfig: /y}\n", {2, 26}},
           {"clusters:\n  prod: {kubeconfig: /x}\n  prod: {kubeconfig: /y}\n", {3, 3}}}) {
    CAPTURE(bad.text);
    const Result<std::vector<OperatorCluster>> clusters = ParseOperatorClusters(bad.text, "/etc/c.yaml");
    REQUIRE_FALSE(clusters);
    CHECK(clusters.error().kind == ErrorKind::kConfiguration);
    CHECK(clusters.error().file == "/etc/c.yaml");
    CHECK(clusters.error().at == bad.at);
  }
}

TEST_CASE("an empty file of the operator's clusters is an error") {
  CHECK_FALSE(ParseOperatorClusters("", "c"));
  CHECK_FALSE(ParseOperatorClusters("# nothing\n", "c"));
}

TEST_CASE("a name for whoever asks is of bounded length") {
  const std::string begin = "clusters:\n  prod: {kubeconfig: /x, fieldManager: ";
  CHECK(ParseOperatorClusters(begin + std::string(128, 'a') + "}\n", "c"));
  CHECK_FALSE(ParseOperatorClusters(begin + std::string(129, 'a') + "}\n", "c"));
}

}  // namespace
}  // namespace sluice::gate
