// Bombs: small trees whose build would take for ever or all memory. Each ends
// with the verdict in the table, in a child that the kernel ends after ten
// seconds of processor time or at one gigabyte.
#include <fmt/core.h>

#include <atomic>
#include <functional>
#include <vector>

#include "tests/catch.h"
#include "tests/manifests/render/hostile.h"

namespace sluice::manifests::render {
namespace {

constexpr Bounds kBounds = {.cpu_seconds = 10, .memory_bytes = 1u << 30};

std::string Repeat(std::size_t count, const std::function<std::string(std::size_t)>& part) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part(i);
  return text;
}

std::string ConfigMap(std::size_t number) {
  return fmt::format("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{}}}\ndata: {{a: b}}\n---\n",
                     number);
}

std::string Pod(std::size_t number) {
  return fmt::format(
      "apiVersion: v1\nkind: Pod\nmetadata: {{name: p{0}, labels: {{app: p{0}}}}}\nspec:\n  containers:\n  - "
      "name: "
      "c\n    image: nginx\n    envFrom:\n    - configMapRef: {{name: c{0}}}\n---\n",
      number);
}

std::string Deployment(std::size_t number) {
  return fmt::format(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d{0}}}\nspec:\n  template:\n    spec:\n      "
      "containers:\n      - name: c\n        image: nginx\n---\n",
      number);
}

const std::string kOne = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: xxxxxxxx}\n";

// A file in app/ beside kustomization.yaml.
Files App(std::string fields, Files others = {}) {
  others["app/kustomization.yaml"] = std::move(fields);
  others.try_emplace("app/one.yaml", kOne);
  return others;
}

std::string AliasBomb(const std::string& head, std::size_t levels) {
  std::string text = head + "  a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (std::size_t i = 1; i < levels; ++i)
    text += fmt::format("  a{0}: &a{0} [*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1}]\n", i,
                        i - 1);
  return text;
}

const std::string kMapHead = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata:\n";

// Directories d0 … dN, each made of the next.
Files Tower(std::size_t height, const std::function<std::string(std::size_t)>& fields) {
  Files files = App("resources: [../d0]\n");
  for (std::size_t i = 0; i < height; ++i) files[fmt::format("d{}/kustomization.yaml", i)] = fields(i);
  files[fmt::format("d{}/kustomization.yaml", height)] = "resources: [one.yaml]\n";
  files[fmt::format("d{}/one.yaml", height)] = kOne;
  return files;
}

// Two directories a level, each of both of the next level.
Files Diamonds(std::size_t height) {
  Files files = App("resources: [../l0, ../r0]\n");
  for (std::size_t i = 0; i < height; ++i) {
    for (const char* side : {"l", "r"})
      files[fmt::format("{}{}/kustomization.yaml", side, i)] =
          fmt::format("namePrefix: {0}-\nresources: [../l{1}, ../r{1}]\n", side, i + 1);
  }
  for (const char* side : {"l", "r"}) {
    files[fmt::format("{}{}/kustomization.yaml", side, height)] =
        fmt::format("namePrefix: {}\nresources: [one.yaml]\n", side);
    files[fmt::format("{}{}/one.yaml", side, height)] = kOne;
  }
  return files;
}

// The same of kustomizations without objects; the last ones leave a chart out.
Files EmptyDiamonds(std::size_t height, Files files) {
  for (std::size_t i = 0; i <= height; ++i) {
    for (const char* side : {"l", "r"})
      files[fmt::format("{}{}/kustomization.yaml", side, i)] =
          i == height ? "helmCharts: [{name: x}]\n" : fmt::format("resources: [../l{0}, ../r{0}]\n", i + 1);
  }
  return files;
}

// Bases that are each within the limits.
Files Hungry(std::size_t count) {
  Files files =
      App("resources:\n" + Repeat(count, [](std::size_t i) { return fmt::format("- ../b{}\n", i); }));
  const std::string labels = Repeat(60, [](std::size_t i) { return fmt::format("    l{}: v\n", i); });
  for (std::size_t i = 0; i < count; ++i) {
    files[fmt::format("b{}/kustomization.yaml", i)] =
        fmt::format("namePrefix: b{}-\nresources: [many.yaml]\nlabels:\n- pairs:\n{}", i, labels);
    files[fmt::format("b{}/many.yaml", i)] = Repeat(400, ConfigMap);
  }
  return files;
}

