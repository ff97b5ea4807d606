// native/label, native/annotation, native/namespace and its kin.
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/policies/native_gate.h"

namespace sluice::policies {
namespace {

std::string WithMetadata(const std::string& lines) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n" + lines;
}
std::string Quoted(const std::string& key, const std::string& value) {
  return "    \"" + key + "\": \"" + value + "\"\n";
}

const std::string k63(63, 'a'), k64(64, 'a'), k253(253, 'a'), k254(254, 'a');

TEST_CASE("labels as the API server takes them pass") {
  const std::vector<std::pair<std::string, std::string>> labels = {{"app", "web"},
                                                                   {"app.kubernetes.io/name", "web"},
                                                                   {k63, k63},
                                                                   {k253 + "/" + k63, ""},
                                                                   {"A", "A_b.C-d"},
                                                                   {"1", "1"},
                                                                   {"a", "v1.0"},
                                                                   {"a", "v ${VERSION}"},
                                                                   {"a", "{{ .version }}"},
                                                                   {"${KEY}", "x"},
                                                                   {"a_b", "x"}};
  for (const auto& [key, value] : labels) {
    const Findings findings = Judge(WithMetadata("  labels:\n" + Quoted(key, value)));
    CAPTURE(key, value, TextOf(findings));
    CHECK(findings.empty());
  }
}

TEST_CASE("labels that the API server refuses are native/label") {
  const std::vector<std::pair<std::string, std::string>> labels = {{"", "x"},
                                                                   {"a b", "x"},
                                                                   {"/a", "x"},
                                                                   {"a/", "x"},
                                                                   {"a/b/c", "x"},
                                                                   {"-a", "x"},
                                                                   {"a-", "x"},
                                                                   {"a.", "x"},
                                                                   {k64, "x"},
                                                                   {k254 + "/a", "x"},
                                                                   {"Example.com/a", "x"},
                                                                   {"a_b/c", "x"},
                                                                   {"caf\\u00e9", "x"},
                                                                   {"a:b", "x"},
                                                                   {"a", k64},
                                                                   {"a", "-x"},
                                                                   {"a", "x-"},
                                                                   {"a", "x."},
                                                                   {"a", "x y"},
                                                                   {"a", "x/y"},
                                                                   {"a", "x:y"},
                                                                   {"a", "x@y"},
                                                                   {"a", "x\\n"},
                                                                   {"a", "v1+build"},
                                                                   {"a", "v-$(VERSION)"},
                                                                   {"a", "*"},
                                                                   {"a", " "}};
  for (const auto& [key, value] : labels) {
    const Findings findings = Judge(WithMetadata("  labels:\n" + Quoted(key, value)));
    CAPTURE(key, value, TextOf(findings));
    CHECK(RulesOf(findings) == "native/label");
    CHECK(findings.size() == 1);
  }
}

TEST_CASE("annotation keys are checked, in lower case, and their values are free") {
  for (const char* key : {"example.com/a", "Example.com/A", "a", "a_b.c-d", "${KEY}"}) {
    CAPTURE(key);
    CHECK(Judge(WithMetadata("  annotations:\n" + Quoted(key, "any / value: \\u0001"))).empty());
  }
  for (const std::string key : {"a b", "", "/a", "a/", "a/b/c", "-a", "a_b/c", "a:b", k64.c_str()}) {
    const Findings findings = Judge(WithMetadata("  annotations:\n" + Quoted(key, "x")));
    CAPTURE(key, TextOf(findings));
    CHECK(RulesOf(findings) == "native/annotation");
  }
}

TEST_CASE("annotations may have 256 KiB together") {
  const std::string half(128 * 1024 - 1, 'x');  // and one byte of key
  const auto annotations = [&half](const std::string& more) {
    return WithMetadata("  annotations:\n    a: " + half + "\n    b: " + half + more + "\n");
  };
  CHECK(Judge(annotations("")).empty());
  const Findings findings = Judge(annotations("x"));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].message == "annotations have 262145 bytes, the limit is 262144");
  CHECK(findings[0].field == "metadata.annotations");
}

