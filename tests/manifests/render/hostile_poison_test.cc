// State that builds could share: one kustomization changes what its own build
// knows of kinds, fields and names, and another of the same session must be built
// as if the first were not there. 1,000 pairs, in both orders and at once.
#include <fmt/core.h>

#include <thread>
#include <vector>

#include "manifests/render/build.h"
#include "schemas/rendering.h"
#include "tests/catch.h"
#include "tests/manifests/render/hostile.h"

namespace sluice::manifests::render {
namespace {

const std::string kWorld =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: "
    "web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - name: a\n"
    "        image: nginx:1\n        ports: [{containerPort: 80}]\n      - name: b\n        image: busybox\n"
    "        envFrom: [{configMapRef: {name: settings}}]\n---\n"
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n---\n"
    "apiVersion: example.com/v1\nkind: Bee\nmetadata: {name: maja}\nspec:\n  configRef: settings\n"
    "  flowers: [{name: rose, colour: red}, {name: lily, colour: white}]\n";

// What each is built with needs the knowledge that a poison would change.
const char* const kVictims[] = {
    "namePrefix: a-\n",
    "nameSuffix: -b\n",
    "namespace: there\n",
    "commonLabels: {team: shop}\n",
    "labels: [{pairs: {team: shop}, includeTemplates: true}]\n",
    "commonAnnotations: {note: here}\n",
    "images: [{name: nginx, newTag: \"2\"}]\n",
    "replicas: [{name: web, count: 5}]\n",
    "configMapGenerator: [{name: settings, behavior: merge, literals: [c=d]}]\n",
    "patches:\n- patch: |\n    {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: "
    "{template: "
    "{spec: {containers: [{name: b, image: patched}]}}}}\n",
    "patches:\n- patch: |\n    {apiVersion: example.com/v1, kind: Bee, metadata: {name: maja}, spec: "
    "{flowers: "
    "[{name: rose, colour: blue}]}}\n",
    "patches:\n- target: {kind: Deployment}\n  patch: |\n    - {op: add, path: /metadata/annotations/x, "
    "value: "
    "y}\n",
    "replacements:\n- source: {kind: ConfigMap, name: settings, fieldPath: data.a}\n  targets:\n  - select: "
    "{kind: Bee}\n    fieldPaths: [spec.configRef]\n",
};

// Other files of a poison stand beside its kustomization.
struct Poison {
  std::string fields;
  Files files;
};

std::vector<Poison> Poisons() {
  const std::string kSchema =
      R"({{"definitions": {{"x": {{"properties": {{"spec": {{"properties": {{"{}": {{"type": "array", "items": {{"type": "object"}}, )"
      R"("x-kubernetes-patch-merge-key": "{}", "x-kubernetes-patch-strategy": "{}"}}}}, "type": "object"}}}}, "type": "object", )"
      R"("x-kubernetes-group-version-kind": [{{"group": "{}", "kind": "{}", "version": "v1"}}]}}}}}})";
  std::vector<Poison> poisons;
  const auto add = [&](std::string fields, Files files = {}) {
    poisons.push_back({std::move(fields), std::move(files)});
  };
  for (const char* key : {"name", "colour", "", "$patch"}) {
    add("openapi: {path: s.json}\n",
        {{"s.json", fmt::format(fmt::runtime(kSchema), "flowers", key, "merge", "example.com", "Bee")}});
    add("openapi: {path: s.json}\n",
        {{"s.json", fmt::format(fmt::runtime(kSchema), "containers", key, "replace", "apps", "Deployment")}});
  }
  add("openapi: {path: s.json}\n", {{"s.json", "{\"definitions\": {}}"}});
  add("openapi: {path: s.json}\n", {{"s.json", "[1, 2"}});
  add("openapi: {version: v1.21.2}\n");
  add("openapi: {version: v0}\n");
  for (const char* config :
       {"nameReference: [{kind: ConfigMap, fieldSpecs: [{kind: Bee, path: spec/configRef}]}]\n",
        "nameReference: [{kind: Bee, fieldSpecs: [{path: metadata/labels/app}]}]\n",
        "namePrefix: [{path: spec/configRef, kind: Bee}]\n", "nameSuffix: [{path: data/a, create: true}]\n",
        "namespace: [{path: data/ns, create: true}]\n", "commonLabels: [{path: data, create: true}]\n",
        "labels: [{path: spec/labels, create: true}]\n",
        "templateLabels: [{path: spec/flowers, kind: Bee}]\n",
        "commonAnnotations: [{path: data, create: true}]\n", "images: [{path: data/a}]\n",
        "replicas: [{path: data/a, create: true}]\n", "varReference: [{path: data/a}]\n",
        "nameReference: 1\n"}) {
    add("configurations: [c.yaml]\nnamePrefix: x-\ncommonLabels: {l: v}\n", {{"c.yaml", config}});
  }
  add("crds: [crd.json]\n",
      {{"crd.json",
        R"({"example.com/Bee": {"Schema": {"properties": {"apiVersion": {}, "kind": {}, "metadata": {}, "spec": {"$ref": "s"}}}}, )"
        R"("s": {"Schema": {"properties": {"configRef": {"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "ConfigMap", "x-kubernetes-object-ref-name-key": "configRef"}}}}})"}});
  for (const char* fields :
       {"namePrefix: x-\n", "namespace: elsewhere\n", "commonLabels: {app: stolen}\n",
        "generatorOptions: {disableNameSuffixHash: true, labels: {a: b}}\nconfigMapGenerator: [{name: "
        "settings, "
        "behavior: replace, literals: [z=z]}]\n",
        "patches: [{target: {}, patch: '[{\"op\": \"remove\", \"path\": \"/metadata/name\"}]'}]\n",
        "patches: [{target: {kind: ConfigMap}, patch: '[{\"op\": \"replace\", \"path\": \"/data\", "
        "\"value\": {}}]'}]\n",
        "patches:\n- target: {}\n  patch: |\n    {apiVersion: v1, kind: Any, metadata: {name: any}, $patch: "
        "delete}\n",
        "images: [{name: .*, newName: stolen}]\n", "replicas: [{name: web, count: 0}]\n",
        "vars: [{name: A, objref: {apiVersion: v1, kind: ConfigMap, name: settings}, fieldref: {fieldPath: "
        "data.a}}]\n",
        "sortOptions: {order: none}\n", "buildMetadata: [originAnnotations, managedByLabel]\n",
        "components: [.]\n", "resources: [../victim, ../poison]\n", "unknown: 1\n"}) {
    add(fields);
  }
  return poisons;
}

