// native/name, native/missing-name, native/generate-name against tables of what
// the API server takes and refuses.
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/policies/native_gate.h"

namespace sluice::policies {
namespace {

struct Case {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string spec = {};  // lines below `spec:`
};

std::string Manifest(const Case& c) {
  std::string text =
      "apiVersion: " + c.api_version + "\nkind: " + c.kind + "\nmetadata:\n  name: \"" + c.name + "\"\n";
  return c.spec.empty() ? text : text + "spec:\n" + c.spec;
}

const std::string kLong63(63, 'a'), kLong64(64, 'a'), kLong253(253, 'a'), kLong254(254, 'a');
const std::string kCrd = "  group: shop.example\n  names:\n    plural: orders\n";

TEST_CASE("names that the API server takes pass") {
  const std::vector<Case> cases = {
      {"v1", "ConfigMap", "web"},
      {"v1", "ConfigMap", "1.web-2.x"},
      {"v1", "ConfigMap", kLong253},
      {"apps/v1", "Deployment", kLong64},
      {"apps/v1", "Deployment", "a.b"},
      {"v1", "Pod", "a.b"},
      {"v1", "Namespace", kLong63},
      {"v1", "Namespace", "1"},
      {"v1", "Service", "web-1"},
      {"v1", "Service", kLong63},
      {"apps/v1", "StatefulSet", kLong63},
      {"batch/v1", "CronJob", std::string(52, 'a')},
      {"batch/v1", "Job", kLong253},
      {"batch/v1", "Job", std::string(61, 'a'), "  completionMode: Indexed\n  completions: 10\n"},
      {"rbac.authorization.k8s.io/v1", "ClusterRole", "system:node:_A b"},
      {"rbac.authorization.k8s.io/v1", "RoleBinding", "read:all"},
      {"certificates.k8s.io/v1", "CertificateSigningRequest", "Node_CSR"},
      {"certificates.k8s.io/v1beta1", "ClusterTrustBundle", "shop.example:ca:one",
       "  signerName: shop.example/ca\n"},
      {"certificates.k8s.io/v1beta1", "ClusterTrustBundle", "one"},
      {"coordination.k8s.io/v1alpha2", "LeaseCandidate", "Node_1.x"},
      {"networking.k8s.io/v1", "IPAddress", "10.0.0.1"},
      {"networking.k8s.io/v1", "IPAddress", "2001:db8::1"},
      {"apiextensions.k8s.io/v1", "CustomResourceDefinition", "orders.shop.example", kCrd},
      {"apiregistration.k8s.io/v1", "APIService", "v1.shop.example",
       "  group: shop.example\n  version: v1\n"},
      {"apiregistration.k8s.io/v1", "APIService", "v1.", "  group: \"\"\n  version: v1\n"},
      {"internal.apiserver.k8s.io/v1alpha1", "StorageVersion", "apps.deployments"},
      {"shop.example/v1", "Order", "a.b-c"},
      {"v1", "ConfigMap", "${NAME}"},
      {"v1", "ConfigMap", "web_${NAME}"},
      {"v1", "ConfigMap", "{{ .Values.name }}"},
      // Not for any API server.
      {"kustomize.config.k8s.io/v1beta1", "Kustomization", "Not_A Name"},
      {"v1", "Config", "Not_A Name"},
      {"v1alpha1", "HostnameConfig", "Not_A Name"},
      {"backstage.io/v1alpha1", "Component", "Shop_Web"},
  };
  for (const Case& c : cases) {
    const Findings findings = Judge(Manifest(c));
    CAPTURE(Manifest(c), TextOf(findings));
    CHECK(findings.empty());
  }
}

TEST_CASE("names that the API server refuses are native/name") {
  const std::vector<Case> cases = {
      {"v1", "ConfigMap", "Web"},
      {"v1", "ConfigMap", "web_1"},
      {"v1", "ConfigMap", "-web"},
      {"v1", "ConfigMap", "web-"},
      {"v1", "ConfigMap", "web."},
      {"v1", "ConfigMap", ".web"},
      {"v1", "ConfigMap", "a..b"},
      {"v1", "ConfigMap", "a-.b"},
      {"v1", "ConfigMap", "a.-b"},
      {"v1", "ConfigMap", kLong254},
      {"v1", "ConfigMap", "a b"},
      {"v1", "ConfigMap", "a/b"},
      {"v1", "ConfigMap", "web\\n"},
      {"v1", "ConfigMap", "caf\\u00e9"},
      {"v1", "ConfigMap", "web-$ENV"},
      {"v1", "ConfigMap", "web-${ENV"},
      {"v1", "ConfigMap", "a\\0b"},
      {"apps/v1", "Deployment", "Web"},
      {"v1", "Pod", "a_b"},
      {"v1", "Namespace", "a.b"},
      {"v1", "Namespace", kLong64},
      {"v1", "Namespace", "Shop"},
      {"v1", "Service", "a.b"},
      {"v1", "Service", "1web"},
      {"v1", "Service", kLong64},
      {"apps/v1", "StatefulSet", "a.b"},
      {"apps/v1", "StatefulSet", kLong64},
      {"batch/v1", "CronJob", std::string(53, 'a')},
      {"batch/v1", "CronJob", "Nightly"},
      {"batch/v1", "Job", std::string(62, 'a'), "  completionMode: Indexed\n  completions: 10\n"},
      {"batch/v1", "Job", "a.b", "  completionMode: Indexed\n  completions: 1\n"},
      {"rbac.authorization.k8s.io/v1", "Role", "a/b"},
      {"rbac.authorization.k8s.io/v1", "ClusterRole", "a%b"},
      {"rbac.authorization.k8s.io/v1", "ClusterRoleBinding", ".."},
      {"rbac.authorization.k8s.io/v1", "RoleBinding", "."},
      {"certificates.k8s.io/v1", "CertificateSigningRequest", "a/b"},
      {"certificates.k8s.io/v1beta1", "ClusterTrustBundle", "one", "  signerName: shop.example/ca\n"},
      {"certificates.k8s.io/v1beta1", "ClusterTrustBundle", "shop.example:ca:One",
       "  signerName: shop.example/ca\n"},
      {"certificates.k8s.io/v1beta1", "ClusterTrustBundle", "shop.example:ca:one"},
      {"coordination.k8s.io/v1alpha2", "LeaseCandidate", "a b"},
      {"coordination.k8s.io/v1alpha2", "LeaseCandidate", "..a"},
      {"networking.k8s.io/v1", "IPAddress", "ten"},
      {"networking.k8s.io/v1", "IPAddress", "10.0.0.01"},
      {"networking.k8s.io/v1", "IPAddress", "2001:DB8::1"},
      {"networking.k8s.io/v1", "IPAddress", "2001:db8:0::1"},
      {"networking.k8s.io/v1", "IPAddress", "::ffff:10.0.0.1"},
      {"apiextensions.k8s.io/v1", "CustomResourceDefinition", "order.shop.example", kCrd},
      {"apiextensions.k8s.io/v1", "CustomResourceDefinition", "Orders"},
      {"apiregistration.k8s.io/v1", "APIService", "v2.shop.example",
       "  group: shop.example\n  version: v1\n"},
      {"internal.apiserver.k8s.io/v1alpha1", "StorageVersion", "deployments"},
      {"internal.apiserver.k8s.io/v1alpha1", "StorageVersion", "apps.1deployments"},
      {"shop.example/v1", "Order", "Order_1"},
      {"rbac.shop.example/v1", "Role", "a:b"},
  };
  for (const Case& c : cases) {
    const Findings findings = Judge(Manifest(c));
    CAPTURE(Manifest(c), TextOf(findings));
    CHECK(RulesOf(findings) == "native/name");
    for (const Finding& finding : findings) {
      CHECK(finding.field == "metadata.name");
      CHECK(finding.range.begin == Position{4, 9});
    }
  }
}

TEST_CASE("a name that SOPS encrypted is not judged") {
  const Findings findings =
      Judge(Manifest({"v1", "ConfigMap", "ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]"}));
  CHECK(RulesOf(findings) == "secret/half-encrypted");
}

TEST_CASE("a Service whose name begins with a digit is for 1.36 and later") {
  const auto files = FilesOf(Manifest({"v1", "Service", "1web"}));
  CHECK(Judge(files, {"1.36", "1.37"}).empty());
  const Findings findings = Judge(files, {"1.35", "1.36", "1.37"});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].message ==
        "name \"1web\" does not begin with a letter, which Kubernetes 1.35 asks of a Service");
}