Files Components(std::size_t height) {
  Files files = App("resources: [one.yaml]\ncomponents: [../c0]\n");
  for (std::size_t i = 0; i <= height; ++i)
    files[fmt::format("c{}/kustomization.yaml", i)] =
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: x\n" +
        (i < height ? fmt::format("components: [../c{0}, ../c{0}]\n", i + 1) : "");
  return files;
}

std::string Doubling() {
  return "resources: [one.yaml]\nreplacements:\n" + Repeat(64, [](std::size_t) {
           return std::string(
               "- source: {kind: ConfigMap, name: one, fieldPath: data.a}\n  targets:\n  - select: {kind: "
               "ConfigMap, "
               "name: one}\n    fieldPaths: [data.a]\n    options: {delimiter: \"/\", index: 99}\n");
         });
}

std::string CopyPatch(std::size_t count) {
  return "resources: [one.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |\n" +
         Repeat(count, [](std::size_t i) {
           return fmt::format("    - {{op: copy, from: /data, path: /data/c{}}}\n", i);
         });
}

std::string MergeTower(std::size_t depth) {
  return kMapHead.substr(0, kMapHead.size() - 1) + " " +
         Repeat(depth, [](std::size_t) { return std::string("{a: "); }) + "1" + std::string(depth, '}') +
         "\n";
}

std::string LongPath(std::size_t steps) {
  return Repeat(steps, [](std::size_t) { return std::string("/a"); });
}

enum class Verdict {
  kRefused,
  kBuilt,
  kEither,  // a crowd that may pass a limit: built, or refused by the rule of limits
};

struct Bomb {
  const char* name;
  Files files;
  Verdict verdict;
  const char* words;  // that the finding holds
};

std::vector<Bomb> Cycles() {
  return {
      {"itself", App("resources: [.]\n"), Verdict::kRefused, "cycle"},
      {"a cycle of two", App("resources: [../b]\n", {{"b/kustomization.yaml", "resources: [../app]\n"}}),
       Verdict::kRefused, "cycle"},
      {"a cycle of components",
       App("components: [../c]\n",
           {{"c/kustomization.yaml",
             "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [../c]\n"}}),
       Verdict::kRefused, "cycle"},
      {"a cycle through a component",
       App("components: [../c]\n",
           {{"c/kustomization.yaml",
             "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [../app]\n"}}),
       Verdict::kRefused, "cycle"},
      {"a cycle through generators", App("generators: [../app]\n"), Verdict::kRefused,
       "cycle detected: app → app"},
      {"a cycle through transformers", App("resources: [one.yaml]\ntransformers: [../app]\n"),
       Verdict::kRefused, "cycle detected: app → app"},
      {"a cycle of names that differ", App("resources: [../app/.]\n"), Verdict::kRefused, "cycle"},
      {"a directory above itself",
       App("resources: [../app/sub]\n", {{"app/sub/kustomization.yaml", "resources: [..]\n"}}),
       Verdict::kRefused, "cycle"},
      {"a long cycle",
       [] {
         Files files = Tower(40, [](std::size_t i) { return fmt::format("resources: [../d{}]\n", i + 1); });
         files["d40/kustomization.yaml"] = "resources: [../d0]\n";
         return files;
       }(),
       Verdict::kRefused, "cycle"},
  };
}

