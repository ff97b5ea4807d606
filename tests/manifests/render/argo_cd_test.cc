#include "manifests/render/argo_cd.h"

#include <string>

#include "manifests/render/helm.h"
#include "tests/catch.h"
#include "tests/manifests/render/repository.h"

namespace sluice::manifests::render {
namespace {

using Files = std::map<std::string, std::string>;

const std::string kUrl = "https://example.com/me/shop.git";

std::string Application(const std::string& sources) {
  return "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop, namespace: "
         "argocd}\nspec:\n"
         "  destination: {namespace: store}\n" +
         sources;
}

std::string Source(const std::string& fields) {
  return "  source: {repoURL: '" + kUrl + "'" + (fields.empty() ? "" : ", " + fields) + "}\n";
}

std::string Map(const std::string& name) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\n";
}

// "ConfigMap web, …" and what else there is to say.
std::string Names(const Built& built) {
  std::string names;
  for (const BuiltObject& object : built.objects) {
    if (!names.empty()) names += ' ';
    names += object.object.name;
  }
  for (const NotBuilt& left : built.not_built) names += "not built: " + left.reason;
  for (const Finding& finding : built.findings) names += "finding: " + finding.message;
  return names;
}

std::string NamesOf(Files files, const std::string& application) {
  files["app.yaml"] = application;
  Repository repository(files);
  repository.context.repository_urls = {kUrl};
  return Names(repository.BuildNamed("Application argocd/shop"));
}

TEST_CASE("options that say nothing name no tool") {
  const Files files = {{"d/kustomization.yaml", "resources: [a.yaml]\nnamePrefix: p-\n"},
                       {"d/a.yaml", Map("a")}};
  for (const char* nothing :
       {"directory: {}", "directory: {recurse: false, include: ''}", "helm: {}", "helm: {valueFiles: []}",
        "directory: {jsonnet: {}}", "kustomize: {images: []}"}) {
    CAPTURE(nothing);
    CHECK(NamesOf(files, Application(Source("path: d, " + std::string(nothing)))) == "p-a");
  }
  CHECK(NamesOf(files, Application(Source("path: d, directory: {recurse: true}"))) != "p-a");
  CHECK(NamesOf(files, Application(Source("path: d, directory: {exclude: x}"))) != "p-a");
}

TEST_CASE("directories too deep to be looked through are told") {
  const auto deep = [](int levels) {
    std::string path = "d";
    for (int i = 0; i < levels; ++i) path += "/x";
    return Files{{"d/a.yaml", Map("a")}, {path + "/b.yaml", Map("b")}};
  };
  const std::string application = Application(Source("path: d, directory: {recurse: true}"));
  CHECK(NamesOf(deep(50), application) == "a b");
  CHECK(NamesOf(deep(51), application) == "finding: directories lie more than 50 deep in d");
  CHECK(NamesOf(deep(51), Application(Source("path: d"))) == "a");
}

TEST_CASE("of one object that two sources bring, the later one counts") {
  const Files files = {{"d/a.yaml", Map("a")}, {"d/b.yaml", Map("b")}, {"e/a.yaml", Map("a")}};
  const std::string source = "{repoURL: '" + kUrl + "', path: ";
  CHECK(NamesOf(files, Application("  sources: [" + source + "d}, " + source + "e}]\n")) == "b a");
  CHECK(NamesOf(files, Application("  sources: [" + source + "e}, " + source + "d}]\n")) == "a b");
}

TEST_CASE("a plain directory, by the options of the Application") {
  const Files files = {{"d/a.yaml", Map("a")},
                       {"d/b.yml", Map("b")},
                       {"d/c.json", R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}})"},
                       {"d/deep/e.yaml", Map("e")},
                       {"d/note.md", "x"},
                       {"d/values.yaml", "a: b\n"},
                       {"d/skip.yaml", "# +argocd:skip-file-rendering\n" + Map("s")}};
  CHECK(NamesOf(files, Application(Source("path: d"))) == "a b c");
  CHECK(NamesOf(files, Application(Source("path: d, directory: {recurse: true}"))) == "a b c e");
  for (const char* name : {"include", "exclude"}) {
    const std::string pattern(1025, '*');
    CHECK(NamesOf(files, Application(
                             Source("path: d, directory: {" + std::string(name) + ": '" + pattern + "'}"))) ==
          "finding: directory." + std::string(name) + ": a pattern of more than 1024 bytes");
  }
  CHECK(NamesOf(files, Application(Source("path: d, directory: {include: '*.yml'}"))) == "b");
  CHECK(NamesOf(files, Application(Source("path: d, directory: {recurse: true, exclude: 'deep/*'}"))) ==
        "a b c");
  CHECK(NamesOf(files, Application(Source(
                           "path: d, directory: {recurse: true, include: '{a,deep/e}.yaml'}"))) == "a e");
  Files jsonnet = files;
  jsonnet["d/x.jsonnet"] = "{}";
  CHECK(NamesOf(jsonnet, Application(Source("path: d"))).find("not built: Jsonnet is not run: d/x.jsonnet") !=
        std::string::npos);
}

