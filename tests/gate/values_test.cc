// Where a controller takes values from: of what the cluster will hold, not of
// what happens to stand in a file of that name.
#include "gate/builds.h"
#include "gate/examine.h"
#include "gate/gate.h"
#include "manifests/render/helm.h"
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

using Lines = std::vector<std::string>;

std::string Flux(const std::string& name, const std::string& path, const std::string& more = "") {
  return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: " + name +
         ", namespace: flux-system}\nspec:\n  interval: 1h\n  prune: true\n"
         "  sourceRef: {kind: GitRepository, name: flux-system}\n  path: " +
         path + "\n" + more;
}
const std::string kFrom = "  postBuild: {substituteFrom: [{kind: ConfigMap, name: vars}]}\n";
std::string Vars(const std::string& value) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: vars, namespace: flux-system}\ndata: {A: '" +
         value + "'}\n";
}
const std::string kUsesVars = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: '${A}'}\n";

// clusters/prod builds the definition of `web` beside its variables.
Files Cluster() {
  return {{"clusters/prod.yaml", Flux("prod", "./clusters/prod")},
          {"clusters/prod/kustomization.yaml", "resources: [web.yaml, vars.yaml]\n"},
          {"clusters/prod/vars.yaml", Vars("one")},
          {"clusters/prod/web.yaml", Flux("web", "./apps/web", kFrom)},
          {"apps/web/kustomization.yaml", "resources: [map.yaml]\n"},
          {"apps/web/map.yaml", kUsesVars}};
}
Files With(Files files, const Files& more) {
  for (const auto& [path, text] : more) files[path] = text;
  return files;
}

// What `a` of ConfigMap web became in each build; "…?" where only the cluster knows it.
Lines ValuesIn(const Files& files, BuildSettings settings = {}) {
  const MemoryTree tree(files);
  const Result<TreeFacts> told = FactsOfTree(tree, {}, 1);
  REQUIRE(told);
  const Configuration configuration;
  const Builds builds(
      tree, told->facts, configuration, AllBuilds(told->facts),
      {1, std::move(settings), [] { return false; }, [](const std::string&) { return true; }});
  Lines lines;
  for (const Build& build : builds.all()) {
    for (const Finding& finding : build.built.findings) lines.push_back(finding.rule);
    for (const manifests::render::BuiltObject& object : build.built.objects) {
      if (object.object.name != "web" || object.object.kind != "ConfigMap") continue;
      lines.push_back(std::string(object.object.root->Find("data")->Find("a")->String()) +
                      (object.unknown.empty() ? "" : "?"));
    }
  }
  return lines;
}

TEST_CASE("variables are those of the build that holds the definition") {
  CHECK(ValuesIn(Cluster()) == Lines{"one"});
  const Files patched = With(
      Cluster(), {{"clusters/prod/kustomization.yaml",
                   "resources: [web.yaml, vars.yaml]\npatches:\n- target: {kind: ConfigMap, name: vars}\n"
                   "  patch: |\n    - {op: replace, path: /data/A, value: two}\n"}});
  CHECK(ValuesIn(patched) == Lines{"two"});
  const std::string generator =
      "resources: [web.yaml]\ngeneratorOptions: {disableNameSuffixHash: true}\n"
      "configMapGenerator: [{name: vars, namespace: flux-system, literals: [A=three]}]\n";
  CHECK(ValuesIn(With(Cluster(), {{"clusters/prod/kustomization.yaml", generator}})) == Lines{"three"});
}

TEST_CASE("a namesake in another overlay is not taken for the variables") {
  CHECK(ValuesIn(With(Cluster(), {{"apps/web/extra/kustomization.yaml", "resources: [vars.yaml]\n"},
                                  {"clusters/prod/web/vars.yaml", Vars("decoy")},
                                  {"apps/web/extra/vars.yaml", Vars("decoy")}})) == Lines{"one"});
  Files apart = Cluster();
  apart["clusters/prod/kustomization.yaml"] = "resources: [web.yaml]\n";
  apart["settings/vars.yaml"] = Vars("one");
  CHECK(ValuesIn(apart) == Lines{"one"});
  apart["clusters/prod/web/vars.yaml"] = Vars("decoy");
  CHECK(ValuesIn(apart) == Lines{"${A}?"});
  apart["clusters/prod/web/vars.yaml"] = Vars("one");
  CHECK(ValuesIn(apart) == Lines{"one"});
}

