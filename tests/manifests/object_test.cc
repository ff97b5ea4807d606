// Documents to objects, as kubectl takes them apart.
#include "manifests/object.h"

#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

// "Kind/namespace/name …" of the objects, then " ! rule line:column…" of findings.
std::string Listing(const std::string& text, const std::string& path = "file.yaml") {
  const ParsedFile file = Parse(path, text, Limits());
  const ObjectList list = Objects(file, Limits());
  std::string listing;
  for (const Object& object : list.objects) {
    if (!listing.empty()) listing += ' ';
    listing += std::string(object.kind) + "/" + std::string(object.ns) + "/" + std::string(object.name);
  }
  for (const Finding& finding : list.findings) listing += " ! " + finding.rule;
  return listing;
}

const std::string kOne = "{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}";
const std::string kTwo = "{apiVersion: v1, kind: ConfigMap, metadata: {name: two, namespace: shop}}";

TEST_CASE("each whole document is an object, null ones are none") {
  CHECK(Listing("- x\n") == "");
  CHECK(Listing("apiVersion: v1\nkind: A\n") == "A//");
  CHECK(Listing("---\n---\nnull\n---\napiVersion: v1\nkind: A\nmetadata: {name: x}\n---\n# c\n---\n") ==
        "A//x");
  CHECK(Listing(R"({"apiVersion":"v1","kind":"A"}{"apiVersion":"v1","kind":"B"})") == "A// B//");
}

TEST_CASE("an object knows its name in parts") {
  const ParsedFile file =
      ParseText("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n");
  const ObjectList list = Objects(file, Limits());
  const Object& object = list.objects.at(0);
  CHECK(list.shape == Shape::kObjects);
  CHECK(object.group == "apps");
  CHECK(object.version == "v1");
  CHECK(object.file == "file.yaml");
  CHECK(object.Name() == ObjectName{"apps/v1", "Deployment", "shop", "web"});
  const ParsedFile core = ParseText("---\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: [x]}\n");
  const ObjectList core_list = Objects(core, Limits());
  CHECK(core_list.objects.at(0).group.empty());
  CHECK(core_list.objects.at(0).version == "v1");
  CHECK(core_list.objects.at(0).name.empty());
  CHECK(core_list.objects.at(0).document == 1);
}

TEST_CASE("anything with a list of items is taken apart") {
  const auto list = [](const std::string& kind, const std::string& items) {
    return "apiVersion: v1\nkind: " + kind + "\nitems: [" + items + "]\n";
  };
  CHECK(Listing(list("List", kOne + ", " + kTwo)) == "ConfigMap//one ConfigMap/shop/two");
  CHECK(Listing(list("Anything", kOne)) == "ConfigMap//one");
  CHECK(Listing(list("ConfigMapList", kOne)) == "ConfigMap//one");
  CHECK(Listing(list("List", "")) == "");
  CHECK(Listing(list("List", "{apiVersion: v1, kind: CM, items: {a: b}}")) == "CM//");
}

TEST_CASE("lists that tools take apart differently are refused") {
  const auto nest = [](int times) {
    std::string text = kOne;
    for (int i = 0; i < times; ++i) text = "{apiVersion: v1, kind: List, items: [" + text + "]}";
    return "---\n" + text + "\n";
  };
  CHECK(Listing(nest(1)) == "ConfigMap//one");
  CHECK(Listing(nest(2)) == " ! object/list");
  CHECK(Listing(nest(20)) == " ! object/list");
  CHECK(Listing("apiVersion: v1\nkind: List\nitems: {}\n") == " ! object/list");
  CHECK(Listing("apiVersion: v1\nkind: List\nitems:\n") == " ! object/list");
  CHECK(Listing("apiVersion: v1\nkind: List\nitems: x\n") == " ! object/list");
  CHECK(Listing("apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: PodList, items: []}]\n") ==
        " ! object/list");
  CHECK(Listing("apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: x}}]\n") == " ! object/list");
  CHECK(Listing("apiVersion: v1\nkind: List\nitems: [x, null]\n") ==
        " ! object/not-a-mapping ! object/not-a-mapping");
  CHECK(Listing("kind: List\nitems: []\n") == " ! object/no-api-version");
}

