// What was built and judged is not taken out of judgement by its definer.
#include "gate/still_built.h"

#include "gate/gate.h"
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

using Lines = std::vector<std::string>;

std::string Deployment(const std::string& name) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name +
         "\nspec:\n  selector:\n    matchLabels: {app: x}\n  template:\n    metadata:\n      labels: {app: "
         "x}\n"
         "    spec:\n      containers:\n      - name: web\n        image: x\n";
}
std::string Flux(const std::string& source) {
  return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: "
         "flux-system}\nspec:\n  interval: 1h\n  prune: true\n  path: ./apps\n  sourceRef: {kind: " +
         source + "}\n";
}
const std::string kHere = "GitRepository, name: flux-system";
const std::string kUrl = "https://git.example/org/repo.git";

std::string Spec(const std::string& source, const std::string& indent) {
  return indent + "project: default\n" + indent +
         "destination: {server: https://kubernetes.default.svc, namespace: shop}\n" + source;
}
std::string Application(const std::string& more, const std::string& url = kUrl,
                        const std::string& name = "web") {
  return "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: " + name +
         ", namespace: argocd}\nspec:\n" +
         Spec("  source:\n    repoURL: " + url + "\n    path: apps\n" + more, "  ");
}
std::string ApplicationSet(const std::string& more) {
  return "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: all, namespace: argocd}\n"
         "spec:\n  generators:\n  - list: {elements: [{name: web}]}\n" +
         more + "  template:\n    metadata: {name: '{{name}}'}\n    spec:\n" +
         Spec("      source: {repoURL: " + kUrl + ", path: apps}\n", "      ");
}

Files Repository(const std::string& definer) {
  return {{"clusters/apps.yaml", definer},
          {"apps/kustomization.yaml", "resources: [web.yaml]\n"},
          {"apps/web.yaml", Deployment("web")}};
}

struct Case {
  const char* what;
  std::string before, after;
  Lines found;
};
TEST_CASE("what was built is an error where nobody builds it here any more") {
  const Lines at_object{"policy/not-judged clusters/apps.yaml:1"};
  const Lines at_source{"policy/not-judged clusters/apps.yaml:8"};
  const Case cases[] = {
      {"a Flux Kustomization of a Bucket", Flux(kHere), Flux("Bucket, name: x"), at_object},
      {"of an artifact that nobody makes", Flux(kHere), Flux("ExternalArtifact, name: x"), at_object},
      {"an Application of another repository", Application(""), Application("", "https://git.example/a/b"),
       at_object},
      {"one that uses the build environment", Application(""),
       Application("    kustomize:\n      commonAnnotations: {by: $ARGOCD_APP_NAME}\n"), at_source},
      {"one that a plugin builds", Application(""), Application("    plugin: {name: x}\n"), at_source},
      {"a set with a selector", ApplicationSet(""), ApplicationSet("    selector: {}\n"), at_object},
      {"a set with a templatePatch", ApplicationSet(""), ApplicationSet("  templatePatch: x\n"), at_object},
  };
  for (const Case& each : cases) {
    CAPTURE(each.what);
    Files other;  // so that the URL of most is still known
    for (const char* name : {"one", "two"})
      other["other/" + std::string(name) + ".yaml"] = Application("", kUrl, name);
    Files before = Repository(each.before), after = Repository(each.after);
    before.insert(other.begin(), other.end());
    after.insert(other.begin(), other.end());
    const Verdict verdict = CheckChange(before, after);
    CHECK(Brief(verdict) == each.found);
    CHECK(verdict.outcome == Outcome::kRejected);
    CHECK(CheckTree(before).outcome == Outcome::kAccepted);
  }
}

TEST_CASE("a definer that moves to another file on its way out is found") {
  Files before = Repository(Flux(kHere)), after = before;
  after.erase("clusters/apps.yaml");
  after["clusters/b/apps.yaml"] = Flux("Bucket, name: x");
  CHECK(Brief(CheckChange(before, after)) == Lines{"policy/not-judged clusters/b/apps.yaml:1"});
}

TEST_CASE("it says what is lost, why, and what to do") {
  const Verdict verdict = CheckChange(Repository(Flux(kHere)), Repository(Flux("Bucket, name: x")));
  REQUIRE(verdict.findings.size() == 1);
  CHECK(verdict.findings[0].message ==
        "an object of Kustomization flux-system/apps would no longer be judged (Bucket flux-system/x)");
  CHECK_FALSE(verdict.findings[0].remedy.empty());
  CHECK(verdict.findings[0].object.name == "apps");
}

TEST_CASE("nothing is lost where the definer goes, or nothing was judged") {
  const Case cases[] = {
      {"deleted", Flux(kHere), "", {}},
      {"elsewhere before as after", Flux("Bucket, name: x"), Flux("Bucket, name: other"), {}},
      {"left out before as after",
       Application("    plugin: {name: x}\n"),
       Application("    plugin: {name: x}\n    targetRevision: HEAD\n"),
       {}},
      {"new and elsewhere", "", Flux("Bucket, name: x"), {}},
  };
  for (const Case& each : cases) {
    CAPTURE(each.what);
    Files before = Repository(each.before), after = Repository(each.after);
    if (each.before.empty()) before.erase("clusters/apps.yaml");
    if (each.after.empty()) after.erase("clusters/apps.yaml");
    CHECK(Brief(CheckChange(before, after)) == each.found);
  }
}

