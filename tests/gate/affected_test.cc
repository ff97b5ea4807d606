// The walk from what changed to what must be built again.
#include "gate/affected.h"

#include <cstdlib>
#include <filesystem>

#include "gate/builds.h"
#include "gate/examine.h"
#include "gate/root_facts.h"
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

struct Edge {
  const char* what;
  Files files;
  std::string path;  // that changes
  std::vector<std::string> identities;
  Lines reached;
};

std::string Application(const std::string& source) {
  return "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec:\n  source:\n" +
         source;
}
std::string Set(const std::string& generator, const std::string& source) {
  return "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: web}\nspec:\n"
         "  generators: [" +
         generator + "]\n  template: {spec: {source: " + source + "}}\n";
}
std::string Source(const std::string& kind, const std::string& group, const std::string& spec) {
  return "apiVersion: " + group + "/v1\nkind: " + kind + "\nmetadata: {name: x}\nspec: " + spec + "\n";
}
constexpr const char* kSources = "source.toolkit.fluxcd.io";
constexpr const char* kExtensions = "source.extensions.fluxcd.io";
std::string FluxOf(const std::string& spec) {
  return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: f}\nspec: " +
         spec + "\n";
}
const std::string kPatchOfPath =
    "patches:\n- target: {kind: Kustomization}\n  patch: |\n"
    "    - {op: replace, path: /spec/path, value: ./apps/prod}\n";