std::string Deployment(const std::string& label, const std::string& selector, const std::string& node) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector:\n    "
         "matchLabels:\n      app: \"" +
         selector + "\"\n  template:\n    metadata:\n      labels:\n        app: \"" + label +
         "\"\n    spec:\n      nodeSelector:\n        disk: \"" + node + "\"\n";
}

TEST_CASE("templates and selectors of built-in kinds are checked at their own place") {
  CHECK(Judge(Deployment("web", "web", "ssd")).empty());
  const std::vector<std::pair<std::string, std::string>> cases = {
      {Deployment("a b", "web", "ssd"), "spec.template.metadata.labels.app"},
      {Deployment("web", "a b", "ssd"), "spec.selector.matchLabels.app"},
      {Deployment("web", "web", "a b"), "spec.template.spec.nodeSelector.disk"},
      {"apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: a b\n",
       "spec.selector.app"},
      {"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  ingress:\n   "
       " - from:\n"
       "        - podSelector:\n            matchLabels:\n              app: a b\n",
       "spec.ingress[0].from[0].podSelector.matchLabels.app"}};
  for (const auto& [text, field] : cases) {
    const Findings findings = Judge(text);
    CAPTURE(text, TextOf(findings));
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == "native/label");
    CHECK(findings[0].field == field);
  }
}

TEST_CASE("inside custom kinds, schemas and data the words mean other things") {
  for (const char* text :
       {"apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata:\n  name: p\nspec:\n  match:\n    "
        "selector:\n"
        "      matchLabels:\n        app: \"?*\"\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  matchLabels: a b\n",
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: c\nspec:\n  metrics:\n"
        "    - external: {metric: {selector: {matchLabels: {job: a b}}}}\n",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: c\nspec:\n  "
        "versions:\n"
        "    - schema:\n        openAPIV3Schema:\n          properties:\n            matchLabels:\n"
        "              description: Any labels at all.\n"}) {
    const Findings findings = Judge(text);
    CAPTURE(text, TextOf(findings));
    CHECK(findings.empty());
  }
}

TEST_CASE("a namespace is a DNS label") {
  for (const std::string good : {"shop", "1", "a-b", "${NS}", "", k63.c_str()}) {
    CAPTURE(good);
    CHECK(Judge(WithMetadata("  namespace: \"" + good + "\"\n")).empty());
  }
  for (const std::string bad : {"Shop", "a.b", "a_b", "-a", "a-", "a b", "a/b", "shop-$ENV", k64.c_str()}) {
    const Findings findings = Judge(WithMetadata("  namespace: \"" + bad + "\"\n"));
    CAPTURE(bad, TextOf(findings));
    CHECK(RulesOf(findings) == "native/namespace");
  }
}

TEST_CASE("a namespace on a cluster-scoped kind is a warning, on an unknown kind nothing") {
  const auto with_namespace = [](const std::string& head) {
    return head + "metadata:\n  name: x\n  namespace: shop\n";
  };
  for (const char* head :
       {"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n", "apiVersion: v1\nkind: Namespace\n",
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\n"}) {
    const Findings findings = Judge(with_namespace(head));
    CAPTURE(head, TextOf(findings));
    REQUIRE(RulesOf(findings) == "native/namespace-on-cluster-scoped");
    CHECK(findings[0].severity == Severity::kWarning);
  }
  for (const char* head : {"apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n",
                           "apiVersion: shop.example/v1\nkind: Order\n"}) {
    CAPTURE(head);
    CHECK(Judge(with_namespace(head)).empty());
  }
}

TEST_CASE("label values never stand in a message") {
  for (const Finding& finding : Judge(WithMetadata("  labels:\n    app: correct horse\n"))) {
    CHECK(finding.message ==
          "value of label \"app\" has a character other than letters, digits, '-', '_' and '.'");
  }
}

}  // namespace
}  // namespace sluice::policies