TEST_CASE("an object needs a name") {
  const std::string head = "apiVersion: v1\nkind: ConfigMap\n";
  for (const char* metadata : {"", "metadata: {}\n", "metadata:\n", "metadata:\n  name:\n",
                               "metadata:\n  name: \"\"\n", "metadata:\n  name: null\n  generateName: \"\"\n",
                               "metadata: []\n", "metadata:\n  labels: {name: web}\n"}) {
    const Findings findings = Judge(head + metadata);
    CAPTURE(metadata, TextOf(findings));
    CHECK(RulesOf(findings) == "native/missing-name");
  }
  for (const char* text : {"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
                           "apiVersion: v1\nkind: Config\nusers: []\n",
                           "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
                           "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n",
                           "apiVersion: authorization.k8s.io/v1\nkind: SelfSubjectAccessReview\nspec: {}\n",
                           "apiVersion: chainsaw.kyverno.io/v1alpha1\nkind: Test\n"}) {
    CAPTURE(text);
    CHECK(Judge(text).empty());
  }
}

TEST_CASE("generateName is refused where nobody creates the object anew") {
  const auto manifest = [](std::string api_version, std::string kind, std::string metadata) {
    return "apiVersion: " + api_version + "\nkind: " + kind + "\nmetadata:\n  generateName: run-\n" +
           metadata;
  };
  for (const std::string& text :
       {manifest("batch/v1", "Job", ""), manifest("tekton.dev/v1", "PipelineRun", ""),
        manifest("batch/v1", "Job", "  annotations: {example.com/hook: x}\n"),
        manifest("batch/v1", "Job", "  labels: {argocd.argoproj.io/hook: Sync}\n"),
        manifest("workflows.example/v1", "Workflow", ""), manifest("batch/v1", "Job", "  name: \"\"\n")}) {
    const Findings findings = Judge(text);
    CAPTURE(text, TextOf(findings));
    CHECK(RulesOf(findings) == "native/generate-name");
  }
  for (const std::string& text :
       {manifest("batch/v1", "Job", "  annotations: {argocd.argoproj.io/hook: Sync}\n"),
        manifest("batch/v1", "Job", "  annotations: {helm.sh/hook: pre-install}\n"),
        manifest("argoproj.io/v1alpha1", "Workflow", ""), manifest("batch/v1", "Job", "  name: web\n")}) {
    CAPTURE(text);
    CHECK(Judge(text).empty());
  }
}

TEST_CASE("a name that looks like a token is not said again") {
  const std::string token = std::string("ghp_") + "x7Kq2mVb9RtLw4YzNc8JdHs5PfGa3EuTiQo1";
  for (const Finding& finding : Judge(Manifest({"v1", "ConfigMap", token}))) {
    CHECK(finding.message.find(token) == std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::policies