TEST_CASE("what is clearly an object must say which") {
  CHECK(Listing("apiVersion: v1\nmetadata: {name: x}\n") == " ! object/no-kind");
  CHECK(Listing("kind: A\nmetadata: {name: x}\n") == " ! object/no-api-version");
  CHECK(Listing("apiVersion: v1\nkind: 5\n") == " ! object/no-kind");
  CHECK(Listing("apiVersion: v1\nkind:\n") == " ! object/no-kind");
  CHECK(Listing("apiVersion: v1\nkind: ''\n") == " ! object/no-kind");
  CHECK(Listing("apiVersion: 1\nkind: A\n") == " ! object/no-api-version");
  CHECK(Listing("apiVersion: [v1]\nkind: A\n") == " ! object/no-api-version");
  CHECK(Listing("apiVersion: a/b/c\nkind: A\n") == " ! object/no-api-version");
  CHECK(Listing("apiVersion: /v1\nkind: A\n") == " ! object/no-api-version");
  CHECK(Listing("apiVersion: apps/\nkind: A\n") == " ! object/no-api-version");
  CHECK(Listing("---\n" + kOne + "\n---\n- a\n") == "ConfigMap//one ! object/not-a-mapping");
  CHECK(Listing("---\n" + kOne + "\n---\ntext\n") == "ConfigMap//one ! object/not-a-mapping");
  CHECK(Listing("---\n" + kOne + "\n---\na: 1\n") == "ConfigMap//one ! object/no-api-version");
}

TEST_CASE("case variants of the fields that name an object are refused") {
  CHECK(Listing("apiVersion: v1\nkind: A\nKind: Secret\n") == "A// ! object/misspelt-key");
  CHECK(Listing("apiversion: v1\nkind: A\n") == " ! object/misspelt-key");
  CHECK(Listing("ApiVersion: v1\nKIND: A\n") == " ! object/misspelt-key ! object/misspelt-key");
  CHECK(Listing("apiVersion: v1\nkind: A\nMetadata: {name: x}\n") == "A// ! object/misspelt-key");
  CHECK(Listing("apiVersion: v1\nkind: A\nspec: {Kind: x}\n") == "A//");
}

TEST_CASE("a flood of mistakes is told a hundred times") {
  std::string text = "apiVersion: v1\nkind: List\nitems:\n";
  for (int i = 0; i < 1000; ++i) text += "- x\n";
  text += "- {apiVersion: v1, kind: 5}\n";
  const ParsedFile file = ParseText(text);
  const ObjectList list = Objects(file, Limits());
  CHECK(list.findings.size() == 101);
  CHECK(list.findings.back().rule == "object/no-kind");
}

TEST_CASE("values, charts and other data are no objects and no mistakes") {
  for (const char* text : {"replicas: 3\nimage: {tag: v1}\n", "kind: Deployment\nreplicas: 1\n",
                           "apiVersion: v2\nname: chart\nversion: 1.0.0\n", "metadata: {name: x}\n",
                           "- a\n- b\n", "text\n", "", "items: [a]\n", "kind: x\nmetadata: text\n"}) {
    CAPTURE(text);
    const ParsedFile file = ParseText(text);
    const ObjectList list = Objects(file, Limits());
    CHECK(list.shape == Shape::kOther);
    CHECK(list.objects.empty());
    CHECK(list.findings.empty());
  }
}

TEST_CASE("kustomizations are known by their name or their group") {
  const auto shape = [](const char* path, const std::string& text) {
    const ParsedFile file = Parse(path, text, Limits());
    return Objects(file, Limits()).shape;
  };
  const std::string kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
  CHECK(shape("a/kustomization.yaml", "resources: [a.yaml]\n") == Shape::kKustomization);
  CHECK(shape("kustomization.yml", "") == Shape::kKustomization);
  CHECK(shape("a/b/Kustomization", "resources: []\n") == Shape::kKustomization);
  CHECK(shape("a.yaml", kustomization) == Shape::kKustomization);
  CHECK(shape("a.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n") ==
        Shape::kKustomization);
  CHECK(shape("my-kustomization.yaml", "resources: []\n") == Shape::kOther);
  // Flux's Kustomization is an object, and a name hides none.
  CHECK(shape("a.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n") ==
        Shape::kObjects);
  CHECK(shape("kustomization.yaml", kOne.substr(0, 0) + "apiVersion: v1\nkind: Secret\n") == Shape::kObjects);
  CHECK(shape("kustomization.yaml", kustomization + "---\n" + kOne + "\n") == Shape::kObjects);
  CHECK(shape("kustomization.yaml", "a: [\n") == Shape::kUnreadable);
}

