// Attempts to have a program run: functions in processes and containers, Go
// plugins, helm with flags in its values. Each must be refused or left out by
// name; the child would be killed for starting anything, and the program that
// they name would leave a canary.
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "tests/catch.h"
#include "tests/manifests/render/hostile.h"

namespace sluice::manifests::render {
namespace {

// Where plugins are named.
const char* const kFields[] = {"generators", "transformers", "validators"};

// Values of the annotation that makes an object a function.
const char* const kFunctions[] = {
    "exec: {path: ./run.sh}",
    "exec: {path: run.sh, args: [a]}",
    "exec: {path: /bin/sh}",
    "exec: {path: ../app/run.sh}",
    "container: {image: example.com/f}",
    "container: {image: example.com/f, network: true}",
    "container: {image: example.com/f, mounts: [{type: bind, src: /, dst: /host}]}",
    "container: {image: example.com/f, envs: [HOME]}",
    "starlark: {path: run.star}",
    "starlark: {url: \"https://127.0.0.1:1/run.star\", name: f}",
};
const char* const kAnnotations[] = {"config.kubernetes.io/function", "config.k8s.io/function"};

// Objects that old ways of kustomize load as plugins.
const char* const kPlugins[] = {
    "{apiVersion: someteam.example.com/v1, kind: Plugin, metadata: {name: p}, argsOneLiner: a}",
    "{apiVersion: someteam.example.com/v1, kind: BashedConfigMap, metadata: {name: p}, argsFromFile: run.sh}",
    "{apiVersion: builtin, kind: HelmChartInflationGenerator, metadata: {name: p}, name: c, repo: "
    "https://127.0.0.1:1}",
    "{apiVersion: builtin, kind: HelmChartInflationGenerator, metadata: {name: p}, name: c, releaseName: "
    "--post-renderer=./run.sh}",
    "{apiVersion: builtin, kind: NoSuchTransformer, metadata: {name: p}}",
    "{apiVersion: builtin/v2, kind: PrefixTransformer, metadata: {name: p}, prefix: a-}",
    "{apiVersion: ../../run.sh, kind: Plugin, metadata: {name: p}}",
    "{apiVersion: v1, kind: Plugin, metadata: {name: ../run.sh}}",
};

// Charts, and what their values would be as flags of helm.
const char* const kCharts[] = {
    "helmCharts: [{name: chart, repo: https://127.0.0.1:1, version: 1.0.0}]",
    "helmCharts: [{name: chart, releaseName: --post-renderer=./run.sh}]",
    "helmCharts: [{name: chart, releaseName: \"--post-renderer ./run.sh\"}]",
    "helmCharts: [{name: --post-renderer=./run.sh}]",
    "helmCharts: [{name: chart, version: --post-renderer=./run.sh}]",
    "helmCharts: [{name: chart, repo: --post-renderer=./run.sh}]",
    "helmCharts: [{name: chart, namespace: --post-renderer=./run.sh}]",
    "helmCharts: [{name: chart, nameTemplate: --post-renderer=./run.sh}]",
    "helmCharts: [{name: chart, valuesFile: --post-renderer=./run.sh}]",
    "helmCharts: [{name: chart, additionalValuesFiles: [--post-renderer=./run.sh]}]",
    "helmCharts: [{name: chart, apiVersions: [--post-renderer=./run.sh]}]",
    "helmCharts: [{name: chart, kubeVersion: --post-renderer=./run.sh}]",
    "helmCharts: [{name: ../../run.sh}]",
    "helmCharts: [{name: chart, includeCRDs: true, skipHooks: --post-renderer=./run.sh}]",
    "helmChartInflationGenerator: [{chartName: chart, releaseName: --post-renderer=./run.sh}]",
    "helmChartInflationGenerator: [{chartName: chart, helmBin: ./run.sh}]",
    "helmGlobals: {chartHome: ./run.sh, configHome: .}\nhelmCharts: [{name: chart}]",
};

struct Attempt {
  std::string fields;
  std::string object;  // plugin.yaml
};

std::string Function(const char* annotation, const char* value) {
  return fmt::format(
      "apiVersion: example.com/v1\nkind: Any\nmetadata:\n  name: f\n  annotations:\n    {}: |\n      {}\n",
      annotation, value);
}

std::vector<Attempt> Attempts() {
  std::vector<Attempt> attempts;
  for (const char* field : kFields) {
    for (const char* value : kFunctions)
      attempts.push_back({fmt::format("{}: [plugin.yaml]", field), Function(kAnnotations[0], value)});
    attempts.push_back({fmt::format("{}: [plugin.yaml]", field), Function(kAnnotations[1], kFunctions[0])});
    attempts.push_back({fmt::format("{}: [plugins]", field), Function(kAnnotations[0], kFunctions[0])});
    attempts.push_back(
        {fmt::format("{}:\n- |-\n  {{apiVersion: a.b/v1, kind: Any, metadata: {{name: f, annotations: "
                     "{{config.kubernetes.io/function: \"exec: {{path: ./run.sh}}\"}}}}}}\n",
                     field),
         ""});
    for (const char* plugin : kPlugins)
      attempts.push_back({fmt::format("{}: [plugin.yaml]", field), fmt::format("---\n{}\n", plugin)});
  }
  for (const char* chart : kCharts) attempts.push_back({chart, ""});
  return attempts;
}

// A tree on disk, since a program would need one.
struct Repository {
  Repository() {
    char name[] = "/tmp/sluice-hostile-XXXXXX";
    root = mkdtemp(name);
    Write("app/kustomization.yaml", "");
    Write("app/plugins/kustomization.yaml", "resources: [plugin.yaml]\n");
    Write("app/local.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: local}\n");
    Write("app/run.sh", "#!/bin/sh\ntouch " + root + "/canary\n");
    Write("app/charts/chart/Chart.yaml", "{apiVersion: v2, name: chart, version: 1.0.0}\n");
    Write("app/charts/chart/templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: chart}\n");
    std::filesystem::permissions(root + "/app/run.sh", std::filesystem::perms::owner_all);
  }
  ~Repository() { std::filesystem::remove_all(root); }