TEST_CASE("variables that another build may change are not known") {
  Files apart = Cluster();
  apart["clusters/prod/kustomization.yaml"] = "resources: [web.yaml]\n";
  apart["settings/vars.yaml"] = Vars("one");
  apart["settings/kustomization.yaml"] = "resources: [vars.yaml]\n";
  CHECK(ValuesIn(apart) == Lines{"one"});
  apart["overlay/kustomization.yaml"] = "resources: [../settings]\n";
  CHECK(ValuesIn(apart) == Lines{"one"});
  apart["overlay/kustomization.yaml"] = "resources: [../settings]\nnamePrefix: a-\n";
  CHECK(ValuesIn(apart) == Lines{"${A}?"});
  apart.erase("overlay/kustomization.yaml");
  apart["settings.yaml"] = Flux("settings", "./settings");
  CHECK(ValuesIn(apart) == Lines{"one"});
  apart["settings.yaml"] =
      Flux("settings", "./settings", "  patches: [{patch: '[]', target: {name: vars}}]\n");
  CHECK(ValuesIn(apart) == Lines{"${A}?"});
  Files generated = Cluster();
  generated["clusters/prod/kustomization.yaml"] = "resources: [web.yaml]\n";
  generated["settings/kustomization.yaml"] =
      "generatorOptions: {disableNameSuffixHash: true}\n"
      "configMapGenerator: [{name: vars, namespace: flux-system, literals: [A=three]}]\n";
  CHECK(ValuesIn(generated) == Lines{"${A}?"});
  generated["clusters/prod/vars.yaml"] = Vars("one");
  CHECK(ValuesIn(generated) == Lines{"${A}?"});
}

TEST_CASE("clusters that share a definition put in their own variables") {
  Files files = With(Cluster(), {{"clusters/dev.yaml", Flux("dev", "./clusters/dev")},
                                 {"clusters/dev/kustomization.yaml", "resources: [../web, vars.yaml]\n"},
                                 {"clusters/dev/vars.yaml", Vars("two")},
                                 {"clusters/prod/kustomization.yaml", "resources: [../web, vars.yaml]\n"},
                                 {"clusters/web/kustomization.yaml", "resources: [web.yaml]\n"},
                                 {"clusters/web/web.yaml", Flux("web", "./apps/web", kFrom)}});
  files.erase("clusters/prod/web.yaml");
  CHECK(ValuesIn(files) == Lines{"two", "one"});
}

TEST_CASE("a root that builds itself and its variables is built once") {
  const Files files = {{"cluster/all.yaml", Flux("all", "./cluster", kFrom)},
                       {"cluster/vars.yaml", Vars("one")},
                       {"cluster/map.yaml", kUsesVars}};
  CHECK(ValuesIn(files) == Lines{"one"});
}

TEST_CASE("a release takes its values from what is built") {
  const std::string release =
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop, namespace: shop}\n"
      "spec:\n  chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: flux-system, "
      "namespace: "
      "flux-system}}}\n  valuesFrom: [{kind: ConfigMap, name: values}]\n";
  const std::string names =
      "nameReference:\n- kind: ConfigMap\n  version: v1\n  fieldSpecs:\n"
      "  - {path: spec/valuesFrom/name, kind: HelmRelease}\n";
  Files files = {{"shop.yaml", Flux("shop", "./shop")},
                 {"shop/kustomization.yaml",
                  "namespace: shop\nresources: [release.yaml]\nconfigurations: [names.yaml]\n"
                  "configMapGenerator: [{name: values, files: [values.yaml]}]\n"},
                 {"shop/names.yaml", names},
                 {"shop/values.yaml", "replicas: 3\n"},
                 {"shop/release.yaml", release},
                 {"chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 1.0.0\n"},
                 {"chart/templates/a.yaml", "{{ .Values.replicas }}"}};
  Lines asked;
  BuildSettings settings;
  settings.helm = [&](const manifests::render::HelmRequest& request) -> Result<std::string> {
    asked.push_back(request.values);
    return std::string();
  };
  CHECK(ValuesIn(files, settings).empty());
  CHECK(asked == Lines{R"({"replicas":3})"});
  files["shop/kustomization.yaml"] +=
      "patches:\n- target: {kind: ConfigMap}\n  patch: |\n"
      "    - {op: replace, path: /data/values.yaml, value: 'replicas: 4'}\n";
  asked.clear();
  CHECK(ValuesIn(files, settings).empty());
  CHECK(asked == Lines{R"({"replicas":4})"});
}

Lines Rules(const Verdict& verdict) {
  Lines lines;
  for (const Finding& finding : verdict.findings)
    lines.push_back(finding.rule + " " + finding.file + ":" + std::to_string(finding.range.begin.line));
  return lines;
}

