// Removed, deprecated and not yet introduced APIs.
#include "schemas/lifecycle_text.h"
#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {
namespace {

Findings Standing(const std::string& api, const std::string& kind, std::vector<std::string> minors) {
  Catalog catalog = MakeCatalog(std::move(minors));
  const manifests::ParsedFile file = manifests::Parse(
      "a.yaml", "apiVersion: " + api + "\nkind: " + kind + "\nmetadata: {name: a}\n", Limits());
  const manifests::ObjectList list = manifests::Objects(file, Limits());
  return CheckLifecycle(catalog, list.objects.front());
}

struct Case {
  const char* api;
  const char* kind;
  std::vector<std::string> minors;
  const char* rule;
  const char* message;
};

}  // namespace

TEST_CASE("what has no other version is not sent to one") {
  const auto remedy_of = [](const std::string& version, const std::string& kind) {
    const Findings findings = Standing(version, kind, {"1.34"});
    REQUIRE(findings.size() == 1);
    return findings[0].remedy;
  };
  CHECK(remedy_of("policy/v1beta1", "PodSecurityPolicy").starts_with("no other version of it is served"));
  CHECK(remedy_of("policy/v1beta1", "PodDisruptionBudget").empty());
}

TEST_CASE("each API is told of as its lifecycle says") {
  const Case cases[] = {
      {"policy/v1beta1",
       "PodSecurityPolicy",
       {"1.34"},
       "api/removed",
       "PodSecurityPolicy of policy/v1beta1 was removed in Kubernetes 1.25"},
      {"autoscaling/v2beta2",
       "HorizontalPodAutoscaler",
       {"1.34"},
       "api/removed",
       "HorizontalPodAutoscaler of autoscaling/v2beta2 was removed in Kubernetes 1.26, use autoscaling/v2 "
       "HorizontalPodAutoscaler"},
      {"extensions/v1beta1",
       "Ingress",
       {"1.34"},
       "api/removed",
       "Ingress of extensions/v1beta1 was removed in Kubernetes 1.22, use networking.k8s.io/v1 Ingress"},
      {"settings.k8s.io/v1alpha1",
       "PodPreset",
       {"1.32"},
       "api/removed",
       "PodPreset of settings.k8s.io/v1alpha1 was removed in Kubernetes 1.20"},
      {"rbac.authorization.k8s.io/v1beta1",
       "Role",
       {"1.34"},
       "api/removed",
       "Role of rbac.authorization.k8s.io/v1beta1 was removed in Kubernetes 1.22, use "
       "rbac.authorization.k8s.io/v1 Role"},
      {"v1",
       "Endpoints",
       {"1.34"},
       "api/deprecated",
       "Endpoints of v1 is deprecated since Kubernetes 1.33, use discovery.k8s.io/v1 EndpointSlice"},
      {"v1",
       "Endpoints",
       {"1.32", "1.33"},
       "api/deprecated",
       "Endpoints of v1 is deprecated since Kubernetes 1.33, use discovery.k8s.io/v1 EndpointSlice (in 1.33 "
       "only)"},
      {"resource.k8s.io/v1",
       "DeviceClass",
       {"1.33"},
       "api/not-yet",
       "DeviceClass of resource.k8s.io/v1 comes with Kubernetes 1.34"},
      {"storage.k8s.io/v1beta1",
       "VolumeAttributesClass",
       {"1.36", "1.37"},
       "api/removed",
       "VolumeAttributesClass of storage.k8s.io/v1beta1 was removed in Kubernetes 1.37, use "
       "storage.k8s.io/v1 VolumeAttributesClass (in 1.37 only)"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.api, each.kind);
    const Findings findings = Standing(each.api, each.kind, each.minors);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == each.rule);
    CHECK(findings[0].message == each.message);
    CHECK(findings[0].field == "apiVersion");
    CHECK(findings[0].range.begin == Position{1, 13});
  }
}

TEST_CASE("current APIs are not told of") {
  for (const auto& [api, kind] :
       std::vector<std::pair<const char*, const char*>>{{"apps/v1", "Deployment"},
                                                        {"v1", "Pod"},
                                                        {"networking.k8s.io/v1", "Ingress"},
                                                        {"example.org/v1", "Thing"},
                                                        {"policy/v1", "PodDisruptionBudget"}}) {
    CAPTURE(api, kind);
    CHECK(Standing(api, kind, DefaultMinors()).empty());
  }
}

TEST_CASE("an API that some target minors lack is a warning, one that all lack an error") {
  CHECK(Standing("resource.k8s.io/v1", "DeviceClass", {"1.33"})[0].severity == Severity::kError);
  CHECK(Standing("resource.k8s.io/v1", "DeviceClass", {"1.33", "1.34"})[0].severity == Severity::kWarning);
  CHECK(Standing("v1", "Endpoints", {"1.34"})[0].severity == Severity::kWarning);
}

TEST_CASE("lines of the lifecycle table read, or fail with their line") {
  const auto entries = ReadLifecycle(
      "# comment\nv1 Pod 1.0 - -\napps/v1beta1 Deployment 1.6 1.8 1.16 apps/v1 Deployment\n", "f");
  REQUIRE(entries);
  REQUIRE(entries->size() == 2);
  CHECK((*entries)[1].group == "apps");
  CHECK((*entries)[1].removed == 16);
  CHECK((*entries)[1].replacement == "apps/v1 Deployment");
  for (const char* bad :
       {"v1 Pod", "v1 Pod 1.0 -", "v1 Pod 2.0 - -", "v1 Pod 1.x - -", "v1 Pod 1.0 - 1.2x"}) {
    CAPTURE(bad);
    const auto failed = ReadLifecycle("\n" + std::string(bad) + "\n", "f");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().at.line == 2);
  }
}

}  // namespace sluice::schemas