  void Write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(root + "/" + path).parent_path());
    std::ofstream(root + "/" + path) << text;
  }

  std::string Try(const Attempt& attempt) const {
    Write("app/kustomization.yaml", "resources: [local.yaml]\n" + attempt.fields + "\n");
    Write("app/plugin.yaml", attempt.object);
    Write("app/plugins/plugin.yaml", attempt.object);
    return ToldConfined(DirectoryTree(root), "app");
  }

  std::string root;
};

}  // namespace

TEST_CASE("nothing that a kustomization names is run") {
  const Repository repository;
  const std::vector<Attempt> attempts = Attempts();
  CHECK(attempts.size() >= 80);
  for (const Attempt& attempt : attempts) {
    const std::string told = repository.Try(attempt);
    INFO(attempt.fields << "\n" << attempt.object << "\ngives " << told);
    CHECK(IsRefused(told));
    CHECK_FALSE(std::filesystem::exists(repository.root + "/canary"));
  }
}

TEST_CASE("an object that only looks like a function is an object") {
  const Repository repository;
  const std::string told = repository.Try({"namePrefix: a-", ""}) +
                           repository.Try({"patches: [{path: plugin.yaml, target: {kind: ConfigMap}}]",
                                           Function(kAnnotations[0], kFunctions[0])});
  CHECK(told.find("\"name\":\"a-local\"") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(repository.root + "/canary"));
}

TEST_CASE("the child that tests run builds in is killed for starting a program or opening a socket") {
  CHECK(RunConfined([] {
          execl("/bin/true", "true", nullptr);
          return std::string("ran");
        }).signal == SIGSYS);
  const Repository repository;
  CHECK(repository.Try({"namePrefix: a-", ""}).starts_with("object: "));
}

}  // namespace sluice::manifests::render
