// What is built is what is judged: trees in memory, one behaviour a test; the
// table of what is refused is the longer one.
#include <algorithm>

#include "gate/gate.h"
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

using Lines = std::vector<std::string>;

std::string Deployment(const std::string& spec, const std::string& name = "web") {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name + "\nspec:\n" + spec +
         "  selector:\n    matchLabels: {app: x}\n  template:\n    metadata:\n      labels: {app: x}\n"
         "    spec:\n      containers:\n      - name: web\n        image: x\n";
}
std::string ConfigMap(const std::string& name, const std::string& value = "1") {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\ndata:\n  key: \"" + value +
         "\"\n";
}
std::string Overlay(const std::string& more = "") { return "resources:\n- ../../base\n" + more; }

const std::string kPatchHead = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n";
const std::string kPatches = "patches:\n- path: patch.yaml\n";

// A base and three overlays; `prod` has a patch.
Files Shop() {
  return {{"base/kustomization.yaml", "resources:\n- web.yaml\n"},
          {"base/web.yaml", Deployment("  replicas: 1\n")},
          {"overlays/dev/kustomization.yaml", Overlay("namespace: dev\n")},
          {"overlays/stage/kustomization.yaml", Overlay("namespace: stage\n")},
          {"overlays/prod/kustomization.yaml", Overlay("namespace: prod\n" + kPatches)},
          {"overlays/prod/patch.yaml", kPatchHead + "spec:\n  replicas: 3\n"}};
}
Files With(Files files, const Files& more) {
  for (const auto& [path, text] : more) files[path] = text;
  return files;
}
Files Without(Files files, const std::string& path) {
  files.erase(path);
  return files;
}

