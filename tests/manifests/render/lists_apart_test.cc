#include "manifests/render/lists_apart.h"

#include <string>

#include "tests/catch.h"
#include "tests/manifests/render/repository.h"

namespace sluice::manifests::render {
namespace {

using Files = std::map<std::string, std::string>;

const std::string kUrl = "https://example.com/me/shop.git";
const std::string kThing = "apiVersion: example.com/v1\nkind: Anything\nmetadata: {name: x}\n";
const std::string kOne = "{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}";
const std::string kTwo = "{apiVersion: v1, kind: Secret, metadata: {name: two, namespace: b}}";
const std::string kOneJson = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"}})";
const std::string kTwoJson =
    R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"two","namespace":"b"}})";
const std::string kBoth = kOneJson + "\n" + kTwoJson + "\n";

// A patch that gives the thing `items`.
std::string Patch(const std::string& value) {
  return "patches:\n- target: {kind: Anything}\n  patch: '- {op: add, path: /items, value: " + value + "}'\n";
}
const std::string kPatch = Patch("[" + kOne + ", " + kTwo + "]");

std::string Flux(const std::string& fields) {
  return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
         "metadata: {name: shop, namespace: flux-system}\nspec:\n  path: ./shop\n"
         "  sourceRef: {kind: GitRepository, name: flux-system}\n" +
         fields;
}

std::string Built1(Files files, const std::string& name) {
  Repository repository(std::move(files));
  repository.context.repository_urls = {kUrl};
  if (name == "shop")
    return Show(Build(repository.session(), RootOf(*RepoPath::Parse(name)), repository.context));
  return Show(repository.BuildNamed(name));
}

std::string OfKustomization(const std::string& fields, const std::string& thing = kThing) {
  return Built1({{"shop/kustomization.yaml", "resources: [x.yaml]\n" + fields}, {"shop/x.yaml", thing}},
                "shop");
}
std::string OfFlux(const std::string& spec, const std::string& thing, const std::string& fields = "") {
  return Built1({{"ks.yaml", Flux(spec)},
                 {"shop/kustomization.yaml", "resources: [x.yaml]\n" + fields},
                 {"shop/x.yaml", thing}},
                "Kustomization flux-system/shop");
}
std::string OfArgoCd(const std::string& options, const std::string& fields) {
  return Built1({{"app.yaml",
                  "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop, "
                  "namespace: argocd}\nspec:\n  destination: {namespace: store}\n"
                  "  source: {repoURL: '" +
                      kUrl + "', path: shop" + options + "}\n"},
                 {"shop/kustomization.yaml", "resources: [x.yaml]\n" + fields},
                 {"shop/x.yaml", kThing}},
                "Application argocd/shop");
}

bool IsError(const std::string& shown) {
  return shown.find("finding: object/") != std::string::npos && shown.find(kOneJson) == std::string::npos;
}

TEST_CASE("a list that a kustomization makes is taken apart") {
  CHECK(OfKustomization(kPatch) == kBoth);
  CHECK(OfKustomization(Patch("[]")) == "");
  CHECK(OfKustomization("", kThing + "items: [" + kOne + ", " + kTwo + "]\n") == kBoth);
  CHECK(OfKustomization("", kThing + "spec: {items: [" + kOne + "]}\n").find("\"items\"") !=
        std::string::npos);
  CHECK(
      OfKustomization("patches:\n- target: {kind: Anything}\n  patch: '- {op: move, from: /spec/list, path: "
                      "/items}'\n",
                      kThing + "spec: {list: [" + kOne + ", " + kTwo + "]}\n") == kBoth);
  CHECK(OfKustomization(
            "patches:\n- patch: |\n    apiVersion: example.com/v1\n    kind: Anything\n    metadata: "
            "{name: x}\n    items: [" +
            kOne + ", " + kTwo + "]\n") == kBoth);
  CHECK(OfKustomization(
            "transformers:\n- |\n  apiVersion: builtin\n  kind: PatchTransformer\n  metadata: {name: "
            "p}\n  target: {kind: Anything}\n  patch: '- {op: add, path: /items, value: [" +
            kOne + ", " + kTwo + "]}'\n") == kBoth);
}