std::string Build(Session& session, const char* directory) {
  return Told(BuildKustomization(session, *RepoPath::Parse(directory), {}));
}

// The pairs that one victim makes with all poisons, each of which builds on it.
void Meet(const std::string& victim, const std::vector<Poison>& poisons, std::size_t& pairs) {
  Files files{{"victim/world.yaml", kWorld},
              {"victim/kustomization.yaml", "resources: [world.yaml]\n" + victim}};
  const std::string alone = Told(MemoryTree(files), "victim");
  CHECK(alone.starts_with("object: "));
  for (const Poison& poison : poisons) {
    Files both = files;
    const bool on_its_own = poison.fields.starts_with("resources:");
    both["poison/kustomization.yaml"] = (on_its_own ? "" : "resources: [../victim]\n") + poison.fields;
    for (const auto& [name, text] : poison.files) both["poison/" + name] = text;
    const MemoryTree tree(std::move(both));
    INFO(poison.fields << " on " << victim);
    Session after(tree, Limits(), schemas::RenderingFacts());
    const std::string poisoned = Build(after, "poison");
    CHECK(Build(after, "victim") == alone);
    Session before(tree, Limits(), schemas::RenderingFacts());
    CHECK(Build(before, "victim") == alone);
    CHECK(Build(before, "poison") == poisoned);
    Session shared(tree, Limits(), schemas::RenderingFacts());
    std::string beside;
    std::thread other([&] { beside = Build(shared, "poison"); });
    const std::string during = Build(shared, "victim");
    other.join();
    CHECK(during == alone);
    CHECK(beside == poisoned);
    pairs += 2;
  }
}

}  // namespace

TEST_CASE("no build changes what another of its session gives") {
  const std::vector<Poison> poisons = Poisons();
  std::size_t pairs = 0;
  for (const char* victim : kVictims) Meet(victim, poisons, pairs);
  CHECK(pairs >= 1000);
}

}  // namespace sluice::manifests::render
