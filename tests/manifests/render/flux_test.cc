#include "manifests/render/flux.h"

#include <string>

#include "tests/catch.h"
#include "tests/manifests/render/repository.h"

namespace sluice::manifests::render {
namespace {

using Files = std::map<std::string, std::string>;

std::string Kustomization(const std::string& fields, const std::string& name = "shop") {
  return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: " + name +
         ", namespace: flux-system}\nspec:\n  path: ./shop\n"
         "  sourceRef: {kind: GitRepository, name: flux-system}\n" +
         fields;
}

const std::string kMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n";

// What Kustomization flux-system/shop with these fields makes of shop/.
std::string ShopOf(const std::string& fields, Files files) {
  files["ks.yaml"] = Kustomization(fields);
  Repository repository(std::move(files));
  const Built built = repository.BuildNamed("Kustomization flux-system/shop");
  std::string shown = Show(built);
  for (const Finding& finding : repository.findings) shown += "search: " + finding.message + '\n';
  return shown;
}

TEST_CASE("directories too deep for a list of manifests are told") {
  const auto deep = [](std::size_t levels) {
    std::string path = "shop";
    for (std::size_t i = 0; i < levels; ++i) path += "/x";
    return Files{{path + "/web.yaml", kMap}};
  };
  const std::size_t most = Limits().depth;
  CHECK(ShopOf("", deep(most)) ==
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"web\"}}\n");
  CHECK(ShopOf("", deep(most + 1)) ==
        "finding: kustomize/limit ks.yaml:1:1 directories lie more than 100 deep in shop (limit depth)\n");
}

TEST_CASE("a Flux Kustomization builds its directory with its own fields") {
  const Files kustomized = {{"shop/kustomization.yaml", "resources: [web.yaml]\nnamePrefix: a-\n"},
                            {"shop/web.yaml", kMap + "data: {a: b}\n"}};
  const auto json = [](const std::string& name, const std::string& rest) {
    return R"({"apiVersion":"v1","data":{"a":"b"},"kind":"ConfigMap","metadata":{"name":")" + name + "\"" +
           rest + "}}\n";
  };
  CHECK(ShopOf("", kustomized) == json("a-web", ""));
  CHECK(ShopOf("  targetNamespace: shop\n", kustomized) == json("a-web", R"(,"namespace":"shop")"));
  CHECK(ShopOf("  namePrefix: b-\n  nameSuffix: -c\n", kustomized) == json("b-web-c", ""));
  CHECK(
      ShopOf("  commonMetadata: {labels: {team: x}}\n", kustomized) ==
      R"({"apiVersion":"v1","data":{"a":"b"},"kind":"ConfigMap","metadata":{"labels":{"team":"x"},"name":"a-web"}})"
      "\n");
  CHECK(ShopOf("  patches:\n  - patch: |\n      - {op: replace, path: /data/a, value: c}\n    target: {kind: "
               "ConfigMap}\n",
               kustomized) ==
        R"({"apiVersion":"v1","data":{"a":"c"},"kind":"ConfigMap","metadata":{"name":"a-web"}})"
        "\n");
}

TEST_CASE("an image that the kustomization names too keeps what Flux leaves unsaid") {
  const auto image = [](const std::string& own, const std::string& flux) {
    const std::string built =
        ShopOf("  images: [{name: web, " + flux + "}]\n",
               {{"shop/kustomization.yaml", "resources: [pod.yaml]\nimages: [{name: web, " + own + "}]\n"},
                {"shop/pod.yaml",
                 "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: "
                 "web:1}]}\n"}});
    const std::size_t begin = built.find("\"image\":\"") + 9;
    return built.substr(begin, built.find('"', begin) - begin);
  };
  CHECK(image("newTag: \"2\"", "newName: shop/web") == "shop/web:2");
  CHECK(image("newName: shop/web", "newTag: \"2\"") == "shop/web:2");
  CHECK(image("newTag: \"2\"", "newTag: \"3\"") == "web:3");
  CHECK(image("newTag: \"2\"", "digest: sha256:ab") == "web@sha256:ab");
  CHECK(image("digest: sha256:ab", "newTag: \"3\"") == "web:3");
  CHECK(image("newName: a/web, digest: sha256:ab", "newName: b/web") == "b/web@sha256:ab");
}

TEST_CASE("what the source leaves out is not built") {
  const auto source = [](const std::string& fields) {
    return "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, "
           "namespace: "
           "flux-system}\nspec: {interval: 1m, url: https://git.example/shop" +
           fields + "}\n";
  };
  const Files plain = {{"shop/web.yaml", kMap}, {"shop/skip.yaml", "not: an object\n"}};
  const auto with = [](Files files, const Files& more) {
    for (const auto& [path, text] : more) files[path] = text;
    return files;
  };
  const std::string built = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web"}})"
                            "\n";
  CHECK(ShopOf("", plain) != built);
  CHECK(ShopOf("", with(plain, {{".sourceignore", "skip.yaml\n"}})) == built);
  CHECK(ShopOf("", with(plain, {{"shop/.sourceignore", "/skip.yaml\n"}})) == built);
  CHECK(ShopOf("", with(plain, {{"source.yaml", source(", ignore: \"/shop/skip.yaml\"")}})) == built);
  CHECK(ShopOf("", {{"shop/web.yaml", kMap}, {"shop/.sops.yaml", "creation_rules: []\n"}}) == built);
  // What somebody names is missed.
  const Files named = {{"shop/kustomization.yaml", "resources: [web.yaml]\n"}, {"shop/web.yaml", kMap}};
  CHECK(ShopOf("", named) == built);
  CHECK(ShopOf("", with(named, {{".sourceignore", "web.yaml\n"}}))
            .find("keeps out of the source what this builds from: shop/web.yaml") != std::string::npos);
  CHECK(ShopOf("", with(named, {{"source.yaml", source(", ignore: \"shop/\"")}}))
            .find("keeps out of the source what this builds from: shop/") != std::string::npos);
  // A part of the repository, or more than it.
  CHECK(ShopOf("", with(named, {{"source.yaml", source(", sparseCheckout: [shop]")}})) == built);
  CHECK(ShopOf("", with(named, {{"source.yaml", source(", sparseCheckout: [other]")}}))
            .find("the artifact that this builds from does not hold shop/") != std::string::npos);
  CHECK(ShopOf("", with(named, {{"source.yaml", source(", include: [{repository: {name: other}}]")}})) ==
        "not built: GitRepository flux-system/flux-system, which includes other repositories\n");
}

TEST_CASE("a directory without a kustomization is built whole") {
  CHECK(ShopOf("", {{"shop/web.yaml", kMap},
                    {"shop/deep/er/b.yml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"},
                    {"shop/deep/readme.md", "x"},
                    {"shop/k/kustomization.yaml", "resources: [c.yaml]\nnamePrefix: k-\n"},
                    {"shop/k/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"},
                    {"other/d.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\n"}}) ==
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}})"
        "\n"
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"k-c"}})"
        "\n"
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web"}})"
        "\n");
}

