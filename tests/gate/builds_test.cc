// Roots that other roots build: what the build above makes of a definition is
// what is built.
#include "gate/builds.h"

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

// "build: Kind namespace/name …" of what a change of `path` has built.
Lines Built(const Files& files, const std::string& path, std::vector<std::string> identities = {}) {
  const MemoryTree tree(files);
  const Facts facts = FactsOfAll(files);
  const Configuration configuration;
  Affected affected;
  const ChangedObjects changed[] = {{path, std::move(identities)}};
  FindAffected(facts, changed, affected);
  Builds builds(tree, facts, configuration, affected,
                {1, {}, [] { return false; }, [&](const std::string& file) { return file == path; }});
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

TEST_CASE("a file that nothing builds has nothing built") {
  CHECK(Built(Tower(), "README.md").empty());
  CHECK(Built(Tower(), "apps/web/other.yaml").empty());
}

}  // namespace
}  // namespace sluice::gate
