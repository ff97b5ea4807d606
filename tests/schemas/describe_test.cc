// Kinds in words.
#include "schemas/describe.h"

#include <algorithm>

#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {

TEST_CASE("a kind is found by kind, plural, short name and group, in its newest version") {
  const Catalog catalog = MakeCatalog();
  for (const char* name : {"Deployment", "deployment", "deployments", "deploy", "deployment.apps",
                           "deployments.apps", "apps/v1 Deployment"}) {
    CAPTURE(name);
    const auto lines = DescribeKind(catalog, name);
    REQUIRE(lines);
    CHECK(lines->at(0) == "apps/v1 Deployment");
    CHECK(lines->at(1) == "namespaced, from kubernetes");
  }
  CHECK(DescribeKind(catalog, "hpa")->at(0) == "autoscaling/v2 HorizontalPodAutoscaler");
  CHECK(DescribeKind(catalog, "gateway.gateway.networking.k8s.io")->at(1) == "from catalogue, has CEL rules");
}

TEST_CASE("fields are shown with type, requirement, default and limits, and recursion ends") {
  const Catalog catalog = MakeCatalog();
  const std::vector<std::string> lines = *DescribeKind(catalog, "Deployment", 3);
  const auto has = [&](const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  };
  CHECK(has("spec: mapping"));
  CHECK(has("  replicas: 32-bit integer"));
  CHECK(has("  selector: mapping, required"));
  CHECK(has("metadata: mapping"));
  CHECK(DescribeKind(catalog, "CustomResourceDefinition", 30)->size() < 3000);
}

TEST_CASE("a name that is not known or not clear fails with what to do") {
  const Catalog catalog = MakeCatalog();
  const auto unknown = DescribeKind(catalog, "Deploymnet");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().kind == ErrorKind::kNotFound);
  CHECK(unknown.error().message == "no schema for \"Deploymnet\", did you mean Deployment");
  const auto several = DescribeKind(catalog, "Certificate");
  REQUIRE_FALSE(several);
  CHECK(several.error().kind == ErrorKind::kUsage);
  CHECK(several.error().message.find("Certificate.cert-manager.io") != std::string::npos);
}

TEST_CASE("all kinds are listed once for each version, sorted, with the minors that have them") {
  const std::vector<ListedKind> kinds = ListKinds(MakeCatalog({"1.33", "1.34"}));
  CHECK(kinds.size() > 2100);
  CHECK(std::is_sorted(kinds.begin(), kinds.end(), [](const ListedKind& a, const ListedKind& b) {
    return std::tie(a.group, a.kind, a.version) < std::tie(b.group, b.kind, b.version);
  }));
  const auto device = std::find_if(kinds.begin(), kinds.end(), [](const ListedKind& kind) {
    return kind.kind == "DeviceClass" && kind.version == "v1";
  });
  REQUIRE(device != kinds.end());
  CHECK(device->minors == std::vector<std::string>{"1.34"});
}

}  // namespace sluice::schemas
