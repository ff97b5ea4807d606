#include "manifests/render/application_set.h"

#include <string>

#include "tests/catch.h"
#include "tests/manifests/render/repository.h"

namespace sluice::manifests::render {
namespace {

using Files = std::map<std::string, std::string>;

const std::string kUrl = "https://example.com/me/shop";

// "NAME=PATH" of each Application of the set, or "outside: WHY".
std::string ApplicationsOf(Files files, const std::string& generators, const std::string& name = "{{name}}",
                           const std::string& path = "{{path}}", const std::string& more = "") {
  files["set.yaml"] =
      "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: all, namespace: "
      "argocd}\nspec:\n" +
      more + "  generators: " + generators + "\n  template:\n    metadata: {name: '" + name +
      "'}\n    spec: {source: {repoURL: '" + kUrl + "', path: '" + path + "'}}\n";
  Repository repository(files);
  repository.context.repository_urls = {kUrl};
  std::string applications;
  for (const Root& root : repository.Roots()) {
    if (root.object.kind == "ApplicationSet") return "outside: " + root.outside;
    if (!applications.empty()) applications += ' ';
    applications += root.object.name + "=" + root.directory.text();
  }
  return applications;
}

// The limit that the set passes; empty: none.
std::string LimitOf(const Files& files, const std::string& generators) {
  Files all = files;
  all["set.yaml"] =
      "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: all}\nspec:\n  generators: " +
      generators + "\n  template:\n    metadata: {name: x}\n    spec: {source: {repoURL: '" + kUrl +
      "', path: x}}\n";
  Repository repository(all);
  repository.context.repository_urls = {kUrl};
  repository.Roots();
  std::string told;
  for (const Finding& finding : repository.findings)
    told += finding.rule + " " + finding.file + ":" + std::to_string(finding.range.begin.line) + " " +
            finding.message;
  return told;
}

const std::string kGit = "git: {repoURL: '" + kUrl + "', ";

TEST_CASE("a set that passes a limit is told") {
  const auto deep = [](int levels) {
    std::string path = "d";
    for (int i = 1; i < levels; ++i) path += "/x";
    return Files{{path + "/b.yaml", "{}"}};
  };
  const std::string generators = "[{" + kGit + "files: [{path: 'd/*.yaml'}]}}]";
  CHECK(LimitOf(deep(50), generators).empty());
  CHECK(LimitOf(deep(51), generators) ==
        "kustomize/root-limit set.yaml:5 a git generator looks at directories more than 50 deep");
  std::string elements;
  for (int i = 0; i < 1001; ++i) elements += (i == 0 ? "{a: b}" : ", {a: b}");
  CHECK(LimitOf({}, "[{list: {elements: [" + elements + "]}}]") ==
        "kustomize/root-limit set.yaml:5 more than 1000 Applications of one set");
  const std::string pattern(1025, '*');
  CHECK(LimitOf({}, "[{" + kGit + "directories: [{path: '" + pattern + "'}]}}]") ==
        "kustomize/root-limit set.yaml:5 a pattern of more than 1024 bytes");
}

TEST_CASE("generators of an ApplicationSet") {
  CHECK(ApplicationsOf({}, "[{list: {elements: [{name: a, path: x}, {name: b, path: y/z}]}}]") ==
        "a=x b=y/z");
  CHECK(ApplicationsOf({}, "[{list: {elements: [{name: a, values: {path: x}}]}}]", "{{ name }}",
                       "{{values.path}}") == "a=x");
  CHECK(ApplicationsOf({}, "[{list: {elements: []}}]") == "");
  const Files tree = {
      {"apps/a/x.yaml", "{}"},
      {"apps/b/c/x.yaml", "{}"},
      {"apps/old/x.yaml", "{}"},
      {"env/dev/c.json", R"({"name":"dev","cluster":{"path":"apps/a"}})"},
      {"env/prod/c.json",
       R"([{"name":"p1","cluster":{"path":"apps/b"}},{"name":"p2","cluster":{"path":"x"}}])"}};
  CHECK(ApplicationsOf(tree,
                       "[{" + kGit + "directories: [{path: apps/*}, {path: apps/old, exclude: true}]}}]",
                       "{{path.basename}}") == "a=apps/a b=apps/b");
  CHECK(ApplicationsOf(tree, "[{" + kGit + "directories: [{path: apps/*/*}]}}]",
                       "{{path[1]}}-{{path.basename}}") == "b-c=apps/b/c");
  CHECK(ApplicationsOf(tree, "[{" + kGit + "files: [{path: 'env/*/c.json'}]}}]", "{{name}}-{{path.basename}}",
                       "{{cluster.path}}") == "dev-dev=apps/a p1-prod=apps/b p2-prod=x");
  CHECK(ApplicationsOf(tree,
                       "[{matrix: {generators: [{list: {elements: [{env: e1}, {env: e2}]}}, {" + kGit +
                           "directories: [{path: apps/a}]}}]}}]",
                       "{{env}}-{{path.basename}}") == "e1-a=apps/a e2-a=apps/a");
  CHECK(ApplicationsOf(tree,
                       "[{matrix: {generators: [{list: {elements: [{d: a}]}}, {" + kGit +
                           "directories: [{path: 'apps/{{d}}'}]}}]}}]",
                       "{{path.basename}}") == "a=apps/a");
  CHECK(ApplicationsOf(
            {},
            "[{merge: {mergeKeys: [name], generators: [{list: {elements: [{name: a, path: x}, {name: b, "
            "path: y}]}}, {list: {elements: [{name: b, path: z}, {name: c, path: w}]}}]}}]") == "a=x b=z");
  const std::string cluster =
      "apiVersion: v1\nkind: Secret\nmetadata: {name: c1, labels: {argocd.argoproj.io/secret-type: cluster, "
      "env: prod}}\n"
      "stringData: {name: East_1, server: 'https://e', config: '{}'}\n";
  CHECK(ApplicationsOf({{"c.yaml", cluster}}, "[{clusters: {values: {p: 'x/{{name}}'}}}]",
                       "{{nameNormalized}}",
                       "{{values.p}}/{{metadata.labels.env}}") == "east-1=x/East_1/prod");
  CHECK(ApplicationsOf({{"c.yaml", cluster}}, "[{clusters: {selector: {matchLabels: {env: prod}}}}]",
                       "{{name}}", "a") == "East_1=a");
}

TEST_CASE("templates of an ApplicationSet") {
  const std::string list = "[{list: {elements: [{name: a, path: x, num: 3, deep: {er: w}}]}}]";
  CHECK(ApplicationsOf({}, list, "{{name}}-{{none}}", "x") == "a-{{none}}=x");
  CHECK(ApplicationsOf({}, list, "{{name}}{{num}}", "{{deep.er}}") == "a3=w");
  CHECK(ApplicationsOf({}, list, "{{name", "x") == "{{name=x");
  const std::string go = "  goTemplate: true\n";
  CHECK(ApplicationsOf({}, list, "{{.name}}", "{{ .deep.er }}", go) == "a=w");
  CHECK(ApplicationsOf({{"apps/a/x.yaml", "{}"}}, "[{" + kGit + "directories: [{path: apps/*}]}}]",
                       "{{.path.basename}}", "{{.path.path}}", go) == "a=apps/a");
  for (const char* name :
       {"{{name}}", "{{.none}}", "{{ .name | lower }}", "{{index .name 0}}", "{{if .name}}x{{end}}", "{{.}}",
        "{{..name}}", "{{.name.}}", "{{ $x }}", "{{- .name }}"}) {
    INFO(name);
    CHECK(ApplicationsOf({}, list, name, "x", go).starts_with("outside: the template "));
  }
}

TEST_CASE("sets that are not followed are named") {
  const auto outside = [](const std::string& generators, const std::string& more = "") {
    const std::string applications = ApplicationsOf({}, generators, "{{name}}", "{{path}}", more);
    return applications.starts_with("outside: ") ? applications.substr(9) : "followed: " + applications;
  };
  CHECK(outside("[{scmProvider: {}}]") == "the generator scmProvider asks outside of the repository");
  CHECK(outside("[{pullRequest: {}}]") == "the generator pullRequest asks outside of the repository");
  CHECK(outside("[{plugin: {}}]") == "the generator plugin asks outside of the repository");
  CHECK(outside("[{}]") == "the generator  asks outside of the repository");
  CHECK(outside("[{clusters: {}}]") == "a cluster generator, and no cluster Secret is in the tree");
  CHECK(outside("[{git: {repoURL: 'https://other/x', directories: [{path: '*'}]}}]") ==
        "a git generator of another repository");
  CHECK(outside("[{" + kGit + "revision: HEAD}}]") == "a git generator without directories and files");
  CHECK(outside("[{list: {elementsYaml: x}}]") == "elementsYaml is not followed");
  CHECK(outside("[{selector: {}, list: {elements: []}}]") == "a generator with a selector");
  CHECK(outside("[{matrix: {generators: [{list: {elements: []}}]}}]") == "a matrix takes two generators");
  CHECK(outside("[{merge: {generators: [{list: {}}, {list: {}}]}}]") ==
        "a merge takes two generators or more, and mergeKeys");
  CHECK(outside("[{list: {elements: []}}]", "  templatePatch: x\n") == "a templatePatch is not followed");
  const std::string pattern(1025, '*');
  CHECK(outside("[{" + kGit + "directories: [{path: '" + pattern + "'}]}}]") ==
        "a pattern of more than 1024 bytes");
  CHECK(outside("[{" + kGit + "directories: [{path: '" + pattern.substr(1) + "'}]}}]") == "followed: ");
  std::string nested = "{list: {elements: [{name: a}]}}";
  for (int i = 0; i < 4; ++i)
    nested = "{matrix: {generators: [" + nested + ", {list: {elements: [{path: x}]}}]}}";
  CHECK(outside("[" + nested + "]") == "generators nested too deep");
  std::string many;
  for (int i = 0; i < 40; ++i) many += "{name: n" + std::to_string(i) + "},";
  CHECK(outside("[{matrix: {generators: [{list: {elements: [" + many + "]}}, {list: {elements: [" + many +
                "]}}]}}]") == "more than 1000 Applications of one set");
}

TEST_CASE("what git generators look at is bounded") {
  Files few, many;
  for (int i = 0; i < 2000; ++i) few["d" + std::to_string(i) + "/" + std::string(200, 'x') + "/a"] = "{}";
  for (int i = 0; i < 50'001; ++i) many["d/" + std::to_string(i)] = "{}";
  std::string patterns;
  for (int i = 0; i < 500; ++i) patterns += "{path: '" + std::string(1000, '*') + "'},";
  CHECK(ApplicationsOf(few, "[{" + kGit + "directories: [" + patterns + "]}}]") ==
        "outside: the patterns of its git generators take more than 200000000 steps");
  CHECK(ApplicationsOf(many, "[{" + kGit + "files: [{path: none}]}}]") ==
        "outside: a git generator looks at more than 50000 files");
}

}  // namespace
}  // namespace sluice::manifests::render