TEST_CASE("kustomize with the options of the Application") {
  const Files files = {{"d/kustomization.yaml", "resources: [a.yaml]\nnamePrefix: p-\n"},
                       {"d/a.yaml", Map("a")}};
  CHECK(NamesOf(files, Application(Source("path: d"))) == "p-a");
  CHECK(NamesOf(files, Application(Source("path: d, kustomize: {namePrefix: x-, nameSuffix: -y}"))) ==
        "x-a-y");
  Files pod = {
      {"d/kustomization.yaml", "resources: [a.yaml]\n"},
      {"d/a.yaml",
       "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: 'x/y:1'}]}\n"},
      {"app.yaml", Application(Source("path: d, kustomize: {images: ['x/y=host:5000/z:2'], namespace: n, "
                                      "commonLabels: {team: t}, labelWithoutSelector: true}"))}};
  Repository repository(pod);
  repository.context.repository_urls = {kUrl};
  const std::string shown = Show(repository.BuildNamed("Application argocd/shop"));
  CHECK(shown.find(R"("image":"host:5000/z:2")") != std::string::npos);
  CHECK(shown.find(R"("labels":{"team":"t"})") != std::string::npos);
  CHECK(shown.find(R"("namespace":"n")") != std::string::npos);
  CHECK(
      NamesOf(files, Application(Source("path: d, kustomize: {components: [../none]}"))).find("finding: ") !=
      std::string::npos);
  CHECK(NamesOf(files, Application(Source(
                           "path: d, kustomize: {components: [../none], ignoreMissingComponents: true}"))) ==
        "p-a");
}

