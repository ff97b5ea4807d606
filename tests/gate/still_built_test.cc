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

}  // namespace
}  // namespace sluice::gate