std::vector<Bomb> Towers() {
  return {
      {"a tower of 5,000 bases",
       Tower(5000, [](std::size_t i) { return fmt::format("resources: [../d{}]\n", i + 1); }),
       Verdict::kRefused, "more than 64 levels of kustomizations"},
      {"diamonds of 2^30 leaves", Diamonds(30), Verdict::kRefused,
       "more than 50000 objects in one build (limit pushObjects)"},
      {"components of 2^30 uses", Components(30), Verdict::kRefused,
       "more than 1000 components in one build"},
      {"diamonds of 2^60 ways to nothing", EmptyDiamonds(60, App("resources: [../l0, ../r0]\n")),
       Verdict::kRefused, "left out: helmCharts"},
      {"diamonds of 2^60 ways with a schema",
       EmptyDiamonds(60, App("openapi: {path: schema.json}\nresources: [../l0, ../r0]\n",
                             {{"app/schema.json", R"({"definitions": {}})"}})),
       Verdict::kRefused, "left out: helmCharts"},
      {"40 bases that fill the memory together", Hungry(40), Verdict::kRefused, "bytes of memory"},
      {"one base 2,000 times",
       App("resources:\n" + Repeat(2000, [](std::size_t) { return std::string("- ../b\n"); }),
           {{"b/kustomization.yaml", "resources: [one.yaml]\n"}, {"b/one.yaml", kOne}}),
       Verdict::kRefused, "kustomize/duplicate-object"},
      {"20,000 names of files that are not there",
       App("resources:\n" + Repeat(20000, [](std::size_t i) { return fmt::format("- f{}.yaml\n", i); })),
       Verdict::kRefused, "kustomize/missing-file"},
      {"a component 5,000 times",
       App("resources: [one.yaml]\ncomponents:\n" +
               Repeat(5000, [](std::size_t) { return std::string("- ../c\n"); }),
           {{"c/kustomization.yaml",
             "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: "
             "xxxxxxxxxxxxxxxx\n"}}),
       Verdict::kRefused, "more than 1000 components in one build"},
  };
}