const std::string kScaled =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: ${A}\n"
    "  selector: {matchLabels: {app: x}}\n  template:\n    metadata: {labels: {app: x}}\n"
    "    spec: {containers: [{name: web, image: x}]}\n";

TEST_CASE("a patch of variables judges what they are put into") {
  const auto patched = [](const std::string& value) {
    return With(Cluster(), {{"apps/web/map.yaml", kScaled},
                            {"clusters/prod/vars.yaml", Vars("1")},
                            {"clusters/prod/kustomization.yaml",
                             "resources: [web.yaml, vars.yaml]\npatches:\n- target: {kind: ConfigMap}\n"
                             "  patch: |\n    - {op: replace, path: /data/A, value: '" +
                                 value + "'}\n"}});
  };
  CHECK(Rules(CheckChange(patched("2"), patched("3"))).empty());
  CHECK(Rules(CheckChange(patched("2"), patched("two"))) ==
        Lines{"schema/wrong-type clusters/prod/kustomization.yaml:5"});
}

TEST_CASE("a default of a variable that only the cluster knows is judged too") {
  const auto with = [](const std::string& replicas) {
    std::string text = kScaled;
    text.replace(text.find("${A}"), 4, replicas);
    return With(
        Cluster(),
        {{"apps/web/map.yaml", text},
         {"clusters/prod/web.yaml",
          Flux("web", "./apps/web", "  postBuild: {substituteFrom: [{kind: Secret, name: held}]}\n")}});
  };
  CHECK(Rules(CheckTree(with("${N:=3}"))).empty());
  CHECK(Rules(CheckTree(with("${N}"))).empty());
  const Verdict verdict = CheckTree(with("${N:=three}"));
  REQUIRE(Rules(verdict) == Lines{"schema/wrong-type apps/web/map.yaml:5"});
  CHECK(verdict.findings[0].message.find("default") != std::string::npos);
  CHECK(Rules(CheckTree(with("${N:-three}"))).size() == 1);
  CHECK(Rules(CheckTree(with("${N:=${M:=three}}"))).size() == 1);
  CHECK(Rules(CheckTree(with("${N:=${M}}"))).empty());
  // What is wrong whatever the value is said once.
  CHECK(Rules(CheckTree(with("${N:=3}\n  replica: 1"))) == Lines{"schema/unknown-field apps/web/map.yaml:6"});
}

// A base whose object lacks what the overlay adds.
Files Sized(const std::string& schema) {
  return {
      {"crd.yaml",
       "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
       "tanks.shop.example}\nspec:\n  group: shop.example\n  scope: Namespaced\n  names: {kind: Tank, "
       "plural: tanks, singular: tank, listKind: TankList}\n  versions:\n  - name: v1\n    served: true\n    "
       "storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n      "
       "    "
       "spec: {type: object, " +
           schema + "}\n"},
      {"base/kustomization.yaml", "resources: [tank.yaml]\n"},
      {"base/tank.yaml",
       "apiVersion: shop.example/v1\nkind: Tank\nmetadata: {name: a}\nspec: {colour: red}\n"},
      {"prod/kustomization.yaml",
       "resources: [../base]\npatches:\n- target: {kind: Tank}\n  patch: |\n"
       "    - {op: add, path: /spec/size, value: 5}\n"},
      {"alone/tank.yaml", "apiVersion: shop.example/v1\nkind: Tank\nmetadata: {name: b}\nspec: {size: 1}\n"}};
}

TEST_CASE("a changed definition judges the objects of its kind as they are built") {
  const std::string colour = "colour: {type: string}, size: {type: integer";
  const std::string any = "properties: {" + colour + "}}";
  CHECK(Rules(CheckChange(Sized(any), Sized("required: [size], " + any))).empty());
  const Verdict verdict = CheckChange(Sized(any), Sized("properties: {" + colour + ", maximum: 4}}"));
  REQUIRE(Rules(verdict).size() == 1);
  CHECK(Rules(verdict)[0].ends_with(" prod/kustomization.yaml:5"));
  CHECK(verdict.findings[0].message.ends_with("by the CustomResourceDefinition that this change brings"));
  CHECK(verdict.summary.objects == 1);  // the definition
  const Verdict both = CheckChange(Sized(any), Sized("required: [colour], " + any));
  REQUIRE(Rules(both).size() == 1);
  CHECK(Rules(both)[0].ends_with(" alone/tank.yaml:4"));
}

}  // namespace
}  // namespace sluice::gate
