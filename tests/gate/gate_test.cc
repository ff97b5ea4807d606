// The pipeline on trees in memory: one behaviour a test.
#include "gate/gate.h"

#include <algorithm>

#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

std::string ConfigMap(const std::string& name, const std::string& more = "") {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\n" + more;
}
std::string Deployment(const std::string& name, const std::string& replicas = "replicas: 1") {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name + "\nspec:\n  " + replicas +
         "\n  selector:\n    matchLabels: {app: x}\n  template:\n    metadata:\n      labels: {app: x}\n"
         "    spec:\n      containers:\n      - name: web\n        image: x\n";
}
const char* kBad = "replica: 3";  // an unknown field

bool Has(const Verdict& verdict, const std::string& line) {
  const std::vector<std::string> lines = Brief(verdict);
  CAPTURE(lines);
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

std::string SkippedWhy(const Verdict& verdict, const std::string& file) {
  for (const Skipped& skipped : verdict.skipped) {
    if (skipped.file == file) return skipped.reason;
  }
  return "";
}

TEST_CASE("a good tree is accepted, with evidence for each object") {
  const Verdict verdict = CheckTree({{"a.yaml", ConfigMap("a")}, {"b.yaml", Deployment("b")}});
  CAPTURE(Brief(verdict));
  CHECK(verdict.outcome == Outcome::kAccepted);
  REQUIRE(verdict.objects.size() == 2);
  CHECK(verdict.objects[0].digest.size() == 64);
  CHECK(verdict.objects[0].evidence.at(0).by == Evidence::By::kOffline);
}

TEST_CASE("a bad field is found at its place, with its line") {
  const Verdict verdict = CheckTree({{"apps/web.yaml", Deployment("web", kBad)}});
  CHECK(verdict.outcome == Outcome::kRejected);
  REQUIRE(Has(verdict, "schema/unknown-field apps/web.yaml:6"));
  CHECK(verdict.findings[0].range.begin.column == 3);
  CHECK(verdict.findings[0].source_line == "  replica: 3");
  CHECK(verdict.findings[0].object.name == "web");
}

TEST_CASE("only what changed is judged") {
  const Verdict verdict =
      CheckChange({{"old.yaml", Deployment("old", kBad)}, {"a.yaml", ConfigMap("a")}},
                  {{"old.yaml", Deployment("old", kBad)}, {"a.yaml", ConfigMap("a", "data: {x: \"1\"}\n")}});
  CHECK(verdict.outcome == Outcome::kAccepted);
  CHECK(verdict.objects.size() == 1);
}

TEST_CASE("with ratchet an older violation of an object is counted, a new one rejects") {
  const std::string config = "version: 1\nratchet: true\n";
  const Files before = {{".sluice/sluice.yaml", config}, {"a.yaml", Deployment("a", kBad)}};
  Files after = before;
  after["a.yaml"] += "\n# touched\n";
  Verdict verdict = CheckChange(before, after);
  CHECK(verdict.outcome == Outcome::kAccepted);
  CHECK(verdict.summary.older == 1);
  after["a.yaml"] = Deployment("a", "replica: 3\n  replicaz: 4");
  verdict = CheckChange(before, after);
  CHECK(verdict.outcome == Outcome::kRejected);
  CHECK(verdict.summary.errors == 1);
}

TEST_CASE("the ratchet follows an object to another file") {
  const Files before = {{".sluice/sluice.yaml", "version: 1\nratchet: true\n"},
                        {"a.yaml", Deployment("a", kBad)}};
  const Files after = {{".sluice/sluice.yaml", "version: 1\nratchet: true\n"},
                       {"b.yaml", Deployment("a", kBad)}};
  CHECK(CheckChange(before, after).outcome == Outcome::kAccepted);
}

TEST_CASE("what is partial is not judged, and said so") {
  const Verdict verdict = CheckTree({
      {"k/kustomization.yaml", "kind: Component\nresources: [web.yaml]\npatches: [{path: patch.yaml}]\n"},
      {"k/web.yaml", Deployment("web")},
      {"k/patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n"},
      {"c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"},
      {"c/templates/d.yaml", "{{- if .Values.x }}\nkind: {{ .Values.kind }}\n{{- end }}\n"},
      {"c/values.yaml", "x: true\n"},
      {"docs/mkdocs.yml", "x: !!python/name:a.b\n"},
  });
  CAPTURE(Brief(verdict));
  CHECK(verdict.outcome == Outcome::kAccepted);
  CHECK(SkippedWhy(verdict, "k/patch.yaml") == "a patch of k/kustomization.yaml");
  CHECK(SkippedWhy(verdict, "c/templates/d.yaml") == "a template of the Helm chart c");
  CHECK(SkippedWhy(verdict, "c/values.yaml") == "no Kubernetes object");
  CHECK_FALSE(SkippedWhy(verdict, "docs/mkdocs.yml").empty());
  CHECK(verdict.objects.size() == 1);
}

TEST_CASE("an unreadable file that speaks of objects rejects") {
  CHECK(CheckTree({{"a.yaml", "apiVersion: v1\nkind: [\n"}}).outcome == Outcome::kRejected);
  CHECK(CheckTree({{"a.yaml", "\"\\x61piVersion\": v1\nkind: [\n"}}).outcome == Outcome::kRejected);
}

TEST_CASE("a Secret in a patch is still a Secret, a key in any file is found") {
  const Verdict verdict = CheckTree({
      {"k/kustomization.yaml", "patches: [{path: patch.yaml}]\n"},
      {"k/patch.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter2}\n"},
      {"id",
       "-----BEGIN OPENSSH PRIVATE "
       "KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz\n"
       "-----END OPENSSH PRIVATE KEY-----\n"},
  });
  CHECK(Has(verdict, "secret/private-key id:1"));
  CHECK(std::any_of(verdict.findings.begin(), verdict.findings.end(), [](const Finding& finding) {
    return finding.rule == "secret/plain" && finding.file == "k/patch.yaml" && finding.source_line.empty();
  }));
}

TEST_CASE("a change cannot take an object out of judgement") {
  const Files before = {{"k/kustomization.yaml", "resources: [web.yaml]\n"},
                        {"k/web.yaml", Deployment("web")}};
  SECTION("by calling it a patch") {
    Files after = before;
    after["k/kustomization.yaml"] = "patches: [{path: web.yaml}]\n";
    CHECK(Has(CheckChange(before, after), "policy/not-judged k/kustomization.yaml:1"));
    after["k/web.yaml"] = Deployment("web", kBad);
    CHECK(Has(CheckChange(before, after), "policy/not-judged k/web.yaml:1"));
  }
  SECTION("by a chart around it") {
    const Files plain = {{"x/templates/web.yaml", Deployment("web") + "# {{ an action }}\n"}};
    Files after = plain;
    after["x/Chart.yaml"] = "apiVersion: v2\nname: x\nversion: 1.0.0\n";
    CHECK(Has(CheckChange(plain, after), "policy/not-judged x/Chart.yaml:1"));
  }
  SECTION("by taking its kind away") {
    Files after = before;
    after["k/web.yaml"] = "metadata: {name: web}\n";
    CHECK(Has(CheckChange(before, after), "policy/not-judged k/web.yaml:1"));
  }
  SECTION("but it may be deleted, or emptied") {
    CHECK(CheckChange(before, {{"k/kustomization.yaml", "resources: []\n"}}).outcome == Outcome::kAccepted);
    CHECK(
        CheckChange(before, {{"k/kustomization.yaml", "resources: [web.yaml]\n"}, {"k/web.yaml", "# gone\n"}})
            .outcome == Outcome::kAccepted);
  }
}

TEST_CASE("an empty sops mapping excuses nothing") {
  const Verdict verdict =
      CheckTree({{"web.yaml", Deployment("web", "replica: 3 # ENC[AES256_GCM,") + "sops: {}\n"}});
  CHECK(Has(verdict, "schema/unknown-field web.yaml:6"));
}

TEST_CASE("the same object twice in one build rejects") {
  const std::string kustomization = "resources: [a.yaml, b.yaml]\n";
  const Verdict verdict = CheckTree({{"kustomization.yaml", kustomization},
                                     {"a.yaml", ConfigMap("x")},
                                     {"b.yaml", ConfigMap("x", "data: {}\n")}});
  CHECK(Has(verdict, "object/duplicate b.yaml:1"));
  CHECK(verdict.summary.errors == 1);
  // A file that did not change counts as well.
  const Files before = {
      {"kustomization.yaml", kustomization}, {"a.yaml", ConfigMap("x")}, {"b.yaml", ConfigMap("y")}};
  Files after = before;
  after["b.yaml"] = ConfigMap("x");
  CHECK(Has(CheckChange(before, after), "object/duplicate b.yaml:1"));
}

TEST_CASE("the same name elsewhere is no duplicate") {
  CHECK(CheckTree({{"a/x.yaml", ConfigMap("x")}, {"b/x.yaml", ConfigMap("x")}}).summary.errors == 0);
  CHECK(CheckTree({{"x.yaml", ConfigMap("x")},
                   {"y.yaml", ConfigMap("x", "").replace(0, 14, "apiVersion: v1")},
                   {".sluice/sluice.yaml", "version: 1\n"}})
            .summary.errors == 0);
}

TEST_CASE("a kustomization that names a missing file rejects, also when the file goes") {
  CHECK(Has(CheckTree({{"k/kustomization.yaml", "resources:\n- a.yaml\n"}}),
            "kustomize/missing-file k/kustomization.yaml:2"));
  const Files before = {{"k/kustomization.yaml", "resources:\n- a.yaml\n"}, {"k/a.yaml", ConfigMap("a")}};
  CHECK(Has(CheckChange(before, {{"k/kustomization.yaml", "resources:\n- a.yaml\n"}}),
            "kustomize/missing-file k/kustomization.yaml:2"));
}

const char* kCrd =
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
    "widgets.shop.example}\n"
    "spec:\n  group: shop.example\n  scope: Namespaced\n  names: {plural: widgets, singular: widget, kind: "
    "Widget, listKind: WidgetList}\n"
    "  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n   "
    "     type: object\n"
    "        properties:\n          spec:\n            type: object\n            properties:\n              "
    "size: {type: integer}\n";
const char* kWidget = "apiVersion: shop.example/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 3}\n";
const char* kBadWidget =
    "apiVersion: shop.example/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: big}\n";

TEST_CASE("a CRD of the tree judges the custom resources of the same push and of later ones") {
  CHECK(CheckTree({{"crd.yaml", kCrd}, {"w.yaml", kWidget}}).summary.unverified == 0);
  CHECK(Has(CheckTree({{"crd.yaml", kCrd}, {"w.yaml", kBadWidget}}), "schema/wrong-type w.yaml:4"));
  CHECK(Has(
      CheckChange({{"crd.yaml", kCrd}, {"w.yaml", kWidget}}, {{"crd.yaml", kCrd}, {"w.yaml", kBadWidget}}),
      "schema/wrong-type w.yaml:4"));
}

TEST_CASE("a changed CRD is held against the objects that did not change") {
  std::string stricter = kCrd;
  stricter.replace(stricter.find("integer"), 7, "string");
  const Verdict verdict =
      CheckChange({{"crd.yaml", kCrd}, {"w.yaml", kWidget}}, {{"crd.yaml", stricter}, {"w.yaml", kWidget}});
  CHECK(Has(verdict, "schema/wrong-type w.yaml:4"));
}

TEST_CASE("a kind that nobody knows is told once and left unverified") {
  const Verdict verdict = CheckTree(
      {{"w.yaml", kWidget}, {"v.yaml", "apiVersion: shop.example/v1\nkind: Widget\nmetadata: {name: v}\n"}});
  CHECK(verdict.outcome == Outcome::kAccepted);
  CHECK(verdict.summary.unverified == 2);
  CHECK(std::count_if(verdict.findings.begin(), verdict.findings.end(),
                      [](const Finding& finding) { return finding.severity == Severity::kNote; }) == 1);
}

TEST_CASE("what Flux replaces may be anything, what nobody replaces may not") {
  const Files tree = {
      {"clusters/x.yaml",
       "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a, namespace: b}\n"
       "spec: {path: ./apps, interval: 1m, prune: true, sourceRef: {kind: GitRepository, name: x},\n"
       "  postBuild: {substitute: {REPLICAS: \"3\"}}}\n"},
      {"apps/web.yaml", Deployment("web", "replicas: ${REPLICAS}")},
  };
  CHECK(CheckTree(tree).outcome == Outcome::kAccepted);
  CHECK(CheckTree({{"apps/web.yaml", Deployment("web", "replicas: ${REPLICAS}")}}).outcome ==
        Outcome::kRejected);
}

TEST_CASE("limits of a push reject by name") {
  const std::string limits = "version: 1\nlimits: {pushFiles: 3}\n";
  const Verdict verdict = CheckTree({{".sluice/sluice.yaml", limits},
                                     {"a.yaml", ConfigMap("a")},
                                     {"b.yaml", ConfigMap("b")},
                                     {"c.yaml", ConfigMap("c")}});
  CHECK(Has(verdict, "git/too-large :0"));
  CHECK(CheckTree(
            {{".sluice/sluice.yaml", "version: 1\nlimits: {pushBytes: 50}\n"}, {"a.yaml", ConfigMap("a")}})
            .outcome == Outcome::kRejected);
  CHECK(CheckTree({{".sluice/sluice.yaml", "version: 1\nlimits: {pushObjects: 1}\n"},
                   {"a.yaml", ConfigMap("a") + "---\n" + ConfigMap("b")}})
            .outcome == Outcome::kRejected);
}

TEST_CASE("past the deadline the verdict is: could not judge") {
  const Files files = {{"a.yaml", ConfigMap("a")}};
  const MemoryTree tree(files);
  const Configuration configuration;
  CheckInput input;
  input.after = &tree;
  input.changes = Differences({}, files);
  input.configuration = &configuration;
  input.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  const Verdict verdict = Check(input);
  CHECK(verdict.outcome == Outcome::kUnjudged);
  CHECK_FALSE(verdict.reason.empty());
}

TEST_CASE("users' own documents are held against their schemas") {
  const Files config = {
      {".sluice/sluice.yaml", "version: 1\ndocuments: {\"**/values.yaml\": schemas/v.json}\n"},
      {".sluice/schemas/v.json", "{\"properties\": {\"size\": {\"type\": \"integer\"}}}"}};
  Files good = config, bad = config;
  good["a/values.yaml"] = "size: 3\n";
  bad["a/values.yaml"] = "\nsize: big\n";
  CHECK(CheckTree(good).outcome == Outcome::kAccepted);
  CHECK(Has(CheckTree(bad), "schema/document a/values.yaml:2"));
}

TEST_CASE("one thread and many give the same verdict") {
  Files files;
  for (int i = 0; i < 100; ++i)
    files["d" + std::to_string(i) + "/x.yaml"] = Deployment("d", i % 3 == 0 ? kBad : "replicas: 1");
  const MemoryTree tree(files);
  const Configuration configuration;
  CheckInput input;
  input.after = &tree;
  input.changes = Differences({}, files);
  input.configuration = &configuration;
  const Verdict one = Check(input);
  input.jobs = 4;
  const Verdict four = Check(input);
  CHECK(Brief(one) == Brief(four));
  CHECK(one.summary.errors == 34);
}

TEST_CASE("objects that are not listed are judged and counted, those not verified stay listed") {
  const Files files = {{"a.yaml", ConfigMap("a")},
                       {"b.yaml", Deployment("b", kBad)},
                       {"c.yaml", "apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: c}\n"}};
  const MemoryTree tree(files);
  const Configuration configuration;
  CheckInput input;
  input.after = &tree;
  input.changes = Differences({}, files);
  input.configuration = &configuration;
  const Verdict all = Check(input);
  input.objects = false;
  const Verdict some = Check(input);
  CHECK(all.objects.size() == 3);
  REQUIRE(some.objects.size() == 1);
  CHECK(some.objects[0].file == "c.yaml");
  CHECK(some.summary.objects == 3);
  CHECK(some.summary.judged == all.summary.judged);
  CHECK(some.summary.unverified == 1);
  CHECK(Brief(some) == Brief(all));
}

TEST_CASE("many custom resources are held against a CRD of the tree, by one thread or many") {
  Files files = {{"crd.yaml",
                  "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
                  "metadata: {name: things.example.org}\nspec:\n  group: example.org\n"
                  "  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}\n"
                  "  scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n    storage: true\n"
                  "    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n"
                  "          spec: {type: object, properties: {size: {type: integer}}}\n"}};
  for (int i = 0; i < 100; ++i) {
    const std::string kind = i % 2 == 0 ? "Thing" : "Other";  // no CRD speaks of the latter
    files["d" + std::to_string(i) + "/x.yaml"] =
        "apiVersion: example.org/v1\nkind: " + kind +
        "\nmetadata: {name: x, namespace: shop}\nspec: {size: big}\n";
  }
  const MemoryTree tree(files);
  const Configuration configuration;
  CheckInput input;
  input.after = &tree;
  input.changes = Differences({}, files);
  input.configuration = &configuration;
  const Verdict one = Check(input);
  input.jobs = 4;
  const Verdict four = Check(input);
  CHECK(Brief(one) == Brief(four));
  CHECK(one.summary.errors == 50);
  CHECK(one.summary.unverified == 50);
}

}  // namespace
}  // namespace sluice::gate
