// Which cluster runs what, and for which minors an object is judged by that.
#include "gate/clusters.h"

#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("a cluster runs what its patterns name") {
  struct Row {
    Words paths, branches;  // of the cluster
    Words at, on;
    bool runs;
  };
  for (const Row& row : std::initializer_list<Row>{
           {{}, {}, {"a.yaml"}, {"main"}, true},
           {{"prod/**"}, {}, {"prod/a.yaml"}, {"main"}, true},
           {{"prod/**", "base/**"}, {}, {"base/x/a.yaml"}, {}, true},
           {{"prod/**"}, {}, {"apps/prod/x", "prod/apps.yaml"}, {}, true},  // what has it built counts
           {{}, {"env/*"}, {"a.yaml"}, {"env/prod"}, true},
           {{}, {"env/*"}, {"a.yaml"}, {"topic", "env/prod"}, true},
           {{}, {"env/*"}, {"a.yaml"}, {}, true},  // not known: any may be meant
           {{"prod/**"}, {}, {"prod.yaml"}, {}, false},
           {{"prod/*"}, {}, {"prod/x/a.yaml"}, {}, false},
           {{"prod/**"}, {}, {}, {"main"}, false},
           {{}, {"env/*"}, {"a.yaml"}, {"main"}, false},
           {{}, {"env/*"}, {"a.yaml"}, {"env/a/b"}, false},
           {{"prod/**"}, {"main"}, {"prod/a.yaml"}, {"topic"}, false},
           {{"prod/**"}, {"main"}, {"stage/a.yaml"}, {"main"}, false}}) {
    CAPTURE(row.paths, row.branches, row.at, row.on);
    CHECK(Runs({"c", "1.34", row.paths, row.branches}, row.at, row.on) == row.runs);
  }
}

// resource.k8s.io/v1 is served from 1.34 on.
constexpr const char* kNew =
    "apiVersion: resource.k8s.io/v1\nkind: DeviceClass\nmetadata: {name: gpu}\nspec: {}\n";

Words JudgedFor(const std::string& configuration, const std::string& path) {
  return Brief(CheckTree({{".sluice/sluice.yaml", "version: 1\n" + configuration}, {path, kNew}}));
}

TEST_CASE("an object is judged for the minors of the clusters that run it") {
  const Words refused = {"api/not-yet prod/x.yaml:1"};
  const std::string both =
      "kubernetes: [\"1.34\"]\nclusters:\n  old: {kubernetes: \"1.33\", paths: [\"prod/**\"]}\n"
      "  new: {kubernetes: \"1.35\", paths: [\"prod/**\", \"stage/**\"]}\n";
  CHECK(JudgedFor("kubernetes: [\"1.34\"]\n", "prod/x.yaml").empty());
  CHECK(JudgedFor("kubernetes: [\"1.33\"]\n", "prod/x.yaml") == refused);
  CHECK(JudgedFor(both, "prod/x.yaml") == refused);  // each must take it
  CHECK(JudgedFor(both, "stage/x.yaml").empty());
  CHECK(JudgedFor(both, "other/x.yaml").empty());
  // `kubernetes` is for what no cluster runs.
  CHECK(
      JudgedFor("kubernetes: [\"1.33\"]\nclusters: {new: {kubernetes: \"1.35\"}}\n", "prod/x.yaml").empty());
  CHECK(JudgedFor("kubernetes: [\"1.33\"]\nclusters: {new: {kubernetes: \"1.35\", paths: [\"a/**\"]}}\n",
                  "prod/x.yaml") == refused);
}

TEST_CASE("what is built is judged for the cluster of what has it built") {
  const std::string configuration =
      "version: 1\nkubernetes: [\"1.34\"]\nclusters:\n  old: {kubernetes: \"1.33\", paths: [\"prod/**\"]}\n";
  const Verdict verdict = CheckTree({{".sluice/sluice.yaml", configuration},
                                     {"base/kustomization.yaml", "resources: [x.yaml]\n"},
                                     {"base/x.yaml", kNew},
                                     {"prod/kustomization.yaml", "resources: [../base]\n"},
                                     {"stage/kustomization.yaml", "resources: [../base]\n"}});
  REQUIRE(Brief(verdict) == Words{"api/not-yet base/x.yaml:1"});
  for (const Finding& finding : verdict.findings) {
    if (finding.rule == "api/not-yet")
      CHECK(finding.through == Words{"base/kustomization.yaml", "prod/kustomization.yaml"});
  }
}

TEST_CASE("a CRD of the tree gives its kind a schema whatever cluster runs it") {
  const std::string crd =
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: boxes.shop.io}\n"
      "spec:\n  group: shop.io\n  scope: Namespaced\n  names: {plural: boxes, singular: box, kind: Box, "
      "listKind: BoxList}\n"
      "  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n"
      "        type: object\n        properties: {spec: {type: object, properties: {size: {type: "
      "integer}}}}\n";
  const std::string box =
      "apiVersion: shop.io/v1\nkind: Box\nmetadata: {name: a, namespace: b}\nspec: {size: big}\n";
  CHECK(Brief(CheckTree({{".sluice/sluice.yaml",
                          "version: 1\nclusters: {old: {kubernetes: \"1.33\", paths: [\"prod/**\"]}}\n"},
                         {"crd.yaml", crd},
                         {"prod/box.yaml", box}})) == Words{"schema/wrong-type prod/box.yaml:4"});
}

}  // namespace
}  // namespace sluice::gate