TEST_CASE("a chart with the options of the Application") {
  Files files = {{"c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"},
                 {"c/prod.yaml", "a: 1\nb: 2\n"},
                 {"values/all.yaml", "b: 3\n"},
                 {"c/text.txt", "hi\n"}};
  const auto asked = [&](const std::string& sources, std::string* names = nullptr) {
    Files with = files;
    with["app.yaml"] = Application(sources);
    Repository repository(with);
    repository.context.repository_urls = {kUrl};
    std::string request_text;
    repository.context.helm = [&](const HelmRequest& request) -> Result<std::string> {
      request_text = request.release + " in " + request.ns + " " + request.values +
                     (request.include_crds ? "" : " no-crds");
      return std::string();
    };
    const std::string said = Names(repository.BuildNamed("Application argocd/shop"));
    if (names != nullptr) *names = said;
    return request_text.empty() ? said : request_text;
  };
  CHECK(asked(Source("path: c")) == "shop in store {}");
  CHECK(asked(Source("path: c, helm: {releaseName: r, skipCrds: true}")) == "r in store {} no-crds");
  CHECK(asked(Source("path: c, helm: {valueFiles: [prod.yaml, /values/all.yaml]}")) ==
        R"(shop in store {"a":1,"b":3})");
  CHECK(asked(Source(
            "path: c, helm: {valueFiles: [prod.yaml], values: 'b: 4', parameters: [{name: c.d, value: '5'}, "
            "{name: e, value: '6', forceString: true}]}")) ==
        R"(shop in store {"a":1,"b":4,"c":{"d":5},"e":"6"})");
  CHECK(asked(Source("path: c, helm: {values: 'b: 4', valuesObject: {b: 5}}")) == R"(shop in store {"b":5})");
  CHECK(asked(Source("path: c, helm: {fileParameters: [{name: t, path: text.txt}]}")) ==
        R"(shop in store {"t":"hi\n"})");
  CHECK(asked(Source("path: c, helm: {valueFiles: [none.yaml], ignoreMissingValueFiles: true}")) ==
        "shop in store {}");
  CHECK(asked("  sources:\n  - {repoURL: '" + kUrl + "', ref: v}\n  - {repoURL: '" + kUrl +
              "', path: c, helm: {valueFiles: [$v/values/all.yaml]}}\n") == R"(shop in store {"b":3})");
  // Refused, or left out by name.
  CHECK(asked(Source("path: c, helm: {valueFiles: [none.yaml]}")) ==
        "finding: valueFiles: there is no file c/none.yaml");
  CHECK(asked(Source("path: c, helm: {valueFiles: [../../x.yaml]}")) ==
        "finding: valueFiles: the path leads out of the repository");
  CHECK(asked(Source("path: c, helm: {values: '[a'}")) == "finding: these values are no YAML");
  CHECK(asked(Source("path: c, helm: {values: 'x'}")) == "finding: these values are not a mapping");
  CHECK(asked(Source("path: c, helm: {parameters: [{name: 'a..b', value: x}]}")) ==
        "finding: the name of a parameter is none of Helm's");
  for (const char* file : {"https://x/y.yaml", "$other/y.yaml", "'*.yaml'"}) {
    INFO(file);
    CHECK(asked(Source("path: c, helm: {valueFiles: [" + std::string(file) + "]}"))
              .find("is not of this repository") != std::string::npos);
  }
  CHECK(asked(Source("path: c, helm: {parameters: [{name: a, value: '{x,y}'}]}")) ==
        "not built: a parameter that is a list, or has escapes");
  CHECK(asked(Source("path: c, helm: {parameters: [{name: a, value: $ARGOCD_APP_NAME}]}")) ==
        "not built: the source uses Argo CD's build environment");
}

TEST_CASE("what Argo CD could build and we do not is named") {
  CHECK(NamesOf({}, Application(Source("path: d"))) ==
        "finding: path: there is no directory d in this repository");
  CHECK(NamesOf({{"d/a.yaml", Map("a")}}, Application(Source("path: d, plugin: {name: x}"))) ==
        "not built: the source is built by a plugin, which is not run");
  CHECK(NamesOf({}, Application("  source: {repoURL: 'https://other/x', path: d}\n")) ==
        "not built: repository other/x");
  CHECK(NamesOf({}, Application("")) == "not built: no source");
  CHECK(NamesOf({{"d/a.yaml", Map("a")}},
                Application("  sources:\n  - {repoURL: 'https://other/x', path: d}\n  - {repoURL: '" + kUrl +
                            "', path: d}\n")) == "anot built: the source is another repository: other/x");
}

TEST_CASE("several sources, of which the last word counts") {
  const std::string sources =
      "  sources:\n  - {repoURL: '" + kUrl + "', path: one}\n  - {repoURL: '" + kUrl + "', path: two}\n";
  CHECK(NamesOf({{"one/a.yaml", Map("a")}, {"one/b.yaml", Map("b")}, {"two/b.yaml", Map("b")}},
                Application(sources)) == "a b");
}

TEST_CASE("without the operator's word, this repository is the one that most sources name") {
  Files files = {{"d/a.yaml", Map("a")}, {"app.yaml", Application(Source("path: d"))}};
  Repository repository(files);
  CHECK(Names(repository.BuildNamed("Application argocd/shop")) == "a");
  files["other.yaml"] =
      "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: o}\nspec: {source: {repoURL: "
      "'https://o/o', path: d}}\n";
  Repository tied(files);
  CHECK(Names(tied.BuildNamed("Application argocd/shop")) == "not built: repository example.com/me/shop");
}

}  // namespace
}  // namespace sluice::manifests::render
