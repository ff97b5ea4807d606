#include "manifests/render/roots.h"

#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/manifests/render/repository.h"

namespace sluice::manifests::render {
namespace {

using Files = std::map<std::string, std::string>;

std::string Kustomization(const std::string& name, const std::string& path, const std::string& more = "") {
  return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: " + name +
         ", namespace: flux-system}\nspec:\n  path: " + path +
         "\n  sourceRef: {kind: GitRepository, name: flux-system}\n" + more;
}

const std::string kMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: '${A:=b}'}\n";

// "NAME DIRECTORY: objects" of a root, built as it stands.
std::string Shown(Repository& repository, const Root& root) {
  const Built built = Build(repository.session(), root, repository.context);
  std::string shown = root.name + " " + root.directory.text() + ":";
  for (const BuiltObject& object : built.objects)
    shown += " " + std::string(object.object.ns) + "/" + std::string(object.object.name);
  for (const Finding& finding : built.findings) shown += " finding: " + finding.rule;
  return shown + "\n";
}

TEST_CASE("files define roots, and each is built by its builder") {
  Repository repository({{"ks.yaml", Kustomization("shop", "./shop", "  targetNamespace: store\n")},
                         {"shop/web.yaml", kMap},
                         {"app.yaml",
                          "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n"
                          "spec: {source: {repoURL: 'https://x/y', path: shop}}\n"}});
  std::string shown;
  for (const Root& root : repository.Roots()) shown += Shown(repository, root);
  CHECK(shown == "Application a shop: /web\nKustomization flux-system/shop shop: store/web\n");
}

TEST_CASE("builds define roots, as they made the objects") {
  Repository repository({{"cluster.yaml", Kustomization("cluster", "./apps", "  namePrefix: p-\n")},
                         {"apps/shop.yaml", Kustomization("shop", "./shop")},
                         {"shop/web.yaml", kMap}});
  const Built built = repository.BuildNamed("Kustomization flux-system/cluster");
  const RootList list = RootsOf(repository.session(), built, repository.context);
  REQUIRE(list.roots.size() == 1);
  CHECK(list.findings.empty());
  CHECK(list.roots[0].file == "apps/shop.yaml");
  CHECK(list.roots[0].through == std::vector<std::string>{"apps", "cluster.yaml"});
  CHECK(Shown(repository, list.roots[0]) == "Kustomization flux-system/p-shop shop: /web\n");
}

TEST_CASE("the kustomization of a directory") {
  Repository repository(
      {{"k/kustomization.yaml", "resources: [b.yaml]\nnamePrefix: d-\n"}, {"k/b.yaml", kMap}});
  CHECK(Shown(repository, RootOf(*RepoPath::Parse("k"))) == "k k: /d-web\n");
  CHECK(Shown(repository, RootOf(*RepoPath::Parse("none"))) ==
        "none none: finding: kustomize/missing-file\n");
}

}  // namespace
}  // namespace sluice::manifests::render
