// A list is taken apart wherever it comes to stand: under the name of something
// else too.
#include <algorithm>

#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

const std::string kGood = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n";
const std::string kItems =
    "items:\n"
    "- {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: hunter2}}\n"
    "- {apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, nonsense: 1}\n";

std::string OfKustomize(const std::string& more, const std::string& kind = "Kustomization") {
  return "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: " + kind + "\n" + more;
}
std::string Flux(const std::string& path, const std::string& more = "") {
  return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
         "metadata: {name: f, namespace: flux-system}\n"
         "spec:\n  interval: 1h\n  prune: true\n  sourceRef: {kind: GitRepository, name: flux-system}\n"
         "  path: " +
         path + "\n" + more;
}
std::string Application(const std::string& path) {
  return "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: app}\n"
         "spec:\n  project: default\n  destination: {namespace: shop}\n"
         "  source: {repoURL: https://example.com/shop.git, path: " +
         path + "}\n";
}

bool Has(const Verdict& verdict, const std::string& rule) {
  return std::any_of(verdict.findings.begin(), verdict.findings.end(),
                     [&](const Finding& finding) { return finding.rule == rule; });
}

struct Hidden {
  std::string what;
  Files files;
};

TEST_CASE("a file that calls itself a kustomization hides no list") {
  const std::string foo = OfKustomize(kItems);
  const std::string named = OfKustomize("metadata: {name: x}\n" + kItems);
  const Hidden cases[] = {
      {"in a plain file", {{"foo.yaml", foo}}},
      {"of another kind", {{"foo.yaml", OfKustomize(kItems, "Foo")}}},
      {"in a resource", {{"kustomization.yaml", "resources: [foo.yaml]\n"}, {"foo.yaml", named}}},
      {"where Flux makes the kustomization",
       {{"clusters/f.yaml", Flux("./apps")}, {"apps/good.yaml", kGood}, {"apps/foo.yaml", named}}},
      {"where Flux finds one",
       {{"clusters/f.yaml", Flux("./apps")},
        {"apps/kustomization.yaml", "resources: [foo.yaml]\n"},
        {"apps/foo.yaml", named}}},
      {"in a directory of Argo CD",
       {{"argo/app.yaml", Application("apps")}, {"apps/good.yaml", kGood}, {"apps/foo.yaml", foo}}},
  };
  for (const Hidden& each : cases) {
    CAPTURE(each.what);
    for (const Verdict& verdict : {CheckTree(each.files), CheckChange({{"x", "y"}}, each.files)}) {
      CAPTURE(Brief(verdict));
      CHECK(verdict.outcome == Outcome::kRejected);
      CHECK(Has(verdict, "schema/unknown-field"));
      CHECK(Has(verdict, "secret/plain"));
    }
  }
}

TEST_CASE("a list in the file that kustomize reads is judged, and refused as a field of it") {
  const Verdict verdict = CheckTree(
      {{"kustomization.yaml", OfKustomize("resources: [good.yaml]\n" + kItems)}, {"good.yaml", kGood}});
  CAPTURE(Brief(verdict));
  CHECK(Has(verdict, "kustomize/unknown-field"));
  CHECK(Has(verdict, "schema/unknown-field"));
  CHECK(Has(verdict, "secret/plain"));
}

TEST_CASE("a kustomization under another name stays one") {
  const Verdict verdict =
      CheckTree({{"prod.yaml", OfKustomize("resources: [good.yaml]\n")}, {"good.yaml", kGood}});
  CAPTURE(Brief(verdict));
  CHECK(verdict.outcome == Outcome::kAccepted);
}

}  // namespace
}  // namespace sluice::gate