TEST_CASE("components of a Kustomization, absent ones too") {
  const Files files = {
      {"shop/web.yaml", kMap},
      {"parts/blue/kustomization.yaml",
       "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: blue-\n"}};
  CHECK(ShopOf("  components: [../parts/blue]\n", files).find("blue-web") != std::string::npos);
  CHECK(ShopOf("  components: [../parts/red]\n", files).find("finding: ") != std::string::npos);
  CHECK(ShopOf("  components: [../parts/red, ../parts/blue]\n  ignoreMissingComponents: true\n", files)
            .find("blue-web") != std::string::npos);
  for (const char* path :
       {"https://example.com/x", "git@github.com:a/b", "github.com/a/b", "/parts/blue", ""}) {
    INFO(path);
    CHECK(ShopOf("  components: ['" + std::string(path) + "']\n  ignoreMissingComponents: true\n", files)
              .find("spec.components takes relative paths") != std::string::npos);
  }
}

TEST_CASE("variables are put into what was built") {
  const Files files = {
      {"shop/web.yaml", kMap + "data: {a: '${A}', b: 'x${B:=2}', c: '$${A}'}\n"},
      {"settings.yaml",
       "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: flux-system}\n"
       "data: {A: from-settings, B: \"4\\n\", C: '${X}'}\n"},
      {"other.yaml",
       "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: other}\ndata: {A: other}\n"},
      {"secret.yaml",
       "apiVersion: v1\nkind: Secret\nmetadata: {name: held, namespace: flux-system}\n"
       "data: {A: dG9wLXNlY3JldA==}\nstringData: {B: top-secret}\n"}};
  const auto data = [&](const std::string& fields) {
    std::string shown = ShopOf("  postBuild:\n" + fields, files);
    const std::size_t begin = shown.find("\"data\":");
    if (begin != std::string::npos) shown.erase(0, begin + 7);
    const std::size_t end = shown.find(",\"kind\"");
    if (end != std::string::npos) shown.erase(end, shown.find('\n') - end);
    if (shown.ends_with('\n')) shown.pop_back();
    return shown;
  };
  CHECK(data("    substitute: {A: one}\n") == R"({"a":"one","b":"x2","c":"${A}"})");
  CHECK(data("    substitute: {A: '3'}\n") == R"({"a":3,"b":"x2","c":"${A}"})");
  CHECK(data("    substitute: {}\n") == R"({"a":"${A}","b":"x${B:=2}","c":"$${A}"})");
  CHECK(data("    substituteStrategy: Always\n") == R"({"a":null,"b":"x2","c":"${A}"})");
  CHECK(data("    substituteFrom: [{kind: ConfigMap, name: settings}]\n") ==
        R"({"a":"from-settings","b":"x4","c":"${A}"})");
  CHECK(data("    substituteFrom: [{kind: ConfigMap, name: settings}]\n    substitute: {A: one}\n") ==
        R"({"a":"one","b":"x4","c":"${A}"})");
  CHECK(data("    substituteFrom: [{kind: ConfigMap, name: none, optional: true}]\n    substitute: {A: "
             "one}\n") == R"({"a":"one","b":"x2","c":"${A}"})");
  // What only the cluster knows.
  const std::string held = "Secret flux-system/held of substituteFrom holds it";
  CHECK(data("    substituteFrom: [{kind: Secret, name: held}]\n") ==
        R"({"a":"${A}","b":"x${B:=2}","c":"${A}"})"
        "\nunknown: the variable A: " +
            held + "\nunknown: the variable B: " + held);
  CHECK(data("    substituteFrom: [{kind: Secret, name: held}]\n    substitute: {A: one, B: two}\n") ==
        R"({"a":"one","b":"xtwo","c":"${A}"})");
  const std::string none = " of substituteFrom is not in the tree";
  for (const std::string reference :
       {"{kind: Secret, name: none}", "{kind: Secret, name: none, optional: true}",
        "{kind: ConfigMap, name: none}"}) {
    INFO(reference);
    const std::string kind = reference.find("Secret") != std::string::npos ? "Secret" : "ConfigMap";
    CHECK(data("    substituteFrom: [{kind: ConfigMap, name: settings}, " + reference +
               "]\n    substitute: {A: one}\n") == R"({"a":"one","b":"x${B:=2}","c":"${A}"})"
                                                   "\nunknown: the variable B: " +
                                                       kind + " flux-system/none" + none);
    CHECK(data("    substituteFrom: [" + reference + ", {kind: ConfigMap, name: settings}]\n") ==
          R"({"a":"from-settings","b":"x4","c":"${A}"})");
  }
}