TEST_CASE("what an overlay makes of a definition is reached by what it then reads") {
  Files before{{"base/ks.yaml", Flux(kHere)},
               {"base/kustomization.yaml", "resources: [ks.yaml]\n"},
               {"prod/kustomization.yaml",
                "resources: [../base]\npatches:\n- target: {kind: Kustomization}\n  patch: |\n"
                "    - {op: replace, path: /spec/path, value: ./apps/prod}\n"
                "    - {op: add, path: /spec/targetNamespace, value: shop}\n"},
               {"apps/web.yaml", Deployment("old")},
               {"apps/prod/web.yaml", Deployment("web")}};
  Files after = before;
  after["apps/prod/web.yaml"] = Deployment("web") + "  replica: 3\n";
  const Verdict verdict = CheckChange(before, after);
  CHECK(Brief(verdict) == Lines{"schema/unknown-field apps/prod/web.yaml:15"});
  REQUIRE_FALSE(verdict.objects.empty());
  CHECK(verdict.objects[0].name.ns == "shop");
}

// `dr` takes `prod` in and takes the bad field out again.
Files Recovery(const std::string& replicas) {
  return {{"base/web.yaml", Deployment("web")},
          {"base/kustomization.yaml", "resources: [web.yaml]\n"},
          {"prod/kustomization.yaml", "resources: [../base]\npatches: [{path: p.yaml}]\n"},
          {"prod/p.yaml",
           "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {" + replicas + "}\n"}};
}
Files WithRecovery(Files files, const std::string& kind = "") {
  files["dr/kustomization.yaml"] =
      kind +
      "resources: [../prod]\npatches:\n- target: {kind: Deployment}\n  patch: |\n"
      "    - {op: remove, path: /spec/replica}\n";
  return files;
}
TEST_CASE("an overlay that others take in is judged where it is one of its own") {
  const Lines found{"schema/unknown-field prod/p.yaml:4"};
  const Files before = Recovery("replicas: 2"), bad = Recovery("replica: 2");
  // Taken in by the same change.
  CHECK(Brief(CheckChange(before, WithRecovery(bad))) == found);
  // Named by the policy.
  Files include{
      {".sluice/sluice.yaml", "version: 1\nroots:\n  discover: [kustomize]\n  include: ['prod/**']\n"}};
  Files named = WithRecovery(Recovery("replica: 1")), worse = WithRecovery(bad);
  named.insert(include.begin(), include.end());
  worse.insert(include.begin(), include.end());
  CHECK(Brief(CheckChange(named, worse)) == found);
  // By a component in a component, and so on, which nobody uses.
  Files chain = before, worse_chain = bad;
  for (Files* files : {&chain, &worse_chain}) {
    for (int i = 0; i < 12; ++i) {
      (*files)["c" + std::to_string(i) + "/kustomization.yaml"] =
          "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [../" +
          (i == 0 ? std::string("prod") : "c" + std::to_string(i - 1)) + "]\n";
    }
  }
  CHECK(Brief(CheckChange(chain, worse_chain)) == found);
  // By a component that nobody uses.
  const std::string component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";
  CHECK(Brief(CheckChange(WithRecovery(before, component), WithRecovery(bad, component))) == found);
}

std::string GitRepository(const std::string& ref) {
  return "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, "
         "namespace: flux-system}\nspec: {interval: 1m, ref: {" +
         ref + "}, url: 'ssh://git@git.example/org/fleet'}\n";
}
TEST_CASE("another branch or revision is not this tree") {
  const Case cases[] = {
      {"a branch",
       Application("    targetRevision: main\n"),
       Application("    targetRevision: evil\n"),
       {"policy/not-judged clusters/apps.yaml:1"}},
      {"its full name",
       Application("    targetRevision: refs/heads/main\n"),
       Application("    targetRevision: refs/heads/evil\n"),
       {"policy/not-judged clusters/apps.yaml:1"}},
      {"this one", Application("    targetRevision: HEAD\n"), Application("    targetRevision: main\n"), {}},
      {"Flux: a branch",
       Flux(kHere) + "---\n" + GitRepository("branch: main"),
       Flux(kHere) + "---\n" + GitRepository("branch: evil"),
       {"policy/not-judged clusters/apps.yaml:1"}},
      {"Flux: a tag",
       Flux(kHere) + "---\n" + GitRepository("branch: main"),
       Flux(kHere) + "---\n" + GitRepository("branch: main, tag: v1"),
       {"policy/not-judged clusters/apps.yaml:1"}},
      {"Flux: a name",
       Flux(kHere) + "---\n" + GitRepository("branch: main"),
       Flux(kHere) + "---\n" + GitRepository("name: refs/heads/main"),
       {}},
  };
  for (const Case& each : cases) {
    CAPTURE(each.what);
    const Files before = Repository(each.before), after = Repository(each.after);
    const MemoryTree old_tree(before), new_tree(after);
    CheckInput input;
    const Configuration configuration;
    input.before = &old_tree;
    input.after = &new_tree;
    input.changes = Differences(before, after);
    input.configuration = &configuration;
    input.build.branches = {"main"};
    CHECK(Brief(Check(input)) == each.found);
  }
}

TEST_CASE("what Argo CD merges into a source takes nothing out of judgement") {
  for (const char* name :
       {".argocd-source.yaml", ".argocd-source-web.yaml", ".argocd-source-argocd_web.yaml"}) {
    CAPTURE(name);
    const Files before = Repository(Application(""));
    Files after = before;
    after["apps/" + std::string(name)] = "kustomize: {namePrefix: x-}\n";
    CHECK(Brief(CheckChange(before, after)) == Lines{"policy/not-judged clusters/apps.yaml:8"});
  }
  const Files before = Repository(Application(""));
  Files after = before;
  after["apps/.argocd-source-other.yaml"] = "kustomize: {namePrefix: x-}\n";
  CHECK(Brief(CheckChange(before, after)).empty());
}

}  // namespace
}  // namespace sluice::gate
