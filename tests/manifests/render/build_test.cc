// Whole builds: what they read, where their values come from, what they share,
// and what ends them.
#include "manifests/render/build.h"

#include <fmt/core.h>

#include <algorithm>

#include "tests/catch.h"
#include "tests/manifests/render/building.h"

namespace sluice::manifests::render {
namespace {

std::string ConfigMap(std::string_view name, std::string_view rest = "") {
  return fmt::format("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n{}", name, rest);
}

// "file:line:column" of the node at `path` of the only object named so.
std::string PlaceOf(Session& session, const Built& built, std::string_view name,
                    std::initializer_list<const char*> path) {
  for (const BuiltObject& each : built.objects) {
    if (each.object.name != name) continue;
    const Node* node = each.object.root;
    for (const char* key : path) {
      if (node == nullptr) break;
      node = node->kind == NodeKind::kSequence ? &node->children[0] : node->Find(key);
    }
    if (node == nullptr) return "absent";
    const Place place = session.sources().Resolve(node->range);
    if (place.file == nullptr) return "nowhere";
    return fmt::format("{}:{}:{}", place.file->path.text(), place.range.begin.line, place.range.begin.column);
  }
  return "no object";
}

const Tree kShop = {
    {"base/kustomization.yaml", "resources:\n- web.yaml\n- config.yaml\n"},
    {"base/web.yaml",
     "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n  template:\n    "
     "spec:\n"
     "      containers:\n      - name: web\n        image: shop/web:1.0\n        envFrom:\n        - "
     "configMapRef:\n"
     "            name: config\n"},
    {"base/config.yaml", ConfigMap("config", "data:\n  colour: red\n")},
    {"prod/kustomization.yaml",
     "namespace: prod\nnamePrefix: p-\nresources:\n- ../base\nlabels:\n- pairs:\n    env: prod\nimages:\n"
     "- name: shop/web\n  newTag: \"2.0\"\nreplicas:\n- name: web\n  count: 3\npatches:\n- target:\n    "
     "kind: ConfigMap\n"
     "  patch: |\n    - op: replace\n      path: /data/colour\n      value: blue\n"},
};

TEST_CASE("every value knows who wrote it") {
  const MemoryTree tree(kShop);
  Session session(tree, Limits(), KindFacts{});
  const Built built = BuildKustomization(session, *RepoPath::Parse("prod"), {});
  REQUIRE(Said(built).find("findings") == std::string::npos);
  REQUIRE(built.objects.size() == 2);
  CHECK(PlaceOf(session, built, "p-web", {"kind"}) == "base/web.yaml:2:7");
  CHECK(PlaceOf(session, built, "p-web", {"metadata", "name"}) == "prod/kustomization.yaml:2:13");
  CHECK(PlaceOf(session, built, "p-web", {"metadata", "namespace"}) == "prod/kustomization.yaml:1:12");
  CHECK(PlaceOf(session, built, "p-web", {"metadata", "labels", "env"}) == "prod/kustomization.yaml:7:10");
  CHECK(PlaceOf(session, built, "p-web", {"spec", "replicas"}) == "prod/kustomization.yaml:13:10");
  CHECK(PlaceOf(session, built, "p-web", {"spec", "template", "spec", "containers", "", "image"}) ==
        "prod/kustomization.yaml:10:11");
  CHECK(PlaceOf(session, built, "p-web", {"spec", "template", "spec", "containers", "", "name"}) ==
        "base/web.yaml:10:15");
  CHECK(PlaceOf(session, built, "p-config", {"data", "colour"}) == "prod/kustomization.yaml:20:14");
}

TEST_CASE("objects tell the way that they came, builds what they looked at") {
  const MemoryTree tree(kShop);
  Session session(tree, Limits(), KindFacts{});
  const Built built = BuildKustomization(session, *RepoPath::Parse("prod"), {});
  REQUIRE(built.objects.size() == 2);
  CHECK(built.objects[0].through ==
        std::vector<std::string>{"base/kustomization.yaml", "prod/kustomization.yaml"});
  CHECK(built.objects[0].object.file == "base/web.yaml");
  CHECK(std::ranges::is_sorted(built.read));
  for (const char* path : {"base/web.yaml", "base/config.yaml", "base/kustomization.yaml",
                           "prod/kustomization.yaml", "prod/kustomization.yml", "base/Kustomization"}) {
    CAPTURE(path);
    CHECK(std::ranges::find(built.read, path) != built.read.end());
  }
}

TEST_CASE("a fault in a base is found there, through each overlay") {
  Tree files = kShop;
  files["base/web.yaml"] = "apiVersion: apps/v1\nkind: Deployment\n";
  const MemoryTree tree(files);
  Session session(tree, Limits(), KindFacts{});
  for (int i = 0; i < 2; ++i) {  // the second time the base is known
    const Built built = BuildKustomization(session, *RepoPath::Parse("prod"), {});
    REQUIRE(built.findings.size() == 1);
    CHECK(built.findings[0].rule == "kustomize/resource");
    CHECK(built.findings[0].file == "base/web.yaml");
    CHECK(built.findings[0].range.begin.line == 1);
    CHECK(built.findings[0].through ==
          std::vector<std::string>{"base/kustomization.yaml", "prod/kustomization.yaml"});
    CHECK(built.objects.empty());
  }
}

// The first finding as "rule file:line".
std::string Refusal(const Tree& files, std::string_view directory, const Limits& limits = Limits()) {
  const MemoryTree tree(files);
  Session session(tree, limits, KindFacts{});
  const Built built = BuildKustomization(session, *RepoPath::Parse(directory), {});
  if (built.findings.empty()) return {};
  const Finding& first = built.findings[0];
  return fmt::format("{} {}:{}", first.rule, first.file, first.range.begin.line);
}

TEST_CASE("what kustomize refuses is refused where it stands") {
  const struct {
    const char* what;
    Tree files;  // "k/kustomization.yaml" is built
    const char* refusal;
  } cases[] = {
      {"nothing there", {{"x.yaml", ""}}, "kustomize/missing-file k:0"},
      {"empty", {{"k/kustomization.yaml", "# nothing\n"}}, "kustomize/kustomization k/kustomization.yaml:0"},
      {"empty strings",
       {{"k/kustomization.yaml", "namePrefix: \"\"\n"}},
       "kustomize/kustomization k/kustomization.yaml:1"},
      {"only a kind",
       {{"k/kustomization.yaml", "kind: Kustomization\n"}},
       "kustomize/kustomization k/kustomization.yaml:1"},
      {"a list", {{"k/kustomization.yaml", "- a\n"}}, "kustomize/kustomization k/kustomization.yaml:1"},
      {"two kustomizations",
       {{"k/kustomization.yaml", "namePrefix: a\n"}, {"k/kustomization.yml", "namePrefix: a\n"}},
       "kustomize/kustomization k/kustomization.yml:0"},
      {"another kind",
       {{"k/kustomization.yaml", "kind: Pod\nnamePrefix: a\n"}},
       "kustomize/kustomization k/kustomization.yaml:1"},
      {"another version",
       {{"k/kustomization.yaml", "namePrefix: a\napiVersion: kustomize.config.k8s.io/v1\n"}},
       "kustomize/kustomization k/kustomization.yaml:2"},
      {"no YAML", {{"k/kustomization.yaml", "a: b: c\n"}}, "yaml/syntax k/kustomization.yaml:1"},
      {"an unknown field",
       {{"k/kustomization.yaml", "namePrefix: a\nresource: []\n"}},
       "kustomize/unknown-field k/kustomization.yaml:2"},
      {"an unknown field inside",
       {{"k/kustomization.yaml", "patches:\n- target: {kid: Pod}\n  patch: x\n"}},
       "kustomize/unknown-field k/kustomization.yaml:2"},
      {"a number as tag",
       {{"k/kustomization.yaml", "images:\n- name: web\n  newTag: 1.0\n"}},
       "kustomize/wrong-type k/kustomization.yaml:3"},
      {"a number as label",
       {{"k/kustomization.yaml", "commonLabels:\n  a: 1\n"}},
       "kustomize/wrong-type k/kustomization.yaml:2"},
      {"null as resource",
       {{"k/kustomization.yaml", "resources:\n-\n"}},
       "kustomize/wrong-type k/kustomization.yaml:2"},
      {"an absent file",
       {{"k/kustomization.yaml", "resources:\n- a.yaml\n"}},
       "kustomize/missing-file k/kustomization.yaml:2"},
      {"an empty path",
       {{"k/kustomization.yaml", "resources:\n- ''\n"}},
       "kustomize/missing-file k/kustomization.yaml:2"},
      {"a directory without kustomization",
       {{"k/kustomization.yaml", "resources:\n- ../b\n"}, {"b/a.yaml", "a: b\n"}},
       "kustomize/missing-file k/kustomization.yaml:2"},
      {"a file above",
       {{"k/kustomization.yaml", "resources:\n- ../a.yaml\n"}, {"a.yaml", ConfigMap("a")}},
       "kustomize/load-restriction k/kustomization.yaml:2"},
      {"a patch above",
       {{"k/kustomization.yaml", "resources:\n- a.yaml\npatches:\n- path: ../a.yaml\n"},
        {"k/a.yaml", ConfigMap("a")},
        {"a.yaml", ConfigMap("a")}},
       "kustomize/load-restriction k/kustomization.yaml:4"},
      {"out of the repository",
       {{"k/kustomization.yaml", "resources:\n- ../../a.yaml\n"}},
       "kustomize/outside-repository k/kustomization.yaml:2"},
      {"an absolute path",
       {{"k/kustomization.yaml", "resources:\n- /etc/passwd\n"}},
       "kustomize/outside-repository k/kustomization.yaml:2"},
      {"a file URL",
       {{"k/kustomization.yaml", "resources:\n- file:///etc/passwd\n"}},
       "kustomize/outside-repository k/kustomization.yaml:2"},
      {"itself", {{"k/kustomization.yaml", "resources:\n- .\n"}}, "kustomize/cycle k/kustomization.yaml:2"},
      {"its parent",
       {{"k/kustomization.yaml", "resources:\n- ..\n"}, {"kustomization.yaml", "namePrefix: a\n"}},
       "kustomize/cycle k/kustomization.yaml:2"},
      {"a ring",
       {{"k/kustomization.yaml", "resources:\n- ../b\n"}, {"b/kustomization.yaml", "resources:\n- ../k\n"}},
       "kustomize/cycle b/kustomization.yaml:2"},
      {"a component as resource",
       {{"k/kustomization.yaml", "resources:\n- ../b\n"},
        {"b/kustomization.yaml",
         "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nnamePrefix: a\n"}},
       "kustomize/kustomization k/kustomization.yaml:2"},
      {"a kustomization as component",
       {{"k/kustomization.yaml", "components:\n- ../b\n"}, {"b/kustomization.yaml", "namePrefix: a\n"}},
       "kustomize/kustomization k/kustomization.yaml:2"},
      {"components in a ring",
       {{"k/kustomization.yaml", "components:\n- ../b\n"},
        {"b/kustomization.yaml",
         "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\ncomponents:\n- ../b\n"}},
       "kustomize/cycle b/kustomization.yaml:4"},
      {"no name",
       {{"k/kustomization.yaml", "resources:\n- a.yaml\n"}, {"k/a.yaml", "kind: Pod\n"}},
       "kustomize/resource k/a.yaml:1"},
      {"no kind",
       {{"k/kustomization.yaml", "resources:\n- a.yaml\n"}, {"k/a.yaml", "metadata: {name: a}\n"}},
       "kustomize/resource k/a.yaml:1"},
      {"no mapping",
       {{"k/kustomization.yaml", "resources:\n- a.yaml\n"}, {"k/a.yaml", "text\n"}},
       "kustomize/resource k/a.yaml:1"},
      {"an unknown order",
       {{"k/kustomization.yaml", "sortOptions: {order: random}\n"}},
       "kustomize/kustomization k/kustomization.yaml:1"},
      {"an order without name",
       {{"k/kustomization.yaml", "sortOptions: {}\n"}},
       "kustomize/kustomization k/kustomization.yaml:1"},
      {"kinds to sort by where nothing is sorted",
       {{"k/kustomization.yaml", "sortOptions: {order: fifo, legacySortOptions: {orderFirst: [Pod]}}\n"}},
       "kustomize/kustomization k/kustomization.yaml:1"},
      {"twice",
       {{"k/kustomization.yaml", "resources:\n- a.yaml\n- b.yaml\n"},
        {"k/a.yaml", ConfigMap("a")},
        {"k/b.yaml", ConfigMap("a")}},
       "kustomize/duplicate-object k/kustomization.yaml:3"},
      {"twice in namespaces that become one",
       {{"k/kustomization.yaml", "namespace: x\nresources:\n- a.yaml\n- b.yaml\n"},
        {"k/a.yaml", ConfigMap("a", "  namespace: one\n")},
        {"k/b.yaml", ConfigMap("a", "  namespace: two\n")}},
       "kustomize/duplicate-object k/kustomization.yaml:1"},
      {"a patch for nobody",
       {{"k/kustomization.yaml", "resources:\n- a.yaml\npatches:\n- path: b.yaml\n"},
        {"k/a.yaml", ConfigMap("a")},
        {"k/b.yaml", ConfigMap("b")}},
       "kustomize/patch-target k/b.yaml:1"},
      {"a JSON patch without target",
       {{"k/kustomization.yaml",
         "patches:\n- patch: '[{\"op\": \"add\", \"path\": \"/a\", \"value\": 1}]'\n"}},
       "kustomize/patch k/kustomization.yaml:2"},
      {"patch and path",
       {{"k/kustomization.yaml", "patches:\n- patch: 'a'\n  path: b\n"}},
       "kustomize/patch k/kustomization.yaml:2"},
      {"neither patch nor path",
       {{"k/kustomization.yaml", "patches:\n- target: {kind: Pod}\n"}},
       "kustomize/patch k/kustomization.yaml:2"},
      {"a selector that is no expression",
       {{"k/kustomization.yaml",
         "patches:\n- target: {kind: '('}\n  patch: '[{\"op\": \"add\", \"path\": \"/a\", \"value\": "
         "1}]'\n"}},
       "kustomize/kustomization k/kustomization.yaml:2"},
      {"replicas of nobody",
       {{"k/kustomization.yaml", "replicas:\n- name: web\n  count: 2\n"}},
       "kustomize/patch-target k/kustomization.yaml:2"},
      {"a var of nobody",
       {{"k/kustomization.yaml", "vars:\n- name: A\n  objref: {kind: Pod, name: web}\n"}},
       "kustomize/var k/kustomization.yaml:2"},
      {"a replacement of nobody",
       {{"k/kustomization.yaml",
         "replacements:\n- source: {kind: Pod}\n  targets:\n  - select: {kind: Pod}\n"}},
       "kustomize/replacement k/kustomization.yaml:2"},
      {"a replacement without targets",
       {{"k/kustomization.yaml", "replacements:\n- source: {kind: Pod}\n"}},
       "kustomize/replacement k/kustomization.yaml:2"},
      {"several objects of JSON in one file",
       {{"k/kustomization.yaml", "resources: [two.json]\n"},
        {"k/two.json",
         "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}}\n"
         "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"b\"}}\n"}},
       "kustomize/resource k/two.json:2"},
      {"a configuration with an unknown field",
       {{"k/kustomization.yaml", "configurations:\n- c.yaml\n"}, {"k/c.yaml", "nameReferences: []\n"}},
       "kustomize/unknown-field k/c.yaml:1"},
      {"configurations that contradict",
       {{"k/kustomization.yaml", "configurations:\n- c.yaml\n"},
        {"k/c.yaml", "namePrefix: [{path: metadata/name, create: true}]\n"}},
       "kustomize/kustomization k/kustomization.yaml:2"},
      {"labels that are not a mapping",
       {{"k/kustomization.yaml", "commonLabels: {a: b}\nresources:\n- a.yaml\n"},
        {"k/a.yaml", ConfigMap("a", "  labels: [a]\n")}},
       "kustomize/field k/a.yaml:5"},
      {"a path through plain text",
       {{"k/kustomization.yaml", "commonLabels: {a: b}\nresources:\n- a.yaml\n"},
        {"k/a.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec: none\n"}},
       "kustomize/field k/a.yaml:5"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.what);
    CHECK(Refusal(each.files, "k") == each.refusal);
  }
}

TEST_CASE("what is not built is named, and what may be in it is not missed") {
  const MemoryTree tree(Tree{
      {"k/kustomization.yaml",
       "resources:\n- https://github.com/shop/base?ref=v1\n- a.yaml\nhelmCharts:\n- name: db\n"
       "patches:\n- path: p.yaml\nreplicas:\n- name: web\n  count: 2\n"},
      {"k/a.yaml", ConfigMap("a")},
      {"k/p.yaml", ConfigMap("b")},
  });
  Session session(tree, Limits(), KindFacts{});
  const Built built = BuildKustomization(session, *RepoPath::Parse("k"), {});
  CHECK(built.findings.empty());
  CHECK(built.objects.size() == 1);
  std::vector<std::uint32_t> lines;
  for (const NotBuilt& part : built.not_built) lines.push_back(part.place.begin.line);
  CHECK(lines == std::vector<std::uint32_t>{5, 2, 1, 9});
}

TEST_CASE("a file whose path looks like an address is read, one with a scheme is not") {
  const MemoryTree tree(Tree{
      {"k/kustomization.yaml",
       "resources:\n- github.com/shop/a.yaml\n- github.com/shop/absent.yaml\n- https://x/b.yaml\n"
       "- github.com/shop\npatches:\n- path: github.com/shop/p.yaml\n"},
      {"k/github.com/shop/a.yaml", ConfigMap("a")},
      {"k/github.com/shop/p.yaml", ConfigMap("a") + "data: {k: v}\n"},
      {"k/https:/x/b.yaml", ConfigMap("b")},
      {"k/github.com/shop/kustomization.yaml", "resources: [a.yaml]\n"},
  });
  Session session(tree, Limits(), KindFacts{});
  const Built built = BuildKustomization(session, *RepoPath::Parse("k"), {});
  CHECK(built.findings.empty());
  REQUIRE(built.objects.size() == 1);
  CHECK(built.objects[0].object.root->Find("data") != nullptr);
  std::vector<std::uint32_t> lines;
  for (const NotBuilt& part : built.not_built) lines.push_back(part.place.begin.line);
  CHECK(lines == std::vector<std::uint32_t>{3, 4, 5});
}

TEST_CASE("programs and remote parts are never built") {
  const char* const cases[] = {
      "resources:\n- git@github.com:shop/base\n",
      "resources:\n- github.com/shop/base\n",
      "resources:\n- https://shop.example/web.yaml\n",
      "components:\n- ssh://git@shop.example/base\n",
      "bases:\n- git::https://shop.example/base\n",
      "helmCharts:\n- name: db\n  repo: https://shop.example\n",
      "helmChartInflationGenerator:\n- chartName: db\n",
      "validators:\n- |-\n  apiVersion: v1\n  kind: Check\n  metadata:\n    name: a\n",
      "transformers:\n- |-\n  apiVersion: v1\n  kind: Sed\n  metadata:\n    name: a\n    annotations:\n      "
      "config.kubernetes.io/function: |\n        exec: {path: ./x}\n",
      "generators:\n- |-\n  apiVersion: v1\n  kind: Draw\n  metadata:\n    name: a\n    annotations:\n      "
      "config.kubernetes.io/function: |\n        container: {image: x}\n",
      "transformers:\n- |-\n  apiVersion: builtin\n  kind: ValueAddTransformer\n  metadata:\n    name: a\n",
      "generators:\n- |-\n  apiVersion: builtin\n  kind: HelmChartInflationGenerator\n  metadata:\n    name: "
      "a\n",
  };
  for (const char* each : cases) {
    CAPTURE(each);
    const MemoryTree tree(Tree{{"kustomization.yaml", each}, {"x", "#!/bin/sh\n"}});
    Session session(tree, Limits(), KindFacts{});
    const Built built = BuildKustomization(session, RepoPath(), {});
    CHECK(built.findings.empty());
    CHECK(built.objects.empty());
    CHECK(built.not_built.size() == 1);
  }
}

TEST_CASE("builds are bounded, and the limit is named") {
  Tree tower;
  for (int i = 0; i < 70; ++i) {
    tower[fmt::format("d{}/kustomization.yaml", i)] = fmt::format("resources:\n- ../d{}\n", i + 1);
  }
  tower["d70/kustomization.yaml"] = "resources:\n- a.yaml\n";
  tower["d70/a.yaml"] = ConfigMap("a");
  CHECK(Refusal(tower, "d10").empty());
  CHECK(Refusal(tower, "d0").starts_with("kustomize/limit"));

  Limits few;
  few.push_objects = 3;
  const Tree many = {{"kustomization.yaml", "resources:\n- a.yaml\n- b.yaml\n"},
                     {"a.yaml", ConfigMap("a") + "---\n" + ConfigMap("b")},
                     {"b.yaml", ConfigMap("c") + "---\n" + ConfigMap("d")}};
  CHECK(Refusal(many, "").empty());
  CHECK(Refusal(many, "", few) == "kustomize/limit kustomization.yaml:3");

  // Each component applies the next one twice: 2^12 in all.
  Tree doubling;
  for (int i = 0; i < 12; ++i) {
    doubling[fmt::format("c{}/kustomization.yaml", i)] = fmt::format(
        "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\ncomponents:\n- ../c{0}\n- ../c{0}\n",
        i + 1);
  }
  doubling["c12/kustomization.yaml"] =
      "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nnameSuffix: a\n";
  doubling["k/kustomization.yaml"] = "components:\n- ../c0\n";
  CHECK(Refusal(doubling, "k").starts_with("kustomize/limit"));

  // Each replacement doubles the object.
  std::string bomb = "resources:\n- a.yaml\nreplacements:\n";
  for (int i = 0; i < 40; ++i) {
    bomb += fmt::format(
        "- source: {{kind: ConfigMap, fieldPath: data}}\n  targets:\n  - select: {{kind: ConfigMap}}\n"
        "    fieldPaths: [data.k{}]\n    options: {{create: true}}\n",
        i);
  }
  CHECK(Refusal({{"kustomization.yaml", bomb}, {"a.yaml", ConfigMap("a", "data: {a: b}\n")}}, "")
            .starts_with("kustomize/limit"));
}

TEST_CASE("no small file makes a large object, a deep one or much work") {
  const std::string a_text = ConfigMap("a", "data: {x: y}\n");
  const std::string long_path = [] {
    std::string path = "a";
    for (int i = 0; i < 5'000; ++i) path += "/a";
    return path;
  }();
  std::string dots = long_path;
  std::ranges::replace(dots, '/', '.');
  std::string references;
  for (int i = 0; i < 2'000; ++i) references += "$(A)";
  std::string deeper = "resources:\n- a.yaml\npatches:\n";
  std::string at = "/data/x";
  for (int i = 0; i < 60; ++i) {
    deeper += fmt::format(
        "- target: {{kind: ConfigMap}}\n  patch: |\n    - {{op: add, path: {}, value: {{k: {{k: {{k: "
        "v}}}}}}}}\n",
        at);
    at += "/k/k/k";
  }
  std::string many = "resources:\n- a.yaml\nimages:\n";
  for (int i = 0; i < 4'000; ++i) many += "- {name: x, newTag: \"1\"}\n";
  std::string wide;
  for (int i = 0; i < 60; ++i) {
    wide += fmt::format("---\n{}", ConfigMap(fmt::format("m{}", i), "data:\n"));
    for (int j = 0; j < 2'000; ++j) wide += fmt::format("  k{}: v\n", j);
  }
  const struct {
    const char* what;
    Tree files;
    std::string_view rule = "kustomize/limit";
  } cases[] = {
      {"a deep path of labels",
       {{"k/kustomization.yaml", "resources: [a.yaml]\nlabels:\n- pairs: {a: b}\n  fields: [{path: " +
                                     long_path + ", create: true}]\n"},
        {"k/a.yaml", a_text}}},
      {"a deep path of a replacement",
       {{"k/kustomization.yaml",
         "resources: [a.yaml]\nreplacements:\n- sourceValue: x\n  targets:\n  - select: {kind: ConfigMap}\n"
         "    fieldPaths: [" +
             dots + "]\n    options: {create: true}\n"},
        {"k/a.yaml", a_text}}},
      {"patches that go deeper and deeper",
       {{"k/kustomization.yaml", deeper}, {"k/a.yaml", a_text}},
       "kustomize/patch"},
      {"vars that repeat a long text",
       {{"k/kustomization.yaml",
         "resources: [a.yaml]\nvars:\n- name: A\n  objref: {apiVersion: v1, kind: ConfigMap, name: a}\n"
         "  fieldref: {fieldPath: data.x}\n"},
        {"k/a.yaml", ConfigMap("a", "  annotations: {r: \"" + references +
                                        "\"}\ndata: {x: " + std::string(4'000, 'x') + "}\n")}},
       "kustomize/field"},
      {"many images over many nodes", {{"k/kustomization.yaml", many}, {"k/a.yaml", wide}}},
  };
  for (const auto& each : cases) {
    CAPTURE(each.what);
    CHECK(Refusal(each.files, "k").starts_with(each.rule));
  }
}

TEST_CASE("a base is read and gathered once for all its overlays") {
  Tree files = {{"base/kustomization.yaml", "resources:\n- a.yaml\n"},
                {"base/a.yaml", ConfigMap("a", "data: {a: b}\n")}};
  for (int i = 0; i < 20; ++i)
    files[fmt::format("o{}/kustomization.yaml", i)] =
        fmt::format("namePrefix: o{}-\nresources:\n- ../base\n", i);
  const MemoryTree tree(files);
  Session session(tree, Limits(), KindFacts{});
  const Node* data = nullptr;
  for (int i = 0; i < 20; ++i) {
    const Built built = BuildKustomization(session, *RepoPath::Parse(fmt::format("o{}", i)), {});
    REQUIRE(built.objects.size() == 1);
    CHECK(built.objects[0].object.name == fmt::format("o{}-a", i));
    const Node* children = built.objects[0].object.root->Find("data")->children.data();
    CHECK((data == nullptr || data == children));
    data = children;
  }
}

TEST_CASE("whoever builds for Flux may read from anywhere and add fields") {
  const MemoryTree tree(
      Tree{{"apps/kustomization.yaml",
            "namespace: a\nresources:\n- ../web.yaml\nimages:\n- {name: x, newTag: \"1\"}\n"},
           {"web.yaml", ConfigMap("web")},
           {"plain/a.yaml", ConfigMap("a")},
           {"plain.yaml", "namespace: b\nresources: [a.yaml]\n"},
           {"amend.yaml", "namespace: b\nnamePrefix: p-\nimages:\n- {name: x, newTag: \"2\"}\n"}});
  Session session(tree, Limits(), KindFacts{});
  const auto amend = *session.sources().Read(*RepoPath::Parse("amend.yaml"));
  const Amendment amendment{.fields = amend->parsed.documents[0].root, .anywhere = true};
  CHECK(Said(BuildKustomization(session, *RepoPath::Parse("apps"), amendment)) ==
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"p-web","namespace":"b"}})"
        "\n");
  // Without a kustomization there, the fields are all that there is.
  const auto fields = *session.sources().Read(*RepoPath::Parse("plain.yaml"));
  const Amendment listed{.fields = fields->parsed.documents[0].root, .anywhere = true};
  CHECK(Said(BuildKustomization(session, *RepoPath::Parse("plain"), listed)) ==
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"b"}})"
        "\n");
  CHECK(
      Said(BuildKustomization(session, *RepoPath::Parse("plain"), {})).starts_with("kustomize/missing-file"));
}

TEST_CASE("what bases say is said once, however many ways lead to them") {
  const MemoryTree tree(Tree{{"app/kustomization.yaml", "resources: [../l, ../r]\n"},
                             {"l/kustomization.yaml", "resources: [../base]\n"},
                             {"r/kustomization.yaml", "resources: [../base]\n"},
                             {"base/kustomization.yaml", "helmCharts: [{name: x}]\n"}});
  Session session(tree, Limits(), KindFacts{});
  const Built built = BuildKustomization(session, *RepoPath::Parse("app"), {});
  CHECK(built.findings.empty());
  REQUIRE(built.not_built.size() == 1);
  CHECK(built.not_built[0].file == "base/kustomization.yaml");
  for (const char* path : {"app/kustomization.yaml", "l/kustomization.yaml", "base/kustomization.yaml"})
    CHECK(std::ranges::count(built.read, path) == 1);
}

TEST_CASE("what a base that failed has read is known") {
  const MemoryTree tree(Tree{{"app/kustomization.yaml", "resources: [../base]\n"},
                             {"base/kustomization.yaml", "resources: [none.yaml]\n"}});
  Session session(tree, Limits(), KindFacts{});
  const Built built = BuildKustomization(session, *RepoPath::Parse("app"), {});
  REQUIRE(built.findings.size() == 1);
  CHECK(built.findings[0].through == std::vector<std::string>{"app/kustomization.yaml"});
  CHECK(std::ranges::count(built.read, "base/none.yaml") == 1);
}

// 2,000 kustomizations, below one.
Tree Wide() {
  Tree files;
  std::string& app = files["app/kustomization.yaml"] = "resources:\n";
  for (int i = 0; i < 2000; ++i) {
    app += fmt::format("- ../b{}\n", i);
    files[fmt::format("b{}/kustomization.yaml", i)] = "namePrefix: x\n";
  }
  return files;
}

TEST_CASE("a build ends when it is late") {
  const MemoryTree tree(Wide());
  Session session(tree, Limits(), KindFacts{});
  bool late = true;
  session.EndWhen([&] { return late; });
  const Built ended = BuildKustomization(session, *RepoPath::Parse("app"), {});
  REQUIRE(ended.findings.size() == 1);
  CHECK(ended.findings[0].message == "the time for this verdict ran out while this was built");
  late = false;  // nothing of it was kept
  CHECK(BuildKustomization(session, *RepoPath::Parse("app"), {}).findings.empty());
}

}  // namespace
}  // namespace sluice::manifests::render