TEST_CASE("what a build reads in roundabout ways reaches it") {
  const std::string helm = "    path: charts/web\n    helm: ";
  const std::string list = "{list: {elements: [{dir: deploy/web, env: prod}]}}";
  const std::string crd = "apiextensions.k8s.io/CustomResourceDefinition//as.example.org";
  const Edge edges[] = {
      {"a value file of another source",
       {{"a.yaml", Application(helm + "{valueFiles: [$values/envs/values.yaml]}\n")}},
       "envs/values.yaml",
       {},
       {"a.yaml!"}},
      {"a value file from the top",
       {{"a.yaml", Application(helm + "{valueFiles: [/envs/values.yaml]}\n")}},
       "envs/values.yaml",
       {},
       {"a.yaml!"}},
      {"a chart from elsewhere with values from here",
       {{"a.yaml", Application("    chart: web\n    helm: {valueFiles: [$values/v.yaml]}\n")}},
       "v.yaml",
       {},
       {"a.yaml!"}},
      {"a parameter from a file",
       {{"a.yaml", Application(helm + "{fileParameters: [{name: k, path: ../../k.txt}]}\n")}},
       "k.txt",
       {},
       {"a.yaml!"}},
      {"a component of an Application",
       {{"a.yaml", Application("    path: deploy\n    kustomize: {components: [../components/x]}\n")},
        {"components/x/kustomization.yaml", "kind: Component\npatches: [{path: p.yaml}]\n"}},
       "components/x/p.yaml",
       {},
       {"components/x", "a.yaml!"}},
      {"a chart that has a kustomization beside it",
       {{"a.yaml", Application("    path: charts/web\n")},
        {"charts/web/Chart.yaml", "name: web\n"},
        {"charts/web/kustomization.yaml", "namePrefix: a\n"}},
       "charts/web/values.yaml",
       {},
       {"a.yaml"}},
      {"what Argo CD merges into a source",
       {{"a.yaml", Application("    path: deploy\n")}, {"deploy/kustomization.yaml", "namePrefix: a\n"}},
       "deploy/.argocd-source.yaml",
       {},
       {"a.yaml"}},
      {"a directory that a list names",
       {{"s.yaml", Set(list, "{path: '{{dir}}'}")}},
       "deploy/web/web.yaml",
       {},
       {"s.yaml"}},
      {"value files of a set",
       {{"s.yaml", Set(list, "{path: charts/web, helm: {valueFiles: ['../../envs/{{env}}.yaml']}}")}},
       "envs/prod.yaml",
       {},
       {"s.yaml!"}},
      {"a path that a file of the repository gives",
       {{"s.yaml", Set("{git: {files: [{path: 'teams/*.json'}]}}", "{path: '{{dir}}'}")}},
       "anywhere/web.yaml",
       {},
       {"s.yaml!"}},
      {"a cluster that becomes known",
       {{"s.yaml", Set("{clusters: {}}", "{path: 'deploy/{{name}}'}")}},
       "clusters/b.yaml",
       {"/Secret/argocd/b"},
       {"s.yaml!"}},
      {"a kind that charts may ask for",
       {{"release.yaml", kRelease}},
       "crds/a.yaml",
       {crd},
       {"release.yaml!"}},
      {"a chart that a HelmChart names",
       {{"release.yaml",
         Source("HelmRelease", "helm.toolkit.fluxcd.io", "{chartRef: {kind: HelmChart, name: x}}")},
        {"chart.yaml",
         Source("HelmChart", kSources, "{chart: ./charts/web, sourceRef: {kind: GitRepository, name: g}}")}},
       "charts/web/values.yaml",
       {},
       {"release.yaml!"}},
      {"files of an artifact",
       {{"f.yaml", FluxOf("{path: ./apps, sourceRef: {kind: ExternalArtifact, name: apps}}")},
        {"g.yaml",
         Source("ArtifactGenerator", kExtensions,
                "{artifacts: [{name: apps, copy: [{from: '@repo/v1/apps/**', to: '@artifact/apps/'}]}]}")}},
       "v1/apps/web.yaml",
       {},
       {"f.yaml!"}},
      {"the generator of an artifact",
       {{"f.yaml", FluxOf("{path: ./apps, sourceRef: {kind: ExternalArtifact, name: apps}}")}},
       "g.yaml",
       {"source.extensions.fluxcd.io/ArtifactGenerator/flux-system/gen"},
       {"f.yaml!"}},
      {"another GitRepository, which may change whose this one is",
       {{"f.yaml", FluxOf("{path: ./apps, sourceRef: {kind: GitRepository, name: a}}")}},
       "g.yaml",
       {"source.toolkit.fluxcd.io/GitRepository/flux-system/b"},
       {"f.yaml!"}},
      {"a path that an overlay puts in",
       {{"base/ks.yaml", FluxOf("{path: ./apps/base, sourceRef: {kind: GitRepository, name: flux-system}}")},
        {"prod/kustomization.yaml", "resources: [../base/ks.yaml]\n" + kPatchOfPath}},
       "apps/prod/web.yaml",
       {},
       {"prod"}},
      {"a path that a patch file puts in",
       {{"prod/kustomization.yaml", "resources: [../base]\npatches: [{path: p.yaml}]\n"},
        {"prod/p.yaml", FluxOf("{path: ./apps/prod}")}},
       "apps/prod/web.yaml",
       {},
       {"prod"}},
      {"a path that JSON operations in a file put in",
       {{"prod/kustomization.yaml",
         "resources: [../base]\npatches: [{path: p.yaml, target: {kind: Kustomization}}]\n"},
        {"prod/p.yaml", "- {op: replace, path: /spec/path, value: ./apps/prod}\n"}},
       "apps/prod/web.yaml",
       {},
       {"prod"}},
      {"the input of a plugin",
       {{"kustomization.yaml", "transformers: [plugins/t.yaml]\n"},
        {"plugins/t.yaml",
         "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: x}\npath: ./p.patch\n"}},
       "p.patch",
       {},
       {""}},
      {"the input of a plugin that is written inline",
       {{"a/kustomization.yaml",
         "transformers:\n- |\n  apiVersion: builtin\n  kind: PatchTransformer\n"
         "  metadata: {name: x}\n  path: p.patch\n"}},
       "a/p.patch",
       {},
       {"a"}},
      {"fields in other letters",
       {{"kustomization.yaml", "Resources: [web.yaml]\nPatches: [{Path: p.txt}]\n"}},
       "p.txt",
       {},
       {""}},
      {"a file of variables with an equals sign",
       {{"kustomization.yaml", "configMapGenerator: [{name: x, envs: ['a=b.env']}]\n"}},
       "a=b.env",
       {},
       {""}},
      {"a ConfigMap that is generated",
       {{"flux/apps.yaml", kFlux},
        {"c/kustomization.yaml", "configMapGenerator: [{name: vars, envs: [s.env]}]\n"}},
       "c/s.env",
       {},
       {"c", "flux/apps.yaml!"}},
  };
  for (const Edge& edge : edges) {
    CAPTURE(edge.what);
    Affected affected;
    const ChangedObjects changed[] = {{edge.path, edge.identities}};
    FindAffected(FactsOfAll(edge.files), changed, affected);
    Lines lines;
    for (const auto& [directory, users] : affected.directories) lines.push_back(directory);
    for (const auto& [file, definer] : affected.definers) lines.push_back(file + (definer.all ? "!" : ""));
    CHECK(lines == edge.reached);
    Affected other;
    const ChangedObjects elsewhere[] = {{"docs/README.md", {}}};
    FindAffected(FactsOfAll(edge.files), elsewhere, other);
    CHECK(other.Empty() == (edge.path != "anywhere/web.yaml"));
  }
}

