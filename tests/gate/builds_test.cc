// Roots that other roots build: what the build above makes of a definition is
// what is built.
#include "gate/builds.h"

#include <optional>

#include "gate/examine.h"
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
std::string ConfigMap(const std::string& name) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\n";
}

// `cluster` builds apps/, whose ks.yaml has apps/web/app built, and patches it.
Files Tower() {
  return {{"cluster/apps.yaml",
           Flux("cluster-apps", "./apps",
                "  patches:\n  - target: {kind: Kustomization}\n    patch: |\n"
                "      apiVersion: kustomize.toolkit.fluxcd.io/v1\n      kind: Kustomization\n"
                "      metadata: {name: any}\n      spec: {targetNamespace: shop}\n")},
          {"apps/kustomization.yaml", "resources: [web/ks.yaml]\n"},
          {"apps/web/ks.yaml", Flux("web", "./apps/web/app")},
          {"apps/web/app/kustomization.yaml", "resources: [map.yaml]\n"},
          {"apps/web/app/map.yaml", ConfigMap("web")}};
}

Facts FactsOfAll(const Files& files) {
  std::vector<FileFacts> facts;
  for (const auto& [path, text] : files) facts.push_back(FactsOf(path, text, {}));
  return Facts(nullptr, {}, std::move(facts));
}

// Builds of one tree, as a change of `path` has them made.
struct Made {
  Made(const Files& files, const std::string& path, std::vector<std::string> identities = {},
       std::size_t most_builds = BuildOptions().most_builds)
      : tree(files), facts(FactsOfAll(files)) {
    Affected affected;
    const ChangedObjects changed[] = {{path, std::move(identities)}};
    FindAffected(facts, changed, affected);
    builds.emplace(tree, facts, configuration, affected,
                   BuildOptions{1,
                                {},
                                [] { return false; },
                                [path](const std::string& file) { return file == path; },
                                most_builds});
  }

  const MemoryTree tree;
  const Facts facts;
  const Configuration configuration{};
  std::optional<Builds> builds;
};

// "build: Kind namespace/name …" of each.
Lines Show(const Builds& builds) {
  Lines lines;
  for (const Build& build : builds.all()) {
    std::string line = build.name + ":";
    for (const manifests::render::BuiltObject& object : build.built.objects)
      line += " " + std::string(object.object.kind) + " " + std::string(object.object.ns) + "/" +
              std::string(object.object.name);
    lines.push_back(std::move(line));
  }
  return lines;
}
Lines Built(const Files& files, const std::string& path, std::vector<std::string> identities = {}) {
  return Show(*Made(files, path, std::move(identities)).builds);
}
// "rule file:line message" of what is told around the builds.
Lines Told(const Builds& builds) {
  Lines lines;
  for (const Finding& finding : builds.findings())
    lines.push_back(finding.rule + " " + finding.file + ":" + std::to_string(finding.range.begin.line) + " " +
                    finding.message);
  return lines;
}

const std::string kWeb = "Kustomization flux-system/web of apps/web/ks.yaml";
const std::string kCluster = "Kustomization flux-system/cluster-apps of cluster/apps.yaml";

TEST_CASE("a root is built as the root above it made it, and only what is affected counts") {
  CHECK(Built(Tower(), "apps/web/app/map.yaml") == Lines{kWeb + ": ConfigMap shop/web"});
}

TEST_CASE("a patch of the definitions reaches what they have built") {
  const std::string identity = "kustomize.toolkit.fluxcd.io/Kustomization/flux-system/cluster-apps";
  CHECK(Built(Tower(), "cluster/apps.yaml", {identity}) ==
        Lines{kCluster + ": Kustomization flux-system/web", kWeb + ": ConfigMap shop/web"});
}

TEST_CASE("clusters that make different things of one definition have one build each") {
  Files files = Tower();
  files["other/apps.yaml"] = Flux("cluster-apps", "./apps");
  const Lines built = Built(files, "apps/web/app/map.yaml");
  REQUIRE(built.size() == 2);
  CHECK(built[0].find("ConfigMap shop/web") != std::string::npos);
  CHECK(built[1].find("ConfigMap /web") != std::string::npos);
  CHECK(built[0].substr(0, built[0].find(": ")) != built[1].substr(0, built[1].find(": ")));
}