TEST_CASE("a variable's value is the place of what it became") {
  Files files = {{"shop/web.yaml", kMap + "data: {a: '${A}'}\n"}};
  files["ks.yaml"] = Kustomization("  postBuild:\n    substitute:\n      A: one\n");
  Repository repository(files);
  const Built built = repository.BuildNamed("Kustomization flux-system/shop");
  REQUIRE(built.objects.size() == 1);
  const Place place =
      repository.session().sources().Resolve(built.objects[0].object.root->Find("data")->Find("a")->range);
  REQUIRE(place.file != nullptr);
  CHECK(place.file->path.text() == "ks.yaml");
  CHECK(place.range.begin.line == 9);
  CHECK(built.objects[0].through.back() == "ks.yaml");
}

TEST_CASE("what Flux refuses is a finding at its place") {
  struct Row {
    const char* fields;
    const char* expected;
  };
  const Row rows[] = {
      {"  targetNamespace: [a]\n",
       "finding: kustomize/flux ks.yaml:7:20 spec.targetNamespace is not a string"},
      {"  patches: {a: b}\n", "finding: kustomize/flux ks.yaml:7:12 spec.patches is not a list"},
      {"  postBuild: {substitute: {A: 3}}\n",
       "finding: kustomize/substitution ks.yaml:7:31 the value of a variable must be a string"},
      {"  postBuild: {substitute: {A-B: x}}\n",
       "finding: kustomize/substitution ks.yaml:7:28 the name of a variable"},
      {"  postBuild: {substituteFrom: [{kind: Pod, name: x}]}\n",
       "finding: kustomize/substitution ks.yaml:7:32 substituteFrom takes"},
      {"  postBuild: {substitute: {A: 'b: c'}}\n",
       "finding: kustomize/substitution shop/web.yaml:4:11 with the variables put in"},
      {"  postBuild: {substitute: {B: c}}\n", ""},
      {"  patches: [{patch: 'nonsense'}]\n", "finding: kustomize/"},
      {"  unknownField: 1\n", ""},
  };
  for (const Row& row : rows) {
    INFO(row.fields);
    const std::string shown = ShopOf(row.fields, {{"shop/web.yaml", kMap + "data: {a: '${A}'}\n"}});
    if (row.expected[0] == '\0') {
      CHECK(shown.find("finding") == std::string::npos);
    } else {
      CHECK(shown.substr(0, std::string(row.expected).size()) == row.expected);
    }
  }
  CHECK(ShopOf("", {{"other/web.yaml", kMap}}) ==
        "finding: kustomize/flux ks.yaml:5:9 spec.path: there is no directory shop in this repository\n");
}

TEST_CASE("strict substitution is the operator's word") {
  Files files = {{"shop/web.yaml", kMap + "data: {a: '${A}', b: '${B:=x}'}\n"},
                 {"ks.yaml", Kustomization("  postBuild: {substitute: {C: d}}\n")}};
  Repository repository(files);
  repository.context.strict_substitution = true;
  CHECK(Show(repository.BuildNamed("Kustomization flux-system/shop")) ==
        "finding: kustomize/substitution shop/web.yaml:4:11 the variable A is not set and has no default "
        "(strict "
        "substitution)\n");
}

}  // namespace
}  // namespace sluice::manifests::render