TEST_CASE("a kustomization hides nothing that kubectl would apply") {
  const auto text = [](const std::string& more, const char* kind = "Kustomization") {
    return std::string("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: ") + kind + "\n" + more;
  };
  const std::string items = "items: [" + kOne + ", " + kTwo + "]\n";
  const std::string both = "ConfigMap//one ConfigMap/shop/two";
  for (const char* path : {"foo.yaml", "a/kustomization.yaml", "kustomization.yml", "Kustomization"}) {
    CAPTURE(path);
    for (const char* kind : {"Kustomization", "Component", "Foo", "FooList"}) {
      CHECK(Listing(text(items, kind), path) == both);
      CHECK(Listing(text("metadata: {name: x}\n" + items, kind), path) == both);
      CHECK(Listing(text("resources: [a.yaml]\n" + items, kind), path) == both);
    }
    CHECK(Listing("apiVersion: kustomize.config.k8s.io/v1\n" + items, path) == " ! object/no-kind");
    CHECK(Listing(text("items: x\n"), path) == " ! object/list");
    CHECK(Listing(text("items:\n"), path) == " ! object/list");
    CHECK(Listing(text("items: [{apiVersion: v1, kind: List, items: [" + kOne + "]}]\n"), path) ==
          " ! object/list");
    CHECK(Listing("resources: []\n---\n" + text(items), path).starts_with(both));
  }
  // Where kustomize does not look, what has a name could be an object of a cluster.
  CHECK(Listing(text("metadata: {name: x}\n"), "foo.yaml") == "Kustomization//x");
  CHECK(Listing(text("metadata: {generateName: x-}\n", "Foo"), "foo.yaml") == "Foo//");
  CHECK(Listing(text("metadata: {name: x}\n"), "kustomization.yaml") == "");
  CHECK(Listing(text("metadata: {labels: {a: b}}\n"), "foo.yaml") == "");
}

TEST_CASE("what kustomize reads is a kustomization, whatever stands beside it") {
  const auto is = [](const char* path, const std::string& text) {
    return Objects(Parse(path, text, Limits()), Limits()).kustomization;
  };
  const std::string kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
  CHECK(is("kustomization.yaml", kustomization + "items: [" + kOne + "]\n"));
  CHECK(is("kustomization.yaml", kustomization + "---\n" + kOne + "\n"));
  CHECK(is("kustomization.yaml", "resources: []\n"));
  CHECK_FALSE(is("kustomization.yaml", kOne + "\n"));
  CHECK(is("foo.yaml", kustomization + "metadata: {name: x}\n"));
  CHECK_FALSE(is("foo.yaml", kOne + "\n"));
}

TEST_CASE("an object past the limit is refused, and not listed") {
  Limits limits;
  const std::string text = "apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n";
  limits.object_bytes = std::string(R"({"apiVersion":"v1","data":{"a":"b"},"kind":"ConfigMap"})").size();
  CHECK(Objects(ParseText(text), limits).findings.empty());
  --limits.object_bytes;
  const ParsedFile file = ParseText(text);
  const ObjectList list = Objects(file, limits);
  CHECK(list.objects.empty());
  REQUIRE(list.findings.size() == 1);
  CHECK(list.findings[0].rule == "object/too-large");
  CHECK(list.findings[0].message == "the object has more than 54 bytes as JSON (limit objectBytes)");
  CHECK(list.findings[0].object.kind == "ConfigMap");
}

TEST_CASE("gigabytes behind aliases are refused") {
  std::string text = "apiVersion: v1\nkind: A\na: &a " + std::string(100'000, 'x') + "\nb: [";
  for (int i = 0; i < 9'000; ++i) text += "*a,";
  const ParsedFile file = ParseText(text + "]\n");
  REQUIRE(file.Readable());
  CHECK(Objects(file, Limits()).findings.at(0).rule == "object/too-large");
}

}  // namespace
}  // namespace sluice::manifests