TEST_CASE("clusters that one file defines have one build each too") {
  Files files = Tower();
  files["cluster/apps.yaml"] +=
      "---\n" + Flux("staging-apps", "./apps",
                     "  patches:\n  - target: {kind: Kustomization}\n    patch: |\n"
                     "      - {op: add, path: /spec/targetNamespace, value: staging}\n");
  const Lines built = Built(files, "apps/web/app/map.yaml");
  REQUIRE(built.size() == 2);
  CHECK(built[0].find("ConfigMap shop/web") != std::string::npos);
  CHECK(built[1].find(" (2): ConfigMap staging/web") != std::string::npos);
}

TEST_CASE("a build that the other side of a change has is made here too") {
  const std::string identity = "kustomize.toolkit.fluxcd.io/Kustomization/flux-system/cluster-apps";
  Files files = Tower();
  files["cluster/apps.yaml"] = Flux("cluster-apps", "./apps");  // nothing of web's definition is from here
  Made made(files, "cluster/apps.yaml", {identity});
  CHECK(Show(*made.builds) == Lines{kCluster + ": Kustomization flux-system/web"});
  made.builds->Add({"another"});
  CHECK(Show(*made.builds) == Lines{kCluster + ": Kustomization flux-system/web"});
  made.builds->Add({kWeb});
  CHECK(Show(*made.builds) == Lines{kCluster + ": Kustomization flux-system/web", kWeb + ": ConfigMap /web"});
}

// Kustomization N builds dN/, where the definition of N + 1 lies.
Files Chain(int length) {
  Files files;
  for (int i = 0; i < length; ++i) {
    const std::string directory = i == 0 ? "" : "d" + std::to_string(i - 1) + "/";
    files[directory + "ks.yaml"] = Flux("k" + std::to_string(i), "./d" + std::to_string(i));
    if (i > 0) files[directory + "kustomization.yaml"] = "resources: [ks.yaml]\n";
  }
  const std::string last = "d" + std::to_string(length - 1) + "/";
  files[last + "kustomization.yaml"] = "resources: [map.yaml]\n";
  files[last + "map.yaml"] = ConfigMap("web");
  return files;
}

TEST_CASE("levels above a build are followed to a limit, past which that is told") {
  const Made most(Chain(9), "d8/map.yaml");
  CHECK(Told(*most.builds).empty());
  CHECK(Show(*most.builds) == Lines{"Kustomization flux-system/k8 of d7/ks.yaml: ConfigMap /web"});
  const Made more(Chain(10), "d9/map.yaml");
  CHECK(Told(*more.builds) ==
        Lines{"kustomize/root-limit ks.yaml:1 objects that have others of their kind built, in more than 8 "
              "levels"});
}

TEST_CASE("builds past the limit are told, wherever they come from") {
  const std::string told = "kustomize/root-limit cluster/apps.yaml:1 more than 1 builds";
  CHECK(Told(*Made(Tower(), "apps/web/app/map.yaml", {}, 2).builds).empty());
  // One above.
  CHECK(Told(*Made(Tower(), "apps/web/app/map.yaml", {}, 1).builds) == Lines{told});
  // One that a build turns out to define.
  const std::string identity = "kustomize.toolkit.fluxcd.io/Kustomization/flux-system/cluster-apps";
  CHECK(Told(*Made(Tower(), "cluster/apps.yaml", {identity}, 1).builds) ==
        Lines{"kustomize/root-limit apps/web/ks.yaml:1 more than 1 builds"});
  // Affected ones.
  CHECK(Told(*Made({{"base/kustomization.yaml", "resources: [map.yaml]\n"},
                    {"base/map.yaml", ConfigMap("web")},
                    {"a/kustomization.yaml", "resources: [../base]\n"},
                    {"b/kustomization.yaml", "resources: [../base]\n"}},
                   "base/map.yaml", {}, 1)
                  .builds) == Lines{"kustomize/root-limit b/kustomization.yaml:0 more than 1 builds"});
}

