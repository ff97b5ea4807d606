// Findings of several minors: walked once where equal, merged, and named where
// only some have them.
#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {
namespace {

// hostUsers' neighbour `hostnameOverride` came to PodSpec with 1.34.
const char* kNewField =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostnameOverride: b, containers: [{name: a, "
    "image: b}]}\n";

}  // namespace

TEST_CASE("a finding that holds for some minors only names them") {
  CHECK(Messages(kNewField, {"1.33", "1.34"}) == "unknown field \"hostnameOverride\" (in 1.33 only)\n");
  CHECK(Messages(kNewField, {"1.32", "1.33", "1.34"}).find("(in 1.32 and 1.33 only)") != std::string::npos);
  CHECK(Messages(kNewField, {"1.32", "1.33"}).find("only)") == std::string::npos);
  CHECK(Messages(kNewField, {"1.34", "1.35"}).empty());
}

TEST_CASE("a finding that holds for all minors is one finding") {
  const std::string text =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, imagee: b}]}\n";
  CHECK(Verdict(text, BuiltInMinors()) == "schema/unknown-field spec.containers[0].imagee");
  CHECK(Messages(text, BuiltInMinors()).find("only)") == std::string::npos);
}

TEST_CASE("a removed API is not also an unknown kind") {
  CHECK(Verdict("apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: a}\n") ==
        "api/removed apiVersion");
  CHECK(Verdict("apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\n") ==
        "api/removed apiVersion");
  CHECK(Verdict("apiVersion: extensions/v1beta1\nkind: Nonsense\nmetadata: {name: a}\n") ==
        "schema/unknown-kind kind");
  // Served as a subresource alone: nobody can apply it.
  CHECK(Verdict("apiVersion: autoscaling/v1\nkind: Scale\nmetadata: {name: a}\n") ==
        "schema/unknown-kind kind");
}

TEST_CASE("a kind that some minors have is checked against those") {
  const std::string text =
      "apiVersion: resource.k8s.io/v1\nkind: DeviceClass\nmetadata: {name: a}\nspec: {foo: 1}\n";
  CHECK(Verdict(text, {"1.33", "1.34"}) == "schema/unknown-field spec.foo | api/not-yet apiVersion");
  CHECK(
      Messages(text, {"1.33", "1.34"}) ==
      "unknown field \"foo\"\nDeviceClass of resource.k8s.io/v1 comes with Kubernetes 1.34 (in 1.33 only)\n");
}

TEST_CASE("a kind of a group that is not built in has no finding and no schema") {
  CHECK(
      Verdict("apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: a}\nspec: {anything: 1}\n").empty());
}

}  // namespace sluice::schemas