std::vector<std::string> IdentitiesOf(const FileTree& tree, const RepoPath& path) {
  std::vector<std::string> identities;
  Result<std::string> bytes = tree.Read(path, Limits().file_bytes);
  if (!bytes) return identities;
  for (const Fact& fact : FactsOf(path.text(), *std::move(bytes), {}).facts) {
    if (fact.kind == static_cast<std::uint16_t>(FactKind::kIdentity)) identities.push_back(fact.key);
  }
  return identities;
}

bool IsReached(const Facts& facts, const manifests::render::Root& root, const ChangedObjects& file) {
  Affected affected;
  const std::span<const ChangedObjects> changed(&file, 1);
  FindAffected(facts, changed, affected);
  if (affected.definers.contains(root.file)) return true;
  if (root.spec == nullptr) return affected.directories.contains(root.directory.text());
  std::vector<Fact> own;
  const std::string& api = root.object.api_version;
  ExtractRootFacts(api.substr(0, api.find('/')), root.object.kind, root.object.name, *root.spec, own);
  return ReachesDefinition(facts, std::move(own), changed, affected);
}

// "path does not reach root" of every path that a build read.
Lines Unreached(const FileTree& tree) {
  const Result<TreeFacts> told = FactsOfTree(tree, {}, 2);
  REQUIRE(told);
  const Facts& facts = told->facts;
  const Configuration configuration;
  const Builds builds(tree, facts, configuration, AllBuilds(facts),
                      {.jobs = 2,
                       .settings = {},
                       .late = [] { return false; },
                       .is_changed = [](const std::string&) { return true; }});
  Lines lines;
  for (const Build& build : builds.all()) {
    for (const std::string& read : build.built.read) {
      const Result<RepoPath> path = RepoPath::Parse(read);
      // A directory is read for the names in it: one more is the change.
      const bool directory = read.empty() || (path && tree.List(*path));
      const std::string changed = !directory ? read : read.empty() ? "new.yaml" : read + "/new.yaml";
      // kustomize does not look for what it does not name.
      if (directory && facts.Has(FactKind::kKustomization, read)) continue;
      const ChangedObjects file{changed, path && !directory ? IdentitiesOf(tree, *path) : Lines()};
      if (!IsReached(facts, build.root, file)) lines.push_back(changed + " does not reach " + build.name);
    }
  }
  return lines;
}

bool ReachesRelease(const Files& files, const ChangedObjects& file) {
  const Facts facts = FactsOfAll(files);
  const manifests::ParsedFile parsed = manifests::Parse("other.yaml", kRelease, {});
  std::vector<Fact> own;
  ExtractRootFacts("helm.toolkit.fluxcd.io", "HelmRelease", "other", *parsed.documents[0].root->Find("spec"),
                   own);
  const std::span<const ChangedObjects> changed(&file, 1);
  Affected affected;
  FindAffected(facts, changed, affected);
  return ReachesDefinition(facts, std::move(own), changed, affected);
}

TEST_CASE("a definition that changed does not reach another that a build made") {
  const std::string release = "helm.toolkit.fluxcd.io/HelmRelease//shop";
  const std::string kustomization = "kustomize.toolkit.fluxcd.io/Kustomization/flux-system/apps";
  CHECK_FALSE(ReachesRelease(Tree(), {"release.yaml", {release}}));
  CHECK_FALSE(ReachesRelease(Tree(), {"flux/apps.yaml", {kustomization}}));
  CHECK(ReachesRelease(Tree(), {"charts/shop/release.yaml", {release}}));
  CHECK(ReachesRelease(Tree(), {"crds.yaml", {"apiextensions.k8s.io/CustomResourceDefinition//shops.x"}}));
}

TEST_CASE("every path that a build read reaches it") {
  Files files = Tree();
  files["values.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: vars, namespace: flux-system}\n";
  CHECK(Unreached(MemoryTree(files)).empty());
  const char* shared = std::getenv("SLUICE_SHARED");
  const std::filesystem::path corpora =
      std::filesystem::path(shared == nullptr ? "../shared" : shared) / "corpora/gitops";
  if (!std::filesystem::is_directory(corpora)) {
    WARN("skipped: there is no " << corpora.string());
    return;
  }
  for (const auto& repository : std::filesystem::directory_iterator(corpora)) {
    if (!repository.is_directory()) continue;
    CAPTURE(repository.path().string());
    CHECK(Unreached(DirectoryTree(repository.path().string())) == Lines());
  }
}

}  // namespace
}  // namespace sluice::gate
