// A list is taken apart wherever it comes to stand: under the name of something
// else, in a file or only by what a build makes of it.
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

const std::string kThing = "apiVersion: example.com/v1\nkind: Anything\nmetadata: {name: x}\n";
const std::string kValue =
    "[{apiVersion: v1, kind: ConfigMap, metadata: {name: s}},"
    " {apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, nonsense: 1}]";

TEST_CASE("a list that only a build makes hides nothing") {
  const std::string patch = "{op: add, path: /items, value: " + kValue + "}";
  const std::string patches = "patches: [{target: {kind: Anything}, patch: '- " + patch + "'}]\n";
  const std::string resources = "resources: [x.yaml]\n";
  const Hidden cases[] = {
      {"by a patch", {{"kustomization.yaml", resources + patches}, {"x.yaml", kThing}}},
      {"by a transformer",
       {{"kustomization.yaml", resources + "transformers: [t.yaml]\n"},
        {"t.yaml",
         "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\ntarget: {kind: Anything}\n"
         "patch: '- " +
             patch + "'\n"},
        {"x.yaml", kThing}}},
      {"by a patch of an overlay",
       {{"base/kustomization.yaml", resources},
        {"base/x.yaml", kThing},
        {"prod/kustomization.yaml", "resources: [../base]\n" + patches}}},
      {"by a patch of Flux",
       {{"clusters/f.yaml",
         Flux("./apps", "  patches: [{target: {kind: Anything}, patch: '- " + patch + "'}]\n")},
        {"apps/x.yaml", kThing}}},
      {"by a variable of Flux",
       {{"clusters/f.yaml", Flux("./apps", "  postBuild: {substitute: {K: items}}\n")},
        {"apps/x.yaml", kThing + "${K}: " + kValue + "\n"}}},
      {"for Argo CD",
       {{"argo/app.yaml", Application("apps")},
        {"apps/kustomization.yaml", resources + patches},
        {"apps/x.yaml", kThing}}},
  };
  for (const Hidden& each : cases) {
    CAPTURE(each.what);
    for (const Verdict& verdict : {CheckTree(each.files), CheckChange({{"x", "y"}}, each.files)}) {
      CAPTURE(Brief(verdict));
      CHECK(verdict.outcome == Outcome::kRejected);
      CHECK(Has(verdict, "schema/unknown-field"));
    }
  }
}

TEST_CASE("a verdict holds the parts of a list, and not the list") {
  const Verdict verdict =
      CheckTree({{"kustomization.yaml",
                  "resources: [x.yaml]\npatches: [{target: {kind: Anything}, patch: '- {op: add, path: "
                  "/items, value: [{apiVersion: v1, kind: ConfigMap, metadata: {name: s}}]}'}]\n"},
                 {"x.yaml", kThing}});
  CAPTURE(Brief(verdict));
  CHECK(verdict.outcome == Outcome::kAccepted);
  CHECK(std::any_of(verdict.objects.begin(), verdict.objects.end(),
                    [](const JudgedObject& object) { return object.name.kind == "ConfigMap"; }));
}

TEST_CASE("an object behind a kustomization is judged, and is no field of it") {
  const std::string behind = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n";
  const auto verdict = [&](const std::string& more) {
    return CheckTree({{"kustomization.yaml", OfKustomize("resources: [good.yaml]\n") + behind + more},
                      {"good.yaml", kGood}});
  };
  CHECK(verdict("data: {a: b}\n").outcome == Outcome::kAccepted);
  CHECK(Has(verdict("datas: {a: b}\n"), "schema/unknown-field"));
  CHECK(Has(verdict("---\nwibble: 1\n"), "kustomize/unknown-field"));
}

TEST_CASE("a kustomization under another name stays one") {
  const Verdict verdict =
      CheckTree({{"prod.yaml", OfKustomize("resources: [good.yaml]\n")}, {"good.yaml", kGood}});
  CAPTURE(Brief(verdict));
  CHECK(verdict.outcome == Outcome::kAccepted);
}

}  // namespace
}  // namespace sluice::gate
