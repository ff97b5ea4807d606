// The walk from what changed to what must be built again.
#include "gate/affected.h"

#include "gate/examine.h"
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

using Lines = std::vector<std::string>;

const std::string kFlux =
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: "
    "flux-system}\n"
    "spec:\n  path: ./apps\n  sourceRef: {kind: GitRepository, name: flux-system}\n"
    "  postBuild:\n    substituteFrom:\n    - {kind: ConfigMap, name: vars}\n";
const std::string kRelease =
    "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop}\nspec:\n  chart:\n    "
    "spec:\n"
    "      chart: ./charts/shop\n      sourceRef: {kind: GitRepository, name: flux-system}\n";
const std::string kApplicationSet =
    "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: all}\nspec:\n  generators:\n  "
    "- git:\n"
    "      directories:\n      - path: teams/*/apps\n  template: {spec: {source: {path: '{{path}}'}}}\n";

Files Tree() {
  return {{"base/kustomization.yaml", "resources: [web.yaml]\n"},
          {"base/web.yaml", "a: b\n"},
          {"mid/kustomization.yaml", "resources: [../base]\npatches: [{path: patch.yaml}]\n"},
          {"mid/patch.yaml", "a: b\n"},
          {"top/kustomization.yaml",
           "components: [../mid]\nconfigMapGenerator: [{name: c, files: [k=data.txt]}]\n"},
          {"top/data.txt", "x\n"},
          {"named/kustomization.yaml", "resources: [../base/kustomization.yaml]\n"},
          {"a/kustomization.yaml", "resources: [../b]\n"},
          {"b/kustomization.yaml", "resources: [../a]\n"},
          {"flux/apps.yaml", kFlux},
          {"apps/x/deep.yaml", "a: b\n"},
          {"release.yaml", kRelease},
          {"set.yaml", kApplicationSet}};
}

Facts FactsOfAll(const Files& files) {
  std::vector<FileFacts> facts;
  for (const auto& [path, text] : files) facts.push_back(FactsOf(path, text, {}));
  return Facts(nullptr, {}, std::move(facts));
}

// Directories, then definers ("!" where all that they define counts).
Lines Reached(const std::string& path, std::vector<std::string> identities = {}) {
  Affected affected;
  const ChangedObjects changed[] = {{path, std::move(identities)}};
  FindAffected(FactsOfAll(Tree()), changed, affected);
  Lines lines;
  for (const auto& [directory, users] : affected.directories) lines.push_back(directory);
  for (const auto& [file, definer] : affected.definers) lines.push_back(file + (definer.all ? "!" : ""));
  return lines;
}

TEST_CASE("a change reaches the builds that use it, and no others") {
  struct Case {
    const char* path;
    Lines reached;
  };
  const Case cases[] = {
      {"base/web.yaml", {"base", "mid", "named", "top"}},
      {"base/kustomization.yaml", {"base", "mid", "named", "top"}},
      {"mid/patch.yaml", {"mid", "top"}},
      {"top/data.txt", {"top"}},
      {"a/kustomization.yaml", {"a", "b"}},
      {"apps/x/deep.yaml", {"flux/apps.yaml"}},
      {"charts/shop/templates/web.yaml", {"release.yaml!"}},
      {"teams/red/apps/x.yaml", {"set.yaml!"}},
      {"README.md", {}},
      {"base/other.yaml", {}},
      {"appsx/y.yaml", {}},
  };
  for (const Case& each : cases) {
    CAPTURE(each.path);
    CHECK(Reached(each.path) == each.reached);
  }
}

TEST_CASE("an object that a build asks for reaches it, in whatever namespace it is written") {
  CHECK(Reached("vars.yaml", {"/ConfigMap/flux-system/vars"}) == Lines{"flux/apps.yaml!"});
  CHECK(Reached("vars.yaml", {"/ConfigMap//vars"}) == Lines{"flux/apps.yaml!"});
  CHECK(Reached("vars.yaml", {"/ConfigMap//other"}).empty());
  CHECK(Reached("vars.yaml", {"/Secret//vars"}).empty());
}

TEST_CASE("what defines a root reaches itself") {
  CHECK(Reached("flux/apps.yaml", {"kustomize.toolkit.fluxcd.io/Kustomization/flux-system/apps"}) ==
        Lines{"flux/apps.yaml!"});
  CHECK(Reached("x.yaml", {"apps/Deployment//x"}).empty());
}

TEST_CASE("every build of a tree") {
  const Affected all = AllBuilds(FactsOfAll(Tree()));
  CHECK(all.directories.size() == 6);
  CHECK(all.definers.size() == 3);
  CHECK(all.directories.at("base").size() == 2);
}

}  // namespace
}  // namespace sluice::gate
