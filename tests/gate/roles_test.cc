// What refers to a file decides what it is for.
#include "gate/roles.h"

#include "gate/examine.h"
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

Facts FactsOfAll(const Files& files) {
  std::vector<FileFacts> facts;
  for (const auto& [path, text] : files) facts.push_back(FactsOf(path, text, Limits()));
  return Facts(nullptr, {}, std::move(facts));
}

const Files kTree = {
    {"base/kustomization.yaml",
     "resources: [web.yaml]\npatches:\n- path: patch.yaml\n- patch: |-\n    - op: remove\n      path: /x\n"
     "configMapGenerator:\n- name: a\n  files: [conf=app.json]\nsecretGenerator:\n- name: s\n  envs: "
     "[s.env]\n"
     "transformers: [labels.yaml]\n"},
    {"prod/kustomization.yaml", "resources: [../base, both.yaml]\npatches: [{path: both.yaml}]\n"},
    {"charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"},
    {"clusters/prod.yaml",
     "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: prod, namespace: "
     "flux-system}\n"
     "spec: {path: ./prod, components: [../parts], postBuild: {substitute: {A: b}}, interval: 1m, prune: "
     "true,\n"
     "  sourceRef: {kind: GitRepository, name: x}}\n"},
    {"argo.yaml",
     "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {path: "
     "plain}}\n"},
};

struct RoleCase {
  const char* path;
  bool whole;
  const char* reason;
};

TEST_CASE("a file is whole unless everything that refers to it takes it as a part") {
  const Facts facts = FactsOfAll(kTree);
  for (const RoleCase& c :
       {RoleCase{"base/web.yaml", true, ""},
        {"base/patch.yaml", false, "a patch of base/kustomization.yaml"},
        {"base/app.json", false, "generator input of base/kustomization.yaml"},
        {"base/s.env", false, "values of a secretGenerator of base/kustomization.yaml"},
        {"base/labels.yaml", false, "configuration of base/kustomization.yaml"},
        {"prod/both.yaml", true, ""},
        {"charts/web/templates/d.yaml", false, "a template of the Helm chart charts/web"},
        {"charts/web/templates/sub/d.yaml", false, "a template of the Helm chart charts/web"},
        {"charts/web/crds/c.yaml", true, ""},
        {"templates/d.yaml", true, ""},
        {"other/x.yaml", true, ""}}) {
    CAPTURE(c.path);
    const Role role = RoleOf(facts, Roots(), c.path);
    CHECK(role.whole == c.whole);
    CHECK(role.reason == c.reason);
    CHECK(role.in_scope);
  }
}

TEST_CASE("Flux substitutes in what its path builds, through any number of overlays, and nowhere else") {
  const Facts facts = FactsOfAll(kTree);
  CHECK(RoleOf(facts, Roots(), "base/web.yaml").substituted);
  CHECK(RoleOf(facts, Roots(), "prod/x.yaml").substituted);
  CHECK(RoleOf(facts, Roots(), "parts/x.yaml").substituted);
  CHECK_FALSE(RoleOf(facts, Roots(), "plain/x.yaml").substituted);
  CHECK_FALSE(RoleOf(facts, Roots(), "other/x.yaml").substituted);
}

TEST_CASE("discover, include and exclude say which files are manifests") {
  const Facts facts = FactsOfAll(kTree);
  Roots flux;
  flux.flux = true;
  CHECK(RoleOf(facts, flux, "base/web.yaml").in_scope);
  CHECK_FALSE(RoleOf(facts, flux, "plain/x.yaml").in_scope);
  Roots argo;
  argo.argo_cd = true;
  CHECK(RoleOf(facts, argo, "plain/x.yaml").in_scope);
  CHECK_FALSE(RoleOf(facts, argo, "base/web.yaml").in_scope);
  Roots kustomize;
  kustomize.kustomize = true;
  CHECK(RoleOf(facts, kustomize, "base/web.yaml").in_scope);
  CHECK(RoleOf(facts, kustomize, "base/kustomization.yaml").in_scope);
  CHECK_FALSE(RoleOf(facts, kustomize, "plain/x.yaml").in_scope);
  Roots globs;
  globs.include = {"apps/**"};
  globs.exclude = {"**/testdata/**"};
  CHECK(RoleOf(facts, globs, "apps/a.yaml").in_scope);
  CHECK_FALSE(RoleOf(facts, globs, "apps/testdata/a.yaml").in_scope);
  CHECK_FALSE(RoleOf(facts, globs, "x/a.yaml").in_scope);
}

TEST_CASE("kustomizations that refer to each other in a circle end the walk") {
  const Facts facts = FactsOfAll({{"a/kustomization.yaml", "resources: [../b, x.yaml]\n"},
                                  {"b/kustomization.yaml", "resources: [../a]\n"}});
  CHECK(RoleOf(facts, Roots(), "a/x.yaml").whole);
}

}  // namespace
}  // namespace sluice::gate
