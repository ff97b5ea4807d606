#include "manifests/render/helm_release.h"

#include <string>

#include "manifests/render/helm.h"
#include "tests/catch.h"
#include "tests/manifests/reading.h"
#include "tests/manifests/render/repository.h"

namespace sluice::manifests::render {
namespace {

using Files = std::map<std::string, std::string>;

const Files kChart = {{"charts/shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"},
                      {"charts/shop/values.yaml", "colour: red\n"},
                      {"charts/shop/templates/web.yaml", "# a template\n"}};

std::string Release(const std::string& fields) {
  return "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop, namespace: "
         "store}\nspec:\n"
         "  chart: {spec: {chart: ./charts/shop, sourceRef: {kind: GitRepository, name: flux-system, "
         "namespace: "
         "flux-system}}}\n" +
         fields;
}

// What helm was asked, in one line; its answer is one ConfigMap.
std::string Asked(const HelmRequest& request) {
  return request.release + " in " + request.ns + " " + request.values +
         (request.include_crds ? "" : " no-crds") + (request.hooks ? "" : " no-hooks") +
         (request.tests ? " tests" : "") + (request.schema ? "" : " no-schema");
}

struct Outcome {
  std::string asked;
  std::string built;
};

Outcome Run(Files files, const std::string& release) {
  files.insert(kChart.begin(), kChart.end());
  files["release.yaml"] = release;
  static constexpr KindRow kKinds[] = {{"", "v1", "ConfigMap", 0, KindScope::kNamespaced}};
  Repository repository(files, {kKinds, {}});
  Outcome outcome;
  repository.context.helm = [&](const HelmRequest& request) -> Result<std::string> {
    outcome.asked = Asked(request);
    return std::string(
        "---\n# Source: shop/templates/web.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n"
        "  name: web\ndata:\n  image: x\n");
  };
  outcome.built = Show(repository.BuildNamed("HelmRelease store/shop"));
  return outcome;
}

TEST_CASE("a HelmRelease is asked of helm") {
  CHECK(Run({}, Release("")).asked == "shop in store {}");
  CHECK(Run({}, Release("  values: {a: {b: 1}}\n")).asked == R"(shop in store {"a":{"b":1}})");
  CHECK(Run({}, Release("  releaseName: web\n  targetNamespace: far\n")).asked == "web in far {}");
  CHECK(Run({}, Release("  targetNamespace: far\n")).asked == "far-shop in far {}");
  CHECK(
      Run({},
          Release(
              "  install: {crds: Skip, disableHooks: true, disableSchemaValidation: true}\n  test: {enable: "
              "true}\n"))
          .asked == "shop in store {} no-crds no-hooks tests no-schema");
  CHECK(Run({}, Release("  install: {skipCRDs: true}\n")).asked == "shop in store {} no-crds");
  CHECK(Run({}, Release("  install: {crds: CreateReplace}\n")).asked == "shop in store {}");
}

TEST_CASE("a key that stands twice in what helm prints is an error of a HelmRelease") {
  Files files = kChart;
  files["release.yaml"] = Release("");
  Repository repository(files);
  const auto build = [&](const std::string& data) {
    repository.context.helm = [=](const HelmRequest&) -> Result<std::string> {
      return "---\n# Source: shop/templates/web.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "
             "web\ndata:\n" +
             data;
    };
    return repository.BuildNamed("HelmRelease store/shop");
  };
  CHECK(build("  a: b\n  c: d\n").objects.size() == 1);
  const Built refused = build("  a: b\n  a: c\n");
  CHECK(refused.objects.empty());
  REQUIRE(refused.findings.size() == 1);
  CHECK(refused.findings[0].rule == "yaml/duplicate-key");
  CHECK(refused.findings[0].severity == Severity::kError);
  CHECK(refused.findings[0].file == "charts/shop/templates/web.yaml");
}

TEST_CASE("names of releases are cut as helm-controller cuts them") {
  const auto name = [](const std::string& fields, std::string_view own) {
    const ParsedFile file = ParseText(fields);
    return ReleaseName(file.documents.at(0).root, own);
  };
  CHECK(name("{}", "shop") == "shop");
  CHECK(name("targetNamespace: far", "shop") == "far-shop");
  CHECK(name("releaseName: web\ntargetNamespace: far", "shop") == "web");
  const std::string longest(53, 'a');
  CHECK(name("{}", longest) == longest);
  const std::string cut = name("{}", longest + "b");
  CHECK(cut.size() == 53);
  CHECK(cut.starts_with(std::string(40, 'a') + "-"));
}

TEST_CASE("values come from ConfigMaps of the tree") {
  const Files files = {{"values.yaml",
                        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more, namespace: store}\ndata:\n"
                        "  values.yaml: |\n    a: 1\n    b: {c: 2}\n  other: 'b: {d: 3}'\n  three: '3'\n"
                        "  quoted: '\"3\"'\n  list: '{a,b}'\n  bad: '[a'\n  scalar: x\n"}};
  const auto asked = [&](const std::string& from, const std::string& values = "") {
    return Run(files, Release("  valuesFrom: [" + from + "]\n" + values));
  };
  const std::string map = "kind: ConfigMap, name: more";
  CHECK(asked("{" + map + "}").asked == R"(shop in store {"a":1,"b":{"c":2}})");
  CHECK(asked("{" + map + "}, {" + map + ", valuesKey: other}", "  values: {a: 2}\n").asked ==
        R"(shop in store {"a":2,"b":{"c":2,"d":3}})");
  CHECK(asked("{" + map + ", valuesKey: three, targetPath: x.y}").asked == R"(shop in store {"x":{"y":3}})");
  CHECK(asked("{" + map + ", valuesKey: quoted, targetPath: x}").asked == R"(shop in store {"x":"3"})");
  CHECK(asked("{kind: ConfigMap, name: none, optional: true}").asked == "shop in store {}");
  // What only the cluster knows.
  const Outcome secret = asked("{kind: Secret, name: held, targetPath: x}, {kind: Secret, name: all}");
  CHECK(secret.asked == R"(shop in store {"x":"${values}"})");
  CHECK(secret.built.find("unknown: values of the release come from Secret held") != std::string::npos);
  CHECK(secret.built.find("unknown: values of the release come from Secret all") != std::string::npos);
  CHECK(asked("{kind: ConfigMap, name: none}").built.find("ConfigMap none, which is not in the tree") !=
        std::string::npos);
  CHECK(asked("{" + map + ", valuesKey: list, targetPath: x}").built.find("unknown: a value") !=
        std::string::npos);
  // Refused.
  for (const char* from :
       {"{kind: Pod, name: more}", "{kind: ConfigMap, name: more, valuesKey: none}",
        "{kind: ConfigMap, name: more, valuesKey: bad}", "{kind: ConfigMap, name: more, valuesKey: scalar}",
        "{kind: ConfigMap, name: more, valuesKey: three, targetPath: 'x..y'}"}) {
    INFO(from);
    CHECK(asked(from).built.find("finding: helm/flux ") != std::string::npos);
    CHECK(asked(from).asked == "");
  }
}

TEST_CASE("post-renderers and common metadata change what helm printed") {
  const std::string built =
      Run({},
          Release("  commonMetadata: {labels: {team: x}}\n  postRenderers:\n  - kustomize:\n      patches:\n"
                  "      - target: {kind: ConfigMap}\n        patch: |\n          - {op: add, path: /data/b, "
                  "value: c}\n"))
          .built;
  CHECK(built.find(R"("data":{"b":"c","image":"x"})") != std::string::npos);
  CHECK(built.find(R"("labels":{"team":"x"})") != std::string::npos);
  CHECK(Run({}, Release("  postRenderers: [{kustomize: {patches: [{patch: nonsense}]}}]\n"))
            .built.find("finding: ") != std::string::npos);
}

TEST_CASE("helm takes a list apart that a post-renderer made, and gives its parts a namespace") {
  const auto patched = [](const std::string& items) {
    return Run({}, Release("  commonMetadata: {labels: {team: x}}\n  postRenderers:\n  - kustomize:\n"
                           "      patches:\n      - target: {kind: ConfigMap}\n        patch: |\n"
                           "          - {op: add, path: /items, value: " +
                           items + "}\n"))
        .built;
  };
  CHECK(patched("[{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}]") ==
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one","namespace":"store"}})"
        "\n");
  CHECK(patched("x").starts_with("finding: object/list "));
}

// What one post-renderer makes of the ConfigMap that helm printed.
std::string PostRendered(const std::string& fields, const std::string& version = "v2") {
  std::string release = Release("  postRenderers:\n  - kustomize:\n" + fields);
  release.replace(release.find("/v2"), 3, "/" + version);
  return Run({{"more.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n"}}, release).built;
}

TEST_CASE("a strategic merge patch finds what helm printed, before it has a namespace") {
  const std::string patch =
      "      patches:\n      - patch: |\n          apiVersion: v1\n          kind: ConfigMap\n"
      "          metadata: {name: web";
  const std::string with_target =
      "      patches:\n      - target: {kind: ConfigMap}\n        patch: |\n          apiVersion: v1\n"
      "          kind: ConfigMap\n          metadata: {name: any}\n          data: {b: c}\n";
  const std::string changed = R"({"apiVersion":"v1","data":{"b":"c","image":"x"},"kind":"ConfigMap",)"
                              R"("metadata":{"name":"web","namespace":"store"}})"
                              "\n";
  CHECK(PostRendered(patch + "}\n          data: {b: c}\n") == changed);
  CHECK(PostRendered(with_target) == changed);
  // The release's namespace is not yet there; another name never is.
  CHECK(PostRendered(patch + ", namespace: store}\n          data: {b: c}\n")
            .find("no matches for the patch") != std::string::npos);
  CHECK(PostRendered(patch + "-not}\n          data: {b: c}\n").find("no matches for the patch") !=
        std::string::npos);
}

TEST_CASE("a post-renderer takes the fields of its API alone") {
  const std::string as_printed =
      R"({"apiVersion":"v1","data":{"image":"x"},"kind":"ConfigMap","metadata":{"name":"web","namespace":"store"}})"
      "\n";
  for (const char* fields :
       {"      configMapGenerator: [{name: made, literals: [a=b]}]\n", "      resources: [../../more.yaml]\n",
        "      resources: [more.yaml]\n", "      namePrefix: a-\n", "      components: [.]\n",
        "      transformers: [more.yaml]\n", "      {}\n",
        "      patches:\n      - target: {kind: Pod}\n        patch: |\n          - {op: remove, path: "
        "/data}\n"
        "        path: more.yaml\n        options: {allowNameChange: true}\n"}) {
    INFO(fields);
    CHECK(PostRendered(fields) == as_printed);
  }
  for (const char* fields :
       {"      patches: {a: b}\n", "      patches: [text]\n", "      images: [text]\n",
        "      patches: [{path: more.yaml}]\n", "      images: [{name: [a]}]\n",
        "      patches: [{patch: {a: b}}]\n", "      patches: [{patch: a, target: b}]\n"}) {
    INFO(fields);
    const std::string built = PostRendered(fields);
    INFO(built);
    CHECK(built.starts_with("finding: "));
  }
}

TEST_CASE("a post-renderer of the beta versions has patches in YAML") {
  const std::string merge =
      "      patchesStrategicMerge:\n      - apiVersion: v1\n        kind: ConfigMap\n"
      "        metadata: {name: web}\n        data: {b: c}\n";
  const std::string json =
      "      patchesJson6902:\n      - target: {version: v1, kind: ConfigMap, name: web}\n"
      "        patch: [{op: add, path: /data/b, value: c}]\n";
  CHECK(PostRendered(merge, "v2beta1").find(R"("data":{"b":"c","image":"x"})") != std::string::npos);
  CHECK(PostRendered(json, "v2beta2").find(R"("data":{"b":"c","image":"x"})") != std::string::npos);
  CHECK(PostRendered("      patchesJson6902: [{target: {kind: ConfigMap, name: web}}]\n", "v2beta2")
            .find("an element without a patch") != std::string::npos);
}

TEST_CASE("charts that cannot be told are named") {
  const std::string head =
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop, namespace: "
      "store}\nspec: ";
  const Files sources = {{"sources.yaml",
                          "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: "
                          "repo, namespace: store}\n"
                          "spec: {url: 'https://charts.example.com'}\n---\n"
                          "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: "
                          "app, namespace: store}\n"
                          "spec: {url: 'oci://ghcr.io/x/charts/app', ref: {tag: 1.2.3}}\n---\n"
                          "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: "
                          "digest, namespace: store}\n"
                          "spec: {url: 'oci://ghcr.io/x/charts/app', ref: {digest: 'sha256:00'}}\n"}};
  const auto built = [&](const std::string& spec) { return Run(sources, head + spec + "\n").built; };
  const auto chart = [](const std::string& fields) {
    return "{chart: {spec: {chart: app, sourceRef: {kind: HelmRepository, name: repo}" + fields + "}}}";
  };
  CHECK(built("{}") == "not built: no chart is named\n");
  for (const char* version :
       {"", ", version: '*'", ", version: '>=1.0.0'", ", version: 1.x", ", version: '1.2'",
        ", version: ^1.2.3", ", version: '1.2.3 || 2.0.0'", ", version: '1.2.3-'", ", version: '1..2'"}) {
    INFO(version);
    CHECK(built(chart(version)).find("the cluster alone decides it") != std::string::npos);
  }
  // Named exactly, it is the cache that lacks them.
  for (const char* version : {", version: 1.2.3", ", version: v1.2.3-rc.1+x"}) {
    INFO(version);
    CHECK(built(chart(version)).find("not in the cache") != std::string::npos);
  }
  CHECK(built("{chartRef: {kind: OCIRepository, name: app}}").find("not in the cache") != std::string::npos);
  CHECK(built("{chartRef: {kind: OCIRepository, name: digest}}").find("names no tag") != std::string::npos);
  CHECK(built("{chartRef: {kind: OCIRepository, name: none}}").find("which is not in the tree") !=
        std::string::npos);
  CHECK(built("{chartRef: {kind: Bucket, name: x}}").starts_with("not built: "));
  CHECK(built(chart(", version: 1.2.3, valuesFiles: [a.yaml]")).find("valuesFiles") != std::string::npos);
  CHECK(built("{chart: {spec: {chart: app}}}").find("no sourceRef") != std::string::npos);
}

}  // namespace
}  // namespace sluice::manifests::render