TEST_CASE("a definition that a patch leads out of the repository is told") {
  const std::string identity = "kustomize.toolkit.fluxcd.io/Kustomization/flux-system/cluster-apps";
  const auto patched = [](const std::string& spec) {
    Files files = Tower();
    files["cluster/apps.yaml"] =
        Flux("cluster-apps", "./apps",
             "  patches:\n  - target: {kind: Kustomization}\n    patch: |\n"
             "      apiVersion: kustomize.toolkit.fluxcd.io/v1\n      kind: Kustomization\n"
             "      metadata: {name: any}\n      spec: " +
                 spec + "\n");
    return files;
  };
  const Made path(patched("{path: ../../x}"), "cluster/apps.yaml", {identity});
  CHECK(Told(*path.builds) ==
        Lines{"kustomize/flux cluster/apps.yaml:15 spec.path: the path leaves the repository"});
  const Made source(patched("{sourceRef: {kind: OCIRepository, name: far}}"), "cluster/apps.yaml",
                    {identity});
  REQUIRE(source.builds->skipped().size() == 1);
  CHECK(source.builds->skipped()[0].reason ==
        "Kustomization flux-system/web builds what is elsewhere: OCIRepository flux-system/far");
}

// All that a tree has built, as if each of its files were changed.
Lines All(const Files& files) {
  const MemoryTree tree(files);
  const Facts facts = FactsOfAll(files);
  const Configuration configuration;
  const Builds builds(tree, facts, configuration, AllBuilds(facts),
                      {1, {}, [] { return false; }, [](const std::string&) { return true; }});
  Lines lines = Show(builds);
  for (const std::string& told : Told(builds)) lines.push_back(told);
  return lines;
}

TEST_CASE("what only an outdated root builds does not count") {
  const std::string patch =
      "  patches:\n  - target: {name: shop}\n    patch: |\n"
      "      - {op: add, path: /spec/namePrefix, value: p-}\n";
  CHECK(All({{"cluster.yaml", Flux("cluster", "./apps", patch)},
             {"apps/shop.yaml", Flux("shop", "./shop")},
             {"shop/web.yaml", ConfigMap("web")},
             {"shop/inner.yaml", Flux("inner", "./inner")},
             {"inner/web.yaml", ConfigMap("web")}}) ==
        Lines{"Kustomization flux-system/cluster of cluster.yaml: Kustomization flux-system/shop",
              "Kustomization flux-system/p-inner of shop/inner.yaml: ConfigMap /web",
              "Kustomization flux-system/shop of apps/shop.yaml: Kustomization flux-system/p-inner ConfigMap "
              "/p-web"});
}

TEST_CASE("an ApplicationSet that a root builds makes the Applications of what was built") {
  const std::string set =
      "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: all, namespace: "
      "argocd}\nspec:\n"
      "  generators: [{list: {elements: [{name: a}, {name: b}]}}]\n  template:\n"
      "    metadata: {name: '{{name}}'}\n    spec: {source: {repoURL: 'https://x/y', path: "
      "'apps/{{name}}'}}\n";
  Files files = {{"argo/set.yaml", set},
                 {"apps/a/web.yaml", ConfigMap("a")},
                 {"apps/b/web.yaml", ConfigMap("b")},
                 {"ks.yaml", Flux("argo", "./argo")}};
  const std::string a = "Application argocd/a of argo/set.yaml: ConfigMap /a";
  const std::string b = "Application argocd/b of argo/set.yaml: ConfigMap /b";
  const std::string argo = "Kustomization flux-system/argo of ks.yaml: ApplicationSet argocd/";
  CHECK(All(files) == Lines{a, b, argo + "all"});
  files["ks.yaml"] = Flux("argo", "./argo", "  namePrefix: p-\n");
  CHECK(All(files) == Lines{a, b, argo + "p-all"});
}

TEST_CASE("a root that builds itself is built once, and one that makes ever new ones ends at the limit") {
  CHECK(All({{"cluster/sync.yaml", Flux("sync", "./cluster")}, {"cluster/web.yaml", ConfigMap("web")}}) ==
        Lines{"Kustomization flux-system/sync of cluster/sync.yaml: Kustomization flux-system/sync ConfigMap "
              "/web"});
  const Lines endless = All(
      {{"cluster/sync.yaml", Flux("x", "./cluster",
                                  "  patches:\n  - target: {kind: Kustomization}\n    patch: |\n"
                                  "      - {op: copy, from: /spec/patches/0, path: /spec/patches/-}\n")}});
  CHECK(endless.back() ==
        "kustomize/root-limit cluster/sync.yaml:1 objects that have others of their kind built, in more than "
        "16 "
        "levels");
}

TEST_CASE("a file that nothing builds has nothing built") {
  CHECK(Built(Tower(), "README.md").empty());
  CHECK(Built(Tower(), "apps/web/other.yaml").empty());
}

}  // namespace
}  // namespace sluice::gate
