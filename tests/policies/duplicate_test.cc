// object/duplicate.
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/policies/native_gate.h"

namespace sluice::policies {
namespace {

std::string Object(const std::string& api_version, const std::string& kind, const std::string& ns,
                   const std::string& name) {
  return "---\napiVersion: " + api_version + "\nkind: " + kind + "\nmetadata:\n  name: \"" + name + "\"\n" +
         (ns.empty() ? "" : "  namespace: \"" + ns + "\"\n");
}

TEST_CASE("the same object twice is found, and both places are named") {
  const Findings findings = Judge({{"a/one.yaml", Object("apps/v1", "Deployment", "shop", "web")},
                                   {"a/two.yaml", "\n\n" + Object("apps/v1", "Deployment", "shop", "web")}});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule == "object/duplicate");
  CHECK(findings[0].file == "a/two.yaml");
  CHECK(findings[0].range.begin == Position{5, 7});
  CHECK(findings[0].message == "Deployment shop/web is also at a/one.yaml:3");
  CHECK(findings[0].object == ObjectName{"apps/v1", "Deployment", "shop", "web"});
}

TEST_CASE("what makes two objects one") {
  const std::vector<std::string> same = {
      Object("v1", "ConfigMap", "", "a") + Object("v1", "ConfigMap", "", "a"),
      Object("autoscaling/v1", "HorizontalPodAutoscaler", "s", "a") +
          Object("autoscaling/v2", "HorizontalPodAutoscaler", "s", "a"),
      Object("shop.example/v1", "Order", "s", "a") + Object("shop.example/v2", "Order", "s", "a"),
      Object("rbac.authorization.k8s.io/v1", "ClusterRole", "s", "a") +
          Object("rbac.authorization.k8s.io/v1", "ClusterRole", "t", "a"),
      "apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
      "  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"};
  for (const std::string& text : same) {
    const Findings findings = Judge(text);
    CAPTURE(text, TextOf(findings));
    CHECK(RulesOf(findings).find("object/duplicate") != std::string::npos);
  }
}

TEST_CASE("what keeps two objects apart") {
  const std::vector<std::string> different = {
      Object("v1", "ConfigMap", "", "a") + Object("v1", "ConfigMap", "", "b"),
      Object("v1", "ConfigMap", "s", "a") + Object("v1", "ConfigMap", "t", "a"),
      Object("v1", "ConfigMap", "s", "a") + Object("v1", "Service", "s", "a"),
      Object("extensions/v1beta1", "Ingress", "s", "a") + Object("networking.k8s.io/v1", "Ingress", "s", "a"),
      Object("v1", "ConfigMap", "s", "${NAME}") + Object("v1", "ConfigMap", "s", "${NAME}"),
      Object("v1", "ConfigMap", "${NS}", "a") + Object("v1", "ConfigMap", "${NS}", "a"),
      "apiVersion: argoproj.io/v1\nkind: Workflow\nmetadata: {generateName: a-}\n---\n"
      "apiVersion: argoproj.io/v1\nkind: Workflow\nmetadata: {generateName: a-}\n"};
  for (const std::string& text : different) {
    const Findings findings = Judge(text);
    CAPTURE(text, TextOf(findings));
    CHECK(findings.empty());
  }
}

TEST_CASE("parts of an identity are not glued together") {
  CHECK(Judge(Object("v1", "ConfigMap", "ab", "c") + Object("v1", "ConfigMap", "a", "bc")).empty());
}

TEST_CASE("three times the same object are two findings") {
  const std::string object = Object("v1", "ConfigMap", "s", "a");
  CHECK(Judge(object + object + object).size() == 2);
}

}  // namespace
}  // namespace sluice::policies
