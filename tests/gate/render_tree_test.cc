// The roots of a tree, and the facts of all its files.
#include "gate/render_tree.h"

#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

using Lines = std::vector<std::string>;

std::string Flux(const std::string& name, const std::string& path,
                 const std::string& source = "flux-system") {
  return "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: " + name +
         ", namespace: flux-system}\nspec:\n  sourceRef: {kind: " +
         (source == "flux-system" ? "GitRepository" : "OCIRepository") + ", name: " + source +
         "}\n  path: " + path + "\n";
}
const std::string kMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n";
const std::string kUsesMap = "resources: [map.yaml]\n";
const std::string kComponent = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";

// The names of all roots, then "skipped FILE: reason" and "rule FILE".
Lines RootsIn(const Files& files, const Roots& settings = {}) {
  const MemoryTree tree(files);
  const Result<TreeFacts> told = FactsOfTree(tree, {}, 1);
  REQUIRE(told);
  Configuration configuration;
  configuration.roots = settings;
  RenderTree render(tree, told->facts, configuration, {});
  const RootSet set = RootsAffected(render, AllBuilds(told->facts));
  Lines lines;
  for (const manifests::render::Root& root : set.roots) lines.push_back(NameOf(root));
  for (const Skipped& skipped : set.skipped)
    lines.push_back("skipped " + skipped.file + ": " + skipped.reason);
  for (const Finding& finding : set.findings) lines.push_back(finding.rule + " " + finding.file);
  return lines;
}

TEST_CASE("kustomizations that nobody takes in are roots") {
  CHECK(RootsIn({{"a/kustomization.yaml", "resources: [../b]\n"},
                 {"b/kustomization.yaml", kUsesMap},
                 {"b/map.yaml", kMap},
                 {"c/kustomization.yaml", "components: [../d]\n"},
                 {"d/kustomization.yaml", kComponent}}) == Lines{"a", "c"});
  CHECK(RootsIn({{"d/kustomization.yaml", kComponent}}) ==
        Lines{"skipped d/kustomization.yaml: a component that no kustomization here uses"});
  CHECK(RootsIn({{"a/kustomization.yaml", "resources: [../b]\n"},
                 {"b/kustomization.yaml", "resources: [../a]\n"}}) == Lines{"a"});
  CHECK(RootsIn({{"map.yaml", kMap}}).empty());
}

TEST_CASE("what a controller builds needs no root of its own") {
  const Files files = {{"apps.yaml", Flux("apps", "./a")},
                       {"a/kustomization.yaml", "resources: [../b]\n"},
                       {"b/kustomization.yaml", kUsesMap},
                       {"b/map.yaml", kMap}};
  CHECK(RootsIn(files) == Lines{"Kustomization flux-system/apps of apps.yaml"});
  Files below = files;
  below["apps.yaml"] = Flux("apps", "./");
  CHECK(RootsIn(below) == Lines{"Kustomization flux-system/apps of apps.yaml"});
}

TEST_CASE("what a controller builds is a root where others take it in as well") {
  Files files = {{"b.yaml", Flux("b", "./b")},
                 {"a/kustomization.yaml", "resources: [../b]\n"},
                 {"b/kustomization.yaml", kUsesMap},
                 {"b/map.yaml", kMap}};
  CHECK(RootsIn(files) == Lines{"Kustomization flux-system/b of b.yaml", "a"});
  files["all.yaml"] = Flux("all", "./a");
  CHECK(RootsIn(files) ==
        Lines{"Kustomization flux-system/all of all.yaml", "Kustomization flux-system/b of b.yaml"});
  files.erase("b.yaml");
  CHECK(RootsIn(files) == Lines{"Kustomization flux-system/all of all.yaml"});
  Roots settings;
  settings.flux = true;
  settings.include = {"b/kustomization.yaml"};
  CHECK(RootsIn(files, settings) == Lines{"Kustomization flux-system/all of all.yaml", "b"});
}

TEST_CASE("what lies elsewhere, and what leads nowhere, is told") {
  CHECK(RootsIn({{"far.yaml", Flux("far", "./a", "far")}}) ==
        Lines{"skipped far.yaml: Kustomization flux-system/far builds what is elsewhere: OCIRepository "
              "flux-system/far"});
  CHECK(
      RootsIn({{"out.yaml", Flux("out", "../../a")}}) ==
      Lines{"skipped out.yaml: Kustomization flux-system/out builds what is elsewhere: a path that is not in "
            "this repository",
            "kustomize/flux out.yaml"});
}

TEST_CASE("settings choose roots by builder and by path") {
  const Files files = {{"apps.yaml", Flux("apps", "./a")},
                       {"a/kustomization.yaml", kUsesMap},
                       {"a/map.yaml", kMap},
                       {"c/kustomization.yaml", kUsesMap},
                       {"c/map.yaml", kMap}};
  const std::string apps = "Kustomization flux-system/apps of apps.yaml";
  Roots settings;
  settings.flux = true;
  CHECK(RootsIn(files, settings) == Lines{apps});
  settings = {};
  settings.exclude = {"c/**"};
  CHECK(RootsIn(files, settings) == Lines{apps});
  settings.exclude = {"apps.yaml"};
  CHECK(RootsIn(files, settings) == Lines{"a", "c"});
}

class BrokenTree : public MemoryTree {
 public:
  using MemoryTree::MemoryTree;
  Result<std::string> Read(const RepoPath& file, std::size_t limit) const override {
    if (file.Name() == "broken.yaml") return Failed("the disk is gone");
    return MemoryTree::Read(file, limit);
  }
};

TEST_CASE("files whose facts are not known are told, and a tree that cannot be read is an error") {
  Limits limits;
  limits.file_bytes = 100;
  const Files large = {{"a/kustomization.yaml", std::string(200, '#')}, {"b.json", std::string(200, ' ')}};
  const Result<TreeFacts> told = FactsOfTree(MemoryTree(large), limits, 1);
  REQUIRE(told);
  REQUIRE(told->skipped.size() == 2);
  CHECK(told->skipped[0].file == "a/kustomization.yaml");
  CHECK(told->skipped[1].file == "b.json");
  // Its name tells what it is.
  CHECK(told->facts.Has(FactKind::kKustomization, "a"));
  const Result<TreeFacts> broken = FactsOfTree(BrokenTree({{"a/broken.yaml", kMap}}), limits, 1);
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message == "the disk is gone");
}

}  // namespace
}  // namespace sluice::gate