TEST_CASE("what tools take apart differently, or not at all, ends the build") {
  const std::string list = "{apiVersion: v1, kind: List, items: [" + kOne + "]}";
  for (const std::string& value :
       {std::string("x"), std::string("{a: b}"), std::string("null"), "[" + list + "]", std::string("[x]"),
        std::string("[{metadata: {name: x}}]"), std::string("[{apiVersion: v1, metadata: {name: x}}]"),
        std::string("[{kind: ConfigMap, metadata: {name: x}}]")}) {
    CAPTURE(value);
    CHECK(IsError(OfKustomization(Patch(value))));
    CHECK(IsError(OfArgoCd("", Patch(value))));
    CHECK(IsError(OfFlux("", kThing, Patch(value))));
  }
}

TEST_CASE("a finding of such a list stands where the patch does") {
  CHECK(OfKustomization(Patch("x")).find("finding: object/list shop/kustomization.yaml:") !=
        std::string::npos);
}

TEST_CASE("a list that Flux makes is taken apart, before it gives the parts labels") {
  CHECK(OfFlux("", kThing, kPatch) == kBoth);
  CHECK(OfFlux("  patches:\n  - target: {kind: Anything}\n    patch: '- {op: add, path: /items, value: [" +
                   kOne + "]}'\n",
               kThing) == kOneJson + "\n");
  const std::string substitute = "  postBuild: {substitute: {K: items, ONE: one}}\n";
  CHECK(OfFlux(substitute, kThing + "${K}: [" + kOne + ", " + kTwo + "]\n") == kBoth);
  CHECK(OfFlux(substitute,
               kThing + "items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: '${ONE}'}}]\n") ==
        kOneJson + "\n");
  CHECK(OfFlux("  postBuild: {substitute: {K: '[" + kOne + "]'}}\n", kThing + "items: ${K}\n") ==
        kOneJson + "\n");
  CHECK(OfFlux("  commonMetadata: {labels: {team: x}}\n", kThing + "items: [" + kOne + "]\n") ==
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"labels":{"team":"x"},"name":"one"}})"
        "\n");
}

TEST_CASE("what may be a list by a value that only the cluster knows ends the build") {
  const std::string held = "  postBuild: {substituteFrom: [{kind: Secret, name: none}]}\n";
  CHECK(IsError(OfFlux(held, kThing + "${K}: [" + kOne + "]\n")));
  CHECK(IsError(OfFlux(held, kThing + "${K:=items}: [" + kOne + "]\n")));
  CHECK(IsError(OfFlux(held, kThing + "a${K}: [" + kOne + "]\n")));
  CHECK(IsError(OfFlux(held, kThing + "items: ${K}\n")));
  CHECK(IsError(OfFlux(held, kThing + "${K}: ${L}\n")));
  // A name below the top, or of what is none, is nobody's list.
  CHECK_FALSE(IsError(OfFlux(held, kThing + "${K}: x\n")));
  CHECK_FALSE(IsError(OfFlux(held, kThing + "${K}: {a: []}\n")));
  CHECK_FALSE(IsError(OfFlux(held, kThing + "spec: {'${K}': []}\n")));
  const std::string shown =
      OfFlux(held, kThing + "items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: '${N:=one}'}}]\n");
  CHECK(shown.find(R"("name":"${N:=one}")") != std::string::npos);
  CHECK(shown.find("unknown: the variable N") != std::string::npos);
}

TEST_CASE("the default of a variable is taken apart with its object") {
  Repository repository({{"ks.yaml", Flux("  postBuild: {substituteFrom: [{kind: Secret, name: none}]}\n")},
                         {"shop/x.yaml", kThing +
                                             "items:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: "
                                             "a}, data: {b: '${N:=one}'}}\n- " +
                                             kTwo + "\n"}});
  const Built built = repository.BuildNamed("Kustomization flux-system/shop");
  REQUIRE(built.objects.size() == 2);
  REQUIRE(built.objects[0].with_defaults != nullptr);
  std::string json;
  CanonicalJson(*built.objects[0].with_defaults, json);
  CHECK(json == R"({"apiVersion":"v1","data":{"b":"one"},"kind":"ConfigMap","metadata":{"name":"a"}})");
}

TEST_CASE("a list that Argo CD builds is taken apart, before its parts get a namespace") {
  CHECK(OfArgoCd("", kPatch) == kBoth);
  CHECK(OfArgoCd(", kustomize: {patches: [{target: {kind: Anything}, patch: '[{\"op\": \"add\", \"path\": "
                 "\"/items\", \"value\": [" +
                     kOneJson + "]}]'}]}",
                 "") == kOneJson + "\n");
}

}  // namespace
}  // namespace sluice::manifests::render
