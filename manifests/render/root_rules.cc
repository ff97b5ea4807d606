// The words of the rules about roots. Their examples are run by
// tests/manifests/render/roots_test.cc.
#include <array>

#include "manifests/render/root_build.h"

namespace sluice::manifests::render {

#define KUSTOMIZATION                                                                      \
  "-- ks.yaml --\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"       \
  "metadata: {name: shop, namespace: flux-system}\nspec:\n  interval: 1h\n  prune: true\n" \
  "  sourceRef: {kind: GitRepository, name: flux-system}\n"
#define CONFIG_MAP "-- shop/web.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"

const Rule kFluxRule = {
    .id = "kustomize/flux",
    .title = "a Flux Kustomization that its controller cannot build",
    .why = "Flux stops before kustomize does, and nothing of the directory is applied.",
    .remedy = "mend the spec at this place",
    .fails = KUSTOMIZATION "  path: ./shops\n" CONFIG_MAP,
    .passes = KUSTOMIZATION "  path: ./shop\n" CONFIG_MAP,
};

const Rule kSubstitutionRule = {
    .id = "kustomize/substitution",
    .title = "variables that Flux cannot put in",
    .why =
        "Flux puts the variables of postBuild into the YAML of each object and stops where an expression is "
        "not "
        "one of its own, or where the result is no YAML of that object.",
    .remedy =
        "correct the expression or the variable's value; write $${NAME} for text that is not a variable",
    .fails = KUSTOMIZATION "  path: ./shop\n  postBuild: {substitute: {COLOUR: blue}}\n" CONFIG_MAP
                           "data: {colour: '${COLOUR-red}'}\n",
    .passes = KUSTOMIZATION "  path: ./shop\n  postBuild: {substitute: {COLOUR: blue}}\n" CONFIG_MAP
                            "data: {colour: '${COLOUR:-red}'}\n",
};

const Rule kHelmReleaseRule = {
    .id = "helm/flux",
    .title = "a HelmRelease whose values its controller cannot put together",
    .why = "Flux stops before Helm does, and nothing of the release is applied.",
    .remedy = "mend the reference or the values at this place",
    .fails =
        "-- release.yaml --\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
        "metadata: {name: shop, namespace: shop}\nspec:\n  interval: 1h\n"
        "  chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: flux-system, namespace: "
        "flux-system}}}\n  valuesFrom: [{kind: Pod, name: shop}]\n",
    .passes =
        "-- release.yaml --\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
        "metadata: {name: shop, namespace: shop}\nspec:\n  interval: 1h\n"
        "  chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: flux-system, namespace: "
        "flux-system}}}\n  valuesFrom: [{kind: Secret, name: shop}]\n",
};

#define APPLICATION                                                                               \
  "-- app.yaml --\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop}\n" \
  "spec:\n  project: default\n  destination: {namespace: shop}\n"                                 \
  "  source: {repoURL: https://example.com/shop.git, path: "

const Rule kArgoCdRule = {
    .id = "kustomize/argo-cd",
    .title = "an Argo CD Application that cannot be built",
    .why = "Argo CD stops at it, and nothing of the Application is applied.",
    .remedy = "mend the spec at this place",
    .fails = APPLICATION "shops}\n" CONFIG_MAP,
    .passes = APPLICATION "shop}\n" CONFIG_MAP,
};

const Rule kRootLimitRule = {
    .id = "kustomize/root-limit",
    .title = "objects of controllers that make more and more of their kind",
    .why = "Roots that build roots are followed to a bounded depth and number; the message names the limit.",
    .remedy = "split the set, or let fewer levels of Kustomizations and Applications build each other",
    .fails =
        "-- ks.yaml --\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: shop, namespace: flux-system}\nspec:\n  interval: 1h\n  prune: true\n  sourceRef: "
        "{kind: GitRepository, name: "
        "flux-system}\n  path: ./\n  patches:\n  - target: {kind: Kustomization}\n    patch: |\n"
        "      - {op: copy, from: /spec/patches/0, path: /spec/patches/-}\n",
    .passes =
        "-- ks.yaml --\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: shop, namespace: flux-system}\nspec:\n  interval: 1h\n  prune: true\n  sourceRef: "
        "{kind: GitRepository, name: "
        "flux-system}\n  path: ./\n",
};

namespace {
constexpr std::array kRules = {&kFluxRule, &kSubstitutionRule, &kHelmReleaseRule, &kArgoCdRule,
                               &kRootLimitRule};
}  // namespace

std::span<const Rule* const> RootRules() { return kRules; }

}  // namespace sluice::manifests::render
