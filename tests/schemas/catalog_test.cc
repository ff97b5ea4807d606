// Which schema applies, and what is known of a kind.
#include <array>
#include <thread>

#include "schemas/import.h"
#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {

TEST_CASE("the newest three minors are the default, and an unknown one is a usage mistake") {
  CHECK(BuiltInMinors() == std::vector<std::string>{"1.32", "1.33", "1.34", "1.35", "1.36", "1.37"});
  CHECK(DefaultMinors() == std::vector<std::string>{"1.35", "1.36", "1.37"});
  CHECK(MakeCatalog({}).minors() == DefaultMinors());
  CHECK(MakeCatalog({"1.34", "1.32", "1.34"}).minors() == std::vector<std::string>{"1.32", "1.34"});
  for (const char* unknown : {"", "1.31", "1.340", "1.34.4", "v1.34", "2.0"}) {
    CAPTURE(unknown);
    const Result<Catalog> catalog = Catalog::BuiltIn({unknown});
    REQUIRE_FALSE(catalog);
    CHECK(catalog.error().kind == ErrorKind::kUsage);
    CHECK(catalog.error().message.find("1.37") != std::string::npos);
  }
}

TEST_CASE("what discovery says of a kind is known") {
  const Catalog catalog = MakeCatalog();
  const KindInfo deployment = catalog.Find("apps", "v1", "Deployment");
  CHECK(deployment.origin == Origin::kKubernetes);
  CHECK(deployment.scope == Scope::kNamespaced);
  CHECK(deployment.plural == "deployments");
  CHECK(catalog.Find("", "v1", "Namespace").scope == Scope::kCluster);
  CHECK(catalog.Find("rbac.authorization.k8s.io", "v1", "ClusterRole").scope == Scope::kCluster);
  const KindInfo issuer = catalog.Find("cert-manager.io", "v1", "ClusterIssuer");
  CHECK(issuer.origin == Origin::kCatalogue);
  CHECK(issuer.scope == Scope::kUnknown);
  CHECK(catalog.Find("gateway.networking.k8s.io", "v1", "Gateway").has_cel_rules);
  for (const auto& [group, version, kind] :
       std::vector<std::array<const char*, 3>>{{"apps", "v1", "deployment"},
                                               {"apps", "v2", "Deployment"},
                                               {"", "v1", "PodList"},
                                               {"policy", "v1", "Eviction"},
                                               {"", "v1", "DeleteOptions"},
                                               {"example.org", "v1", "Thing"},
                                               {"", "", ""}}) {
    CAPTURE(group, version, kind);
    CHECK(catalog.Find(group, version, kind).origin == Origin::kNone);
  }
}

TEST_CASE("kinds that people push are in the catalogue under the names that they write") {
  const Catalog catalog = MakeCatalog();
  for (const auto& [group, version, kind] :
       std::vector<std::array<const char*, 3>>{{"networking.istio.io", "v1alpha3", "VirtualService"},
                                               {"security.istio.io", "v1", "PeerAuthentication"},
                                               {"policies.kyverno.io", "v1alpha1", "ValidatingPolicy"},
                                               {"cilium.io", "v2", "CiliumBGPPeerConfig"},
                                               {"argoproj.io", "v1alpha1", "EventSource"},
                                               {"opentelemetry.io", "v1beta1", "OpenTelemetryCollector"},
                                               {"externaldns.k8s.io", "v1alpha1", "DNSEndpoint"},
                                               {"external-secrets.io", "v1alpha1", "PushSecret"},
                                               {"upgrade.cattle.io", "v1", "Plan"},
                                               {"k8s.keycloak.org", "v2alpha1", "Keycloak"},
                                               {"traefik.containo.us", "v1alpha1", "Middleware"},
                                               {"ray.io", "v1", "RayCluster"},
                                               {"chaos-mesh.org", "v1alpha1", "PodChaos"},
                                               {"frrk8s.metallb.io", "v1beta1", "FRRConfiguration"}}) {
    CAPTURE(group, version, kind);
    CHECK(catalog.Find(group, version, kind).origin == Origin::kCatalogue);
  }
  for (const auto& [group, version, kind] : std::vector<std::array<const char*, 3>>{
           {"networking.istio.io", "v1", "virtualservice"},
           {"networking.istio.io", "v1", "Virtualservice"},
           {"networking.istio.io", "v2", "VirtualService"},
           {"traefik.containo.us", "v1alpha1", "IngressMiddlewareRoute"}}) {
    CAPTURE(group, version, kind);
    CHECK(catalog.Find(group, version, kind).origin == Origin::kNone);
  }
}

TEST_CASE("an imported bundle goes before the catalogue and never replaces a built-in group") {
  std::string crd = ThingCrd("{type: object, properties: {a: {type: integer}}}");
  Result<ImportedBundle> bundle = ImportFiles({{"crd.yaml", crd}});
  REQUIRE(bundle);
  CHECK(bundle->kinds == 1);
  Catalog catalog = MakeCatalog();
  REQUIRE(catalog.AddBundle(bundle->bytes));
  CHECK(catalog.Find("example.org", "v1", "Thing").origin == Origin::kImported);
  CHECK(Words(CheckText(catalog, Thing("{a: x}")).findings) == "schema/wrong-type spec.a");
  // The tree's own CRD wins over it.
  CHECK(Words(CheckText(catalog, ThingCrd("{type: object, properties: {a: {type: string}}}") + "---\n" +
                                     Thing("{a: x}"))
                  .findings)
            .empty());

  std::string deployment = crd;
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"things.example.org", "deployments.apps"},
           {"group: example.org", "group: apps"},
           {"kind: Thing, plural: things", "kind: Deployment, plural: deployments"}}) {
    deployment.replace(deployment.find(from), from.size(), to);
  }
  Catalog other = MakeCatalog();
  CheckText(other, deployment);
  CHECK(other.Find("apps", "v1", "Deployment").origin == Origin::kKubernetes);
}

TEST_CASE("bytes that are no bundle of an import are refused") {
  Catalog catalog = MakeCatalog();
  for (const std::string& bytes : {std::string(), std::string("SLUICESB"), std::string(4096, 'x')}) {
    CHECK_FALSE(catalog.AddBundle(bytes));
  }
}

TEST_CASE("threads may share a catalog") {
  const Catalog catalog = MakeCatalog();
  const manifests::ParsedFile file =
      manifests::Parse("a.yaml",
                       "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: a}\nspec: "
                       "{gatewayClassName: a, "
                       "listeners: [{name: A_b, port: 80, protocol: HTTP}]}\n",
                       Limits());
  const manifests::ObjectList list = manifests::Objects(file, Limits());
  std::vector<std::string> verdicts(8);
  std::vector<std::thread> threads;
  for (std::string& verdict : verdicts) {
    threads.emplace_back([&] { verdict = Words(CheckShape(catalog, list.objects.front())); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& verdict : verdicts) CHECK(verdict == "schema/pattern spec.listeners[0].name");
}

}  // namespace sluice::schemas