const Finding* FindRuleIn(const Verdict& verdict, std::string_view rule) {
  for (const Finding& finding : verdict.findings) {
    if (finding.rule == rule) return &finding;
  }
  return nullptr;
}
std::string SkippedWhy(const Verdict& verdict, const std::string& file) {
  for (const Skipped& skipped : verdict.skipped) {
    if (skipped.file == file) return skipped.reason;
  }
  return "";
}
// "Kind namespace/name" of each judged object.
Lines Objects(const Verdict& verdict) {
  Lines lines;
  for (const JudgedObject& object : verdict.objects)
    lines.push_back(object.name.kind + " " + object.name.ns + "/" + object.name.name);
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST_CASE("a whole tree is judged as it is built, each overlay on its own") {
  const Verdict verdict = CheckTree(Shop());
  CAPTURE(Brief(verdict));
  CHECK(verdict.outcome == Outcome::kAccepted);
  CHECK(Objects(verdict) == Lines{"Deployment dev/web", "Deployment prod/web", "Deployment stage/web"});
  CHECK(verdict.objects[0].digest.size() == 64);
  CHECK(verdict.objects[0].file == "base/web.yaml");
  CHECK(verdict.skipped.empty());
}

TEST_CASE("a bad line of a patch is found at its place, through the overlay") {
  const Files before = Shop();
  const Verdict verdict =
      CheckChange(before, With(before, {{"overlays/prod/patch.yaml", kPatchHead + "spec:\n  replica: 3\n"}}));
  CHECK(Brief(verdict) == Lines{"schema/unknown-field overlays/prod/patch.yaml:6"});
  const Finding& finding = verdict.findings.at(0);
  CHECK(finding.range.begin.column == 3);
  CHECK(finding.source_line == "  replica: 3");
  CHECK(finding.object.ns == "prod");
  CHECK(finding.through.back() == "overlays/prod/kustomization.yaml");
}

TEST_CASE("what a build finds shows its line, but none of a Secret's generator or patch") {
  const auto line_of = [](const std::string& kustomization) {
    const Files before = Shop();
    const Verdict verdict =
        CheckChange(before, With(before, {{"overlays/dev/kustomization.yaml", Overlay(kustomization)}}));
    const Finding* finding = nullptr;
    for (const Finding& each : verdict.findings) {
      if (each.rule.starts_with("kustomize/") && each.rule != "kustomize/unknown-field") finding = &each;
    }
    REQUIRE(finding != nullptr);
    return finding->source_line;
  };
  CHECK(line_of("- gone.yaml\n") == "- gone.yaml");
  CHECK(line_of("configMapGenerator:\n- name: a\n  files: [gone.txt]\n") == "  files: [gone.txt]");
  CHECK(line_of("secretGenerator:\n- name: a\n  literals: [hunter2]\n") == "");
  CHECK(line_of("patches:\n- patch: |\n    apiVersion: v1\n    kind: Secret\n    metadata: {name: gone}\n"
                "    data: {a: aHVudGVyMg==}\n") == "");
}

TEST_CASE("a bad line of a base is found once for all that use it") {
  const Files before = Shop();
  const Verdict verdict =
      CheckChange(before, With(before, {{"base/web.yaml", Deployment("  replica: 1\n")}}));
  CHECK(Brief(verdict) == Lines{"schema/unknown-field base/web.yaml:6"});
  const Lines& through = verdict.findings.at(0).through;
  for (const char* overlay : {"dev", "stage", "prod"}) {
    CHECK(std::count(through.begin(), through.end(),
                     "overlays/" + std::string(overlay) + "/kustomization.yaml") == 1);
  }
}

TEST_CASE("a base may lack what every overlay brings") {
  Files files = Shop();
  files["base/web.yaml"] = kPatchHead + "spec:\n  replicas: 1\n";
  const std::string rest =
      kPatchHead +
      "spec:\n  selector:\n    matchLabels: {app: x}\n  template:\n    metadata:\n      labels: {app: x}\n"
      "    spec:\n      containers:\n      - name: web\n        image: x\n";
  for (const char* overlay : {"dev", "stage", "prod"}) {
    const std::string directory = "overlays/" + std::string(overlay);
    files[directory + "/kustomization.yaml"] = Overlay(kPatches);
    files[directory + "/patch.yaml"] = rest;
  }
  CHECK(Brief(CheckTree(files)).empty());
  // The one that does not bring it is told, and only that one.
  files["overlays/stage/kustomization.yaml"] = Overlay();
  const Verdict verdict = CheckTree(files);
  REQUIRE_FALSE(verdict.findings.empty());
  for (const Finding& finding : verdict.findings) {
    CHECK(finding.rule == "schema/required");
    CHECK(finding.through.back() == "overlays/stage/kustomization.yaml");
  }
}

struct RefusedChange {
  const char* what;
  Files files;  // put over Shop()
  Lines found;
};
TEST_CASE("what would reach the cluster broken is refused") {
  const RefusedChange cases[] = {
      {"a patch with an unknown field",
       {{"overlays/prod/patch.yaml", kPatchHead + "spec:\n  foo: 3\n"}},
       {"schema/unknown-field overlays/prod/patch.yaml:6"}},
      {"a patch with a value of another type",
       {{"overlays/prod/patch.yaml", kPatchHead + "spec:\n  replicas: many\n"}},
       {"schema/wrong-type overlays/prod/patch.yaml:6"}},
      {"a patch without a target",
       {{"overlays/prod/patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: other\n"}},
       {"kustomize/patch-target overlays/prod/patch.yaml:1"}},
      {"a namespace that is none",
       {{"overlays/prod/kustomization.yaml", Overlay("namespace: Prod\n" + kPatches)}},
       {"native/namespace overlays/prod/kustomization.yaml:3"}},
      {"a new resource of a base",
       {{"base/kustomization.yaml", "resources:\n- web.yaml\n- more.yaml\n"},
        {"base/more.yaml", Deployment("  replica: 1\n", "more")}},
       {"schema/unknown-field base/more.yaml:6"}},
      {"a new overlay over a base that lacks something",
       {{"base2/kustomization.yaml", "resources:\n- a.yaml\n"},
        {"base2/a.yaml",
         "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  replicas: 1\n"},
        {"overlays/new/kustomization.yaml", "resources:\n- ../../base2\n"}},
       {"schema/required base2/a.yaml:5", "schema/required base2/a.yaml:5"}},
      {"two objects of one name in a build",
       {{"overlays/dev/kustomization.yaml", "resources:\n- ../../base\n- copy.yaml\n"},
        {"overlays/dev/copy.yaml", Deployment("  replicas: 2\n")}},
       {"kustomize/duplicate-object overlays/dev/kustomization.yaml:3"}},
  };
  for (const RefusedChange& refused : cases) {
    CAPTURE(refused.what);
    const Verdict verdict = CheckChange(Shop(), With(Shop(), refused.files));
    CHECK(verdict.outcome == Outcome::kRejected);
    CHECK(Brief(verdict) == refused.found);
  }
}

struct AcceptedChange {
  const char* what;
  Files after;
  Lines judged;
};
TEST_CASE("what reaches the cluster sound is accepted, and only what differs is judged") {
  const AcceptedChange cases[] = {
      {"a patch of one overlay",
       With(Shop(), {{"overlays/prod/patch.yaml", kPatchHead + "spec:\n  replicas: 4\n"}}),
       {"Deployment prod/web"}},
      {"a base: every overlay",
       With(Shop(), {{"base/web.yaml", Deployment("  replicas: 1\n  paused: true\n")}}),
       {"Deployment dev/web", "Deployment prod/web", "Deployment stage/web"}},
      {"a new object in one overlay",
       With(Shop(),
            {{"overlays/dev/kustomization.yaml", "namespace: dev\nresources:\n- ../../base\n- c.yaml\n"},
             {"overlays/dev/c.yaml", ConfigMap("c")}}),
       {"ConfigMap dev/c"}},
      {"an overlay goes", Without(Shop(), "overlays/dev/kustomization.yaml"), {}},
      {"a comment in a kustomization",
       With(Shop(), {{"overlays/dev/kustomization.yaml", "# a word\n" + Overlay("namespace: dev\n")}}),
       {}},
  };
  for (const AcceptedChange& accepted : cases) {
    CAPTURE(accepted.what);
    const Verdict verdict = CheckChange(Shop(), accepted.after);
    CHECK(Brief(verdict).empty());
    CHECK(verdict.outcome == Outcome::kAccepted);
    CHECK(Objects(verdict) == accepted.judged);
  }
}

TEST_CASE("what a change does is counted for each build") {
  const Verdict verdict = CheckChange(
      Shop(),
      With(Shop(), {{"base/web.yaml", Deployment("  replicas: 2\n")},
                    {"overlays/prod/kustomization.yaml",
                     "namespace: prod\nresources:\n- ../../base\n- c.yaml\npatches:\n- path: patch.yaml\n"},
                    {"overlays/prod/c.yaml", ConfigMap("c")}}));
  CHECK(verdict.notes == Lines{"kustomization overlays/dev/: 0 new, 1 changed, 0 gone",
                               "kustomization overlays/prod/: 1 new, 0 changed, 0 gone",
                               "kustomization overlays/stage/: 0 new, 1 changed, 0 gone"});
}

TEST_CASE("what only one overlay breaks is told of that one") {
  const Files before =
      With(Shop(), {{"overlays/prod/patch.yaml", kPatchHead + "spec:\n  strategy:\n    type: Recreate\n"}});
  // The base gets a field that the patch of prod makes impossible to type.
  const Files after = With(before, {{"overlays/prod/patch.yaml",
                                     kPatchHead + "spec:\n  strategy:\n    type: Recreate\n    other: 1\n"},
                                    {"base/web.yaml", Deployment("  replicas: 2\n")}});
  const Verdict verdict = CheckChange(before, after);
  CHECK(Brief(verdict) == Lines{"schema/unknown-field overlays/prod/patch.yaml:8"});
  CHECK(verdict.findings.at(0).object.ns == "prod");
}

TEST_CASE("ratchet counts what a build had before, object by object") {
  const std::string config = "version: 1\nratchet: true\n";
  Files before =
      With(Shop(), {{".sluice/sluice.yaml", config}, {"base/web.yaml", Deployment("  replica: 1\n")}});
  SECTION("the same violation in changed objects") {
    const Verdict verdict =
        CheckChange(before, With(before, {{"base/web.yaml", Deployment("  replica: 1\n  replicas: 2\n")}}));
    CHECK(Brief(verdict).empty());
    CHECK(verdict.summary.older == 3);
  }
  SECTION("in a new environment it is new") {
    const Verdict verdict =
        CheckChange(before, With(before, {{"overlays/new/kustomization.yaml", Overlay("namespace: new\n")}}));
    CHECK(Brief(verdict) == Lines{"schema/unknown-field base/web.yaml:6"});
    CHECK(verdict.findings.at(0).object.ns == "new");
  }
  SECTION("another violation is new") {
    const Verdict verdict =
        CheckChange(before, With(before, {{"base/web.yaml", Deployment("  replica: 1\n  replicaz: 2\n")}}));
    CHECK(Brief(verdict) == Lines{"schema/unknown-field base/web.yaml:7"});
  }
}

TEST_CASE("what could not be built is said, whatever the severity of the reason") {
  const std::string config = "version: 1\nrules: {kustomize/missing-file: off}\n";
  const Files before = With(Shop(), {{".sluice/sluice.yaml", config}});
  const Verdict verdict = CheckChange(
      before,
      With(before, {{"overlays/prod/kustomization.yaml", Overlay("configurations: [absent.yaml]\n")}}));
  CHECK(std::any_of(verdict.skipped.begin(), verdict.skipped.end(), [](const Skipped& skipped) {
    return skipped.file == "overlays/prod/kustomization.yaml" &&
           skipped.reason == "overlays/prod could not be built";
  }));
}

TEST_CASE("a waiver speaks of the object that is built") {
  const std::string waiver =
      "- rule: schema/unknown-field\n  objects: [Deployment/dev/web]\n  owner: sre\n  reason: r\n  expires: "
      "\"2999-01-01\"\n";
  const Files before =
      With(Shop(), {{".sluice/waivers.yaml", waiver}, {".sluice/sluice.yaml", "version: 1\n"}});
  const Verdict verdict =
      CheckChange(before, With(before, {{"base/web.yaml", Deployment("  replica: 1\n")}}));
  CHECK(verdict.summary.waived == 1);
  REQUIRE(Brief(verdict).size() == 1);
  const Lines& through = verdict.findings.at(0).through;
  CHECK(std::count(through.begin(), through.end(), "overlays/dev/kustomization.yaml") == 0);
}

TEST_CASE("a build that was broken before holds up nobody who leaves it alone") {
  const Files before =
      With(Shop(), {{"overlays/old/kustomization.yaml", "resources:\n- ../../base\n- gone.yaml\n"}});
  Verdict verdict = CheckChange(before, With(before, {{"base/web.yaml", Deployment("  replicas: 2\n")}}));
  CHECK(verdict.outcome == Outcome::kAccepted);
  CHECK(verdict.summary.warnings == 1);
  CHECK(Objects(verdict).size() == 3);
  // Who touches it mends it.
  verdict = CheckChange(before, With(before, {{"overlays/old/kustomization.yaml",
                                               "resources:\n- ../../base\n- gone.yaml\nnamePrefix: a-\n"}}));
  CHECK(verdict.outcome == Outcome::kRejected);
  // And who breaks it is told.
  verdict = CheckChange(
      Shop(), With(Shop(), {{"overlays/dev/kustomization.yaml", "resources:\n- ../../base\n- gone.yaml\n"}}));
  CHECK(Brief(verdict) == Lines{"kustomize/missing-file overlays/dev/kustomization.yaml:3"});
}

TEST_CASE("a broken kustomization is refused, whether or not anything was built before") {
  struct Broken {
    std::string body, found;
  };
  const Broken cases[] = {
      {"resources: [x.yaml\n", "yaml/syntax k/kustomization.yaml:2"},
      {"", "kustomize/kustomization k/kustomization.yaml:0"},
      {"# nothing\n", "kustomize/kustomization k/kustomization.yaml:0"},
      {"{}\n", "kustomize/kustomization k/kustomization.yaml:1"},
      {"- x.yaml\n", "kustomize/wrong-type k/kustomization.yaml:1"},
      {ConfigMap("other"), "kustomize/unknown-field k/kustomization.yaml:5"},
  };
  const Files sound = {{"k/kustomization.yaml", "resources: [x.yaml]\n"}, {"k/x.yaml", ConfigMap("x")}};
  for (const Broken& broken : cases) {
    CAPTURE(broken.body);
    const Files after = With(sound, {{"k/kustomization.yaml", broken.body}});
    for (const Files& before : {sound, Files{{"k/x.yaml", ConfigMap("x")}}, Files{}}) {
      const Verdict verdict = CheckChange(before, after);
      CHECK(verdict.outcome == Outcome::kRejected);
      CHECK(Brief(verdict) == Lines{broken.found});
    }
  }
}

TEST_CASE("an object behind a kustomization does not hide what its first document builds") {
  const Files before = {{"k/kustomization.yaml", "resources: [x.yaml]\n"}, {"k/x.yaml", ConfigMap("x")}};
  const Files after = With(
      before, {{"k/kustomization.yaml", "resources: [x.yaml]\nnamespace: Prod\n---\n" + ConfigMap("other")}});
  CHECK(CheckChange(before, after).outcome == Outcome::kRejected);
}

TEST_CASE("what a build had wrong before and says without a place is known again") {
  const std::string flux =
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: all, namespace: "
      "flux-system}\nspec:\n  prune: true\n  path: ./\n  interval: 1h\n"
      "  sourceRef: {kind: GitRepository, name: flux-system}\n";
  const Files before = {{"ks.yaml", flux}, {"a.yaml", ConfigMap("x")}, {"b.yaml", ConfigMap("x")}};
  const Verdict verdict = CheckChange(before, With(before, {{"c.yaml", ConfigMap("c")}}));
  CHECK(Brief(verdict) == Lines{"kustomize/duplicate-object ks.yaml:0"});
  CHECK(verdict.outcome == Outcome::kAccepted);
}

TEST_CASE("a file that becomes a patch is judged in what it makes") {
  const Files before = {{"k/kustomization.yaml", "resources:\n- web.yaml\n- other.yaml\n"},
                        {"k/web.yaml", Deployment("  replicas: 1\n")},
                        {"k/other.yaml", ConfigMap("other")}};
  Files after = {{"k/kustomization.yaml", "resources:\n- all.yaml\npatches:\n- path: web.yaml\n"},
                 {"k/web.yaml", Deployment("  replicas: 1\n")},
                 {"k/all.yaml", Deployment("  replicas: 2\n")}};
  CHECK(Brief(CheckChange(before, after)).empty());
  after["k/web.yaml"] = Deployment("  replica: 1\n");
  CHECK(Brief(CheckChange(before, after)) == Lines{"schema/unknown-field k/web.yaml:6"});
  // Data of a generator is no part of an object: that takes it out of judgement.
  after["k/kustomization.yaml"] =
      "resources:\n- all.yaml\nconfigMapGenerator:\n- name: c\n  files:\n  - web.yaml\n";
  CHECK(Brief(CheckChange(before, after)) == Lines{"policy/not-judged k/web.yaml:1"});
}

TEST_CASE("what nobody builds is judged alone, and said where it cannot be") {
  const Verdict verdict =
      CheckTree({{"parts/kustomization.yaml",
                  "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources:\n- a.yaml\n"},
                 {"parts/a.yaml", Deployment("  replica: 1\n")}});
  CHECK(Brief(verdict) == Lines{"schema/unknown-field parts/a.yaml:6"});
  CHECK(SkippedWhy(verdict, "parts/kustomization.yaml") == "a component that no kustomization here uses");
}

TEST_CASE("kustomizations that take in each other are one root, whose build says so") {
  const Verdict verdict = CheckTree(
      {{"a/kustomization.yaml", "resources:\n- ../b\n"}, {"b/kustomization.yaml", "resources:\n- ../a\n"}});
  CHECK(verdict.outcome == Outcome::kRejected);
  CHECK(verdict.findings.at(0).rule.starts_with("kustomize/"));
}

TEST_CASE("of a Secret that is built no line is shown") {
  const std::string secret =
      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  a: hunter2\n";
  const Files files = {
      {"k/kustomization.yaml", "resources:\n- s.yaml\nnamespace: Prod\npatches:\n- path: p.yaml\n"},
      {"k/s.yaml", secret},
      {"k/p.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  b: [hunter3]\n"}};
  const Verdict verdict = CheckTree(files);
  REQUIRE(verdict.summary.errors > 1);
  for (const Finding& finding : verdict.findings) {
    CHECK(finding.source_line.empty());
    CHECK((finding.message + finding.remedy).find("hunter") == std::string::npos);
  }
  CHECK(FindRuleIn(verdict, "secret/plain") != nullptr);
}

TEST_CASE("settings decide what is built") {
  const auto tree = [](const std::string& roots) {
    return With(Shop(), {{".sluice/sluice.yaml", "version: 1\nroots:\n" + roots},
                         {"overlays/prod/patch.yaml", kPatchHead + "spec:\n  replica: 3\n"}});
  };
  CHECK(Brief(CheckTree(tree("  discover: [kustomize]\n"))).size() == 1);
  CHECK(Brief(CheckTree(tree("  discover: [flux]\n"))).empty());
  CHECK(Brief(CheckTree(tree("  exclude: [overlays/prod/**]\n"))).empty());
  CHECK(Brief(CheckTree(tree("  include: [overlays/prod/**]\n"))).size() == 1);
}

TEST_CASE("settings say which URL is this repository, and how Flux substitutes") {
  const auto tree = [](const std::string& roots, const std::string& more) {
    return Files{
        {".sluice/sluice.yaml", "version: 1\nroots:\n  discover: [flux]\n" + roots},
        {"ks.yaml",
         "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, "
         "namespace: "
         "flux-system}\nspec: {url: 'https://x/y', interval: 1h}\n---\n"
         "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: all, namespace: "
         "flux-system}\nspec:\n  prune: true\n  path: ./apps\n  interval: 1h\n"
         "  sourceRef: {kind: GitRepository, name: flux-system}\n" +
             more},
        {"apps/map.yaml", ConfigMap("x", "${COLOUR}")}};
  };
  const std::string substitute = "  postBuild: {substitute: {OTHER: a}}\n";
  CHECK(Objects(CheckTree(tree("", ""))).size() == 3);
  CHECK(SkippedWhy(CheckTree(tree("  urls: [https://x/other]\n", "")), "ks.yaml") ==
        "Kustomization flux-system/all builds what is elsewhere: GitRepository flux-system/flux-system, "
        "which is "
        "another repository");
  CHECK(SkippedWhy(CheckTree(tree("  urls: [git@x:y.git]\n", "")), "ks.yaml").empty());
  CHECK(Brief(CheckTree(tree("", substitute))).empty());
  CHECK(Brief(CheckTree(tree("  strictSubstitution: true\n", substitute))) ==
        Lines{"kustomize/substitution apps/map.yaml:6"});
}

class BrokenTree : public MemoryTree {
 public:
  using MemoryTree::MemoryTree;
  Result<std::vector<FileEntry>> List(const RepoPath& directory) const override {
    if (directory.text() == "broken") return Failed("the disk is gone");
    return MemoryTree::List(directory);
  }
};

TEST_CASE("a tree that cannot be read for a build is not judged") {
  const Files files = {{"k/kustomization.yaml", "resources: [../broken/gone]\n"}};
  const BrokenTree tree(files);
  const LoadedConfiguration loaded = LoadConfiguration(tree, "test");
  CheckInput input;
  input.after = &tree;
  input.changes = Differences({}, files);
  input.configuration = &loaded.configuration;
  const Verdict verdict = Check(input);
  CHECK(verdict.outcome == Outcome::kUnjudged);
  CHECK(verdict.reason.find("the disk is gone") != std::string::npos);
}

TEST_CASE("a custom resource in a build is judged by the definition in the tree") {
  const std::string crd =
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
      "widgets.shop.example}\n"
      "spec:\n  group: shop.example\n  scope: Namespaced\n  names: {plural: widgets, singular: widget, kind: "
      "Widget, "
      "listKind: WidgetList}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n"
      "      openAPIV3Schema:\n        type: object\n        properties:\n          spec:\n            type: "
      "object\n"
      "            properties:\n              size: {type: integer}\n";
  const Files before = {
      {"crd.yaml", crd},
      {"k/kustomization.yaml", "resources:\n- w.yaml\npatches:\n- path: p.yaml\n"},
      {"k/w.yaml", "apiVersion: shop.example/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 3}\n"},
      {"k/p.yaml", "apiVersion: shop.example/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 4}\n"}};
  CHECK(Brief(CheckTree(before)).empty());
  Files after = before;
  after["k/p.yaml"] = "apiVersion: shop.example/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: big}\n";
  CHECK(Brief(CheckChange(before, after)) == Lines{"schema/wrong-type k/p.yaml:4"});
}

}  // namespace
}  // namespace sluice::gate
