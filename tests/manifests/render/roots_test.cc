#include "manifests/render/roots.h"

#include <algorithm>
#include <string>

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

// "NAME: objects" of each root, in order.
std::string All(const Files& files) {
  Repository repository(files);
  std::string shown;
  for (const BuiltRoot& built : BuildAll(repository.session(), repository.Roots(), repository.context)) {
    shown += built.root.name + " " + built.root.directory.text() + ":";
    for (const BuiltObject& object : built.built.objects) {
      shown += " " + std::string(object.object.ns) + "/" + std::string(object.object.name);
    }
    for (const Finding& finding : built.built.findings) shown += " finding: " + finding.message;
    shown += '\n';
  }
  return shown;
}

TEST_CASE("a root that another one builds is built as that one makes it") {
  const Files files = {
      {"cluster.yaml", Kustomization("cluster", "./apps",
                                     "  patches:\n  - target: {kind: Kustomization}\n    patch: |\n"
                                     "      - {op: add, path: /spec/targetNamespace, value: patched}\n")},
      {"apps/shop.yaml", Kustomization("shop", "./shop")},
      {"shop/web.yaml", kMap}};
  CHECK(All(files) ==
        "Kustomization flux-system/cluster apps: flux-system/shop\n"
        "Kustomization flux-system/shop shop: patched/web\n");
}

TEST_CASE("what only an outdated root builds does not count") {
  const std::string patch =
      "  patches:\n  - target: {name: shop}\n    patch: |\n"
      "      - {op: add, path: /spec/namePrefix, value: p-}\n";
  const Files files = {{"cluster.yaml", Kustomization("cluster", "./apps", patch)},
                       {"apps/shop.yaml", Kustomization("shop", "./shop")},
                       {"shop/web.yaml", kMap},
                       {"shop/inner.yaml", Kustomization("inner", "./inner")},
                       {"inner/web.yaml", kMap}};
  CHECK(All(files) ==
        "Kustomization flux-system/cluster apps: flux-system/shop\n"
        "Kustomization flux-system/shop shop: flux-system/p-inner /p-web\n"
        "Kustomization flux-system/p-inner inner: /web\n");
}

TEST_CASE("an ApplicationSet that a root builds as it stands makes the same Applications") {
  const std::string set =
      "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: all, namespace: "
      "argocd}\nspec:\n"
      "  generators: [{list: {elements: [{name: a}, {name: b}]}}]\n  template:\n    metadata: {name: "
      "'{{name}}'}\n"
      "    spec: {source: {repoURL: 'https://x/y', path: 'apps/{{name}}'}}\n";
  Files files = {{"argo/set.yaml", set},
                 {"apps/a/web.yaml", kMap},
                 {"apps/b/web.yaml", kMap},
                 {"ks.yaml", Kustomization("argo", "./argo")}};
  const std::string applications = "Application argocd/a apps/a: /web\nApplication argocd/b apps/b: /web\n";
  const std::string kustomization = "Kustomization flux-system/argo argo: argocd/";
  const auto all = [&] {
    Repository repository(files);
    repository.context.repository_urls = {"https://x/y"};
    std::string shown;
    for (const BuiltRoot& built : BuildAll(repository.session(), repository.Roots(), repository.context)) {
      shown += built.root.name + " " + built.root.directory.text() + ":";
      for (const BuiltObject& object : built.built.objects) {
        shown += " " + std::string(object.object.ns) + "/" + std::string(object.object.name);
      }
      shown += '\n';
    }
    return shown;
  };
  CHECK(all() == applications + kustomization + "all\n");
  files["ks.yaml"] = Kustomization("argo", "./argo", "  namePrefix: p-\n");
  CHECK(all() == applications + kustomization + "p-all\n");
}

TEST_CASE("a root that builds itself is built once") {
  const Files files = {{"cluster/sync.yaml", Kustomization("flux-system", "./cluster")},
                       {"cluster/web.yaml", kMap}};
  CHECK(All(files) == "Kustomization flux-system/flux-system cluster: flux-system/flux-system /web\n");
}

TEST_CASE("roots that make ever new roots end at the limit") {
  const Files files = {{"cluster/sync.yaml",
                        Kustomization("x", "./cluster",
                                      "  patches:\n  - target: {kind: Kustomization}\n    patch: |\n"
                                      "      - {op: copy, from: /spec/patches/0, path: /spec/patches/-}\n")}};
  const std::string shown = All(files);
  CHECK(shown.find("more than 8 levels of roots that build roots") != std::string::npos);
}

TEST_CASE("directories that nobody refers to") {
  const Files files = {{"plain/web.yaml", kMap},
                       {"plain/note.txt", "x"},
                       {"plain/deep/b.yaml", kMap},
                       {"plain/values.yaml", "a: b\n"},
                       {"k/kustomization.yaml", "resources: [../plain/deep]\n"},
                       {"plain/deep/kustomization.yaml", "resources: [b.yaml]\nnamePrefix: d-\n"}};
  Repository repository(files);
  const Root plain = RootOf(*RepoPath::Parse("plain"), false);
  const Built built = Build(repository.session(), plain, repository.context);
  REQUIRE(built.objects.size() == 1);
  CHECK(built.objects[0].object.file == "plain/web.yaml");
  CHECK(built.read == std::vector<std::string>{"plain", "plain/values.yaml", "plain/web.yaml"});
  const Built kustomized =
      Build(repository.session(), RootOf(*RepoPath::Parse("k"), true), repository.context);
  REQUIRE(kustomized.objects.size() == 1);
  CHECK(kustomized.objects[0].object.name == "d-web");
  CHECK(Build(repository.session(), RootOf(*RepoPath::Parse("none"), false), repository.context)
            .objects.empty());
}

// The files of an example in txtar form.
Files FilesOf(std::string_view text) {
  Files files;
  std::string* file = nullptr;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view line = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    if (line.starts_with("-- ")) {
      file = &files[std::string(line.substr(3, line.rfind(" --") - 3))];
    } else if (file != nullptr) {
      file->append(line);
    }
  }
  return files;
}

std::string RulesFound(const Files& files) {
  Repository repository(files);
  std::string rules;
  for (const BuiltRoot& built : BuildAll(repository.session(), repository.Roots(), repository.context)) {
    for (const Finding& finding : built.built.findings) rules += finding.rule + " ";
  }
  return rules;
}

TEST_CASE("the examples of the rules about roots") {
  for (const Rule* rule : RootRules()) {
    INFO(rule->id);
    CHECK(RulesFound(FilesOf(rule->fails)) == std::string(rule->id) + " ");
    CHECK(RulesFound(FilesOf(rule->passes)) == "");
  }
}

}  // namespace
}  // namespace sluice::manifests::render