std::vector<Bomb> Texts() {
  return {
      {"aliases in an object", App("resources: [one.yaml]\n", {{"app/one.yaml", AliasBomb(kMapHead, 12)}}),
       Verdict::kRefused, "yaml/alias"},
      {"aliases in a patch",
       App("resources: [one.yaml]\npatches: [{path: p.yaml}]\n", {{"app/p.yaml", AliasBomb(kMapHead, 12)}}),
       Verdict::kRefused, "yaml/alias"},
      {"aliases in a patch inside the kustomization",
       App("resources: [one.yaml]\npatches:\n- patch: |\n" +
           [] {
             std::string text;
             const std::string bomb = AliasBomb(kMapHead, 12);
             for (std::size_t at = 0; at < bomb.size();) {
               const std::size_t end = bomb.find('\n', at);
               text += "    " + bomb.substr(at, end - at + 1);
               at = end + 1;
             }
             return text;
           }()),
       Verdict::kRefused, "yaml/alias"},
      {"aliases in the kustomization", App(AliasBomb("resources: [one.yaml]\nlabels:\n", 12)),
       Verdict::kRefused, "yaml/alias"},
      {"aliases in a configuration",
       App("resources: [one.yaml]\nconfigurations: [c.yaml]\n",
           {{"app/c.yaml", AliasBomb("namePrefix:\n", 12)}}),
       Verdict::kRefused, "yaml/alias"},
      {"aliases that patches multiply",
       App("resources: [one.yaml]\npatches:\n" +
           Repeat(40,
                  [](std::size_t i) {
                    return fmt::format(
                        "- target: {{kind: ConfigMap}}\n  patch: |\n    - {{op: "
                        "copy, from: /data, path: /data/k{}}}\n",
                        i);
                  })),
       Verdict::kRefused, "the patch adds more than 200000 values (limit expansionNodes)"},
      {"a patch of depth 100,000",
       App("resources: [one.yaml]\npatches: [{path: p.yaml}]\n", {{"app/p.yaml", MergeTower(100'000)}}),
       Verdict::kRefused, "(limit depth)"},
      {"a patch that doubles its object 64 times", App(CopyPatch(64)), Verdict::kRefused,
       "the patch adds more than 200000 values (limit expansionNodes)"},
      {"replacements that double a text 64 times", App(Doubling()), Verdict::kRefused,
       "more than 536870912 bytes of memory"},
      {"a pointer of 100,000 steps",
       App("resources: [one.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |\n    - {op: add, "
           "path: " +
           LongPath(100'000) + ", value: 1}\n"),
       Verdict::kRefused, "doc is missing path"},
      {"a replacement that would make 100,000 levels",
       App("resources: [one.yaml]\nreplacements:\n- sourceValue: x\n  targets:\n  - select: {kind: "
           "ConfigMap}\n    "
           "fieldPaths: [a" +
           Repeat(100'000, [](std::size_t) { return std::string(".a"); }) +
           "]\n    options: {create: true}\n"),
       Verdict::kRefused, "has levels (limit depth)"},
      {"levels that patches add one on another",
       App("resources: [one.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |\n" +
           Repeat(3000,
                  [](std::size_t) {
                    return std::string(
                        "    - {op: move, from: /data, path: /x}\n    - {op: add, path: /data, value: "
                        "{}}\n    - {op: move, from: /x, path: /data/x}\n");
                  })),
       Verdict::kRefused, "levels deep (limit depth)"},
      {"a pattern that backtracks",
       App("resources: [one.yaml]\npatches:\n- target: {name: \"(a+)+(a|aa)+(a|a?)+$\"}\n  patch: |\n    - "
           "{op: remove, "
           "path: /data}\n",
           {{"app/one.yaml",
             "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + std::string(5000, 'a') + "b}\n"}}),
       Verdict::kBuilt, ""},
      {"a pattern that is huge",
       App("resources: [one.yaml]\npatches:\n- target: {name: \"((a{1000}){1000}){1000}\"}\n  patch: |\n    "
           "- {op: "
           "remove, path: /data}\n"),
       Verdict::kRefused, "the pattern is not usable"},
      {"definitions that name each other",
       App("resources: [one.yaml]\ncrds: [crd.json]\n",
           {{"app/crd.json",
             R"({"a": {"Schema": {"properties": {"apiVersion": {}, "kind": {}, "metadata": {}, "x": {"$ref": "b"}, "y": {"$ref": "b"}}}},)"
             R"( "b": {"Schema": {"properties": {"x": {"$ref": "a"}, "y": {"$ref": "b"}}}}})"}}),
       Verdict::kBuilt, ""},
      {"definitions that name each other ten times",
       App("resources: [one.yaml]\ncrds: [crd.json]\n",
           {{"app/crd.json",
             R"({"a": {"Schema": {"properties": {"apiVersion": {}, "kind": {}, "metadata": {})" +
                 Repeat(10, [](std::size_t i) { return fmt::format(R"(, "x{}": {{"$ref": "a"}})", i); }) +
                 "}}}}"}}),
       Verdict::kRefused, "1000000 properties of definitions"},
      {"vars that hold each other",
       App("resources: [one.yaml]\nvars:\n" +
               Repeat(40,
                      [](std::size_t i) {
                        return fmt::format(
                            "- name: V{0}\n  objref: {{apiVersion: v1, kind: ConfigMap, name: one}}\n  "
                            "fieldref: {{fieldPath: data.v{0}}}\n",
                            i);
                      }),
           {{"app/one.yaml", kMapHead + Repeat(40,
                                               [](std::size_t i) {
                                                 return fmt::format("  v{}: $(V{})$(V{})\n", i, i + 1, i + 1);
                                               })}}),
       Verdict::kBuilt, ""},
  };
}

// Much work, but no more than a repository may ask for: built, within bounds.
std::vector<Bomb> Crowds() {
  const std::string pairs = Repeat(2000, ConfigMap) + Repeat(2000, Pod);
  const auto crowd = [&pairs](const std::string& fields) {
    return App("resources: [many.yaml]\n" + fields, {{"app/many.yaml", pairs}});
  };
  return {
      {"4,000 names and 2,000 references", crowd("namePrefix: a-\nnameSuffix: -b\nnamespace: ns\n"),
       Verdict::kBuilt, ""},
      {"200 labels on 4,000 objects",
       crowd("labels:\n- pairs:\n" +
             Repeat(200, [](std::size_t i) { return fmt::format("    l{}: v\n", i); })),
       Verdict::kEither, ""},
      {"200 labels that are one in three fields of 2,000 objects, changed above",
       [] {
         const auto labels = [](char value) {
           return "commonLabels:\n" +
                  Repeat(200, [value](std::size_t i) { return fmt::format("  l{}: {}\n", i, value); });
         };
         return App("resources: [../b]\n" + labels('w'),
                    {{"b/kustomization.yaml", "resources: [many.yaml]\n" + labels('v')},
                     {"b/many.yaml", Repeat(2000, Deployment)}});
       }(),
       Verdict::kEither, ""},
      {"500 images on 2,000 pods",
       crowd("images:\n" +
             Repeat(500, [](std::size_t i) { return fmt::format("- {{name: i{}, newTag: a}}\n", i); })),
       Verdict::kEither, ""},
      {"1,000 patches by pattern on 4,000 objects",
       crowd("patches:\n" +
             Repeat(1000,
                    [](std::size_t i) {
                      return fmt::format(
                          "- target: {{kind: Pod, name: \"p{}.*\"}}\n  patch: |\n    - {{op: add, path: "
                          "/metadata/labels/x, value: y}}\n",
                          i);
                    })),
       Verdict::kBuilt, ""},
      {"15,000 patches that select nothing of 4,000 objects",
       crowd(
           "patches:\n" +
           Repeat(
               15'000,
               [](std::size_t i) {
                 return fmt::format(
                     "- {{target: {{kind: None{}}}, patch: '[{{\"op\": \"remove\", \"path\": \"/a\"}}]'}}\n",
                     i);
               })),
       Verdict::kRefused, "more than 400000000 steps"},
      {"2,000 images on 2,000 pods",
       crowd("images:\n" +
             Repeat(2000, [](std::size_t i) { return fmt::format("- {{name: i{}, newTag: a}}\n", i); })),
       Verdict::kRefused, "more than 400000000 steps"},
      {"30,000 vars",
       App("resources: [one.yaml]\nvars:\n" +
           Repeat(30'000,
                  [](std::size_t i) {
                    return fmt::format(
                        "- {{name: v{}, objref: {{apiVersion: v1, kind: ConfigMap, name: one}}}}\n", i);
                  })),
       Verdict::kRefused, "more than 400000000 steps"},
      {"60,000 field specs",
       App("resources: [one.yaml]\nnamePrefix: a-\nconfigurations: [c.yaml]\n",
           {{"app/c.yaml",
             "namePrefix:\n" +
                 Repeat(60'000, [](std::size_t i) { return fmt::format("- path: spec/f{}\n", i); })}}),
       Verdict::kRefused, "more than 10000 field specs"},
      {"1,000 replacements into 4,000 objects",
       crowd("replacements:\n" + Repeat(1000,
                                        [](std::size_t i) {
                                          return fmt::format(
                                              "- source: {{kind: ConfigMap, name: c{}}}\n  targets:\n  "
                                              "- select: {{kind: Pod}}\n    fieldPaths: "
                                              "[spec.containers.*.image]\n",
                                              i);
                                        })),
       Verdict::kEither, ""},
      {"5,000 field specs on 4,000 objects",
       App("resources: [many.yaml]\nnamePrefix: a-\nconfigurations: [c.yaml]\n",
           {{"app/many.yaml", pairs},
            {"app/c.yaml",
             "namePrefix:\n" +
                 Repeat(5000, [](std::size_t i) { return fmt::format("- path: spec/f{}\n", i); })}}),
       Verdict::kBuilt, ""},
      {"5,000 generators",
       App("configMapGenerator:\n" +
           Repeat(5000, [](std::size_t i) { return fmt::format("- name: g{}\n  literals: [a=b]\n", i); })),
       Verdict::kBuilt, ""},
      {"100 generators of one file of 4 MiB",
       App("configMapGenerator:\n" +
               Repeat(100, [](std::size_t i) { return fmt::format("- name: g{}\n  files: [big]\n", i); }),
           {{"app/big", std::string(4u << 20, 'x')}}),
       Verdict::kRefused, "(limit objectBytes)"},
  };
}

void Check(const std::vector<Bomb>& bombs) {
  for (const Bomb& bomb : bombs) {
    DYNAMIC_SECTION(bomb.name) {
      const std::string told = ToldConfined(MemoryTree(bomb.files), "app", kBounds);
      INFO(told.substr(0, 1000));
      if (bomb.verdict != Verdict::kEither) CHECK(IsRefused(told) == (bomb.verdict == Verdict::kRefused));
      if (bomb.verdict == Verdict::kEither && IsRefused(told))
        CHECK(told.starts_with("refused: kustomize/limit"));
      CHECK(told.find(bomb.words) != std::string::npos);
    }
  }
}

}  // namespace

TEST_CASE("a cycle is refused, and its path is told") { Check(Cycles()); }
TEST_CASE("towers and diamonds of kustomizations are bounded") { Check(Towers()); }
TEST_CASE("texts that grow are bounded") { Check(Texts()); }
TEST_CASE("crowds of objects are built within bounds") { Check(Crowds()); }

TEST_CASE("the child that bombs go off in is ended by the kernel") {
  const Confined spinning = RunConfined(
      [] {
        std::atomic<bool> never = false;
        while (!never) {
        }
        return std::string();
      },
      {.cpu_seconds = 1});
  CHECK_FALSE(spinning.ended);
  CHECK(spinning.signal != 0);
}

}  // namespace sluice::manifests::render
