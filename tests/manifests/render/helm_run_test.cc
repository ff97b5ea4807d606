#include "manifests/render/helm_run.h"

#include "tests/manifests/render/helm_program.h"

namespace sluice::manifests::render {
namespace {

constexpr const char* kConfigMap =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata:\n";

ChartFile Template(const std::string& data) {
  return FileOf("templates/config.yaml", kConfigMap + ("  it: " + data + "\n"));
}

std::string Output(const Result<std::string>& result) {
  if (!result) FAIL(result.error().Text());
  return *result;
}

bool Holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("a request's typed fields reach the templates") {
  NEEDS_HELM(helm)
  HelmRequest request =
      Ask({Template("{{ .Values.greeting }} {{ .Release.Namespace }} {{ .Capabilities.KubeVersion.Version }} "
                    "{{ .Capabilities.APIVersions.Has \"example.com/v1/Widget\" }} {{ .Release.IsUpgrade }}"),
           FileOf("values.yaml", "greeting: none\n")},
          R"({"greeting":"hello"})");
  CHECK(Holds(Output(RunHelmTemplate(helm, request)), "it: hello store v1."));
  CHECK(Holds(Output(RunHelmTemplate(helm, request)), "false false"));
  request.kube_version = "1.29";
  request.api_versions = {"example.com/v1", "example.com/v1/Widget"};
  request.upgrade = true;
  const std::string output = Output(RunHelmTemplate(helm, request));
  CHECK(Holds(output, "it: hello store v1.29.0 true true"));
  CHECK(Holds(output, "# Source: web/templates/config.yaml"));
}

TEST_CASE("custom resource definitions, hooks and tests come as they are asked for") {
  NEEDS_HELM(helm)
  const std::string hook = "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations: {helm.sh/hook: ";
  HelmRequest request = Ask(
      {FileOf("crds/widget.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"),
       FileOf("templates/job.yaml", hook + "pre-install}\n  name: before\n"),
       FileOf("templates/tests/test.yaml", hook + "test}\n  name: tried\n"), Template("x")});
  const auto holds = [&](bool crd, bool before, bool tried) {
    const std::string output = Output(RunHelmTemplate(helm, request));
    CHECK(Holds(output, "CustomResourceDefinition") == crd);
    CHECK(Holds(output, "name: before") == before);
    CHECK(Holds(output, "name: tried") == tried);
    CHECK(Holds(output, "it: x"));
  };
  holds(true, true, false);
  request.tests = true;
  holds(true, true, true);
  request.tests = request.hooks = request.include_crds = false;
  holds(false, false, false);
}

TEST_CASE("a chart that helm refuses says so in helm's words, with no path of ours") {
  NEEDS_HELM(helm)
  struct Case {
    HelmRequest request;
    const char* words;
  };
  HelmRequest old = Ask({Template("x")});
  old.chart[0].bytes += "kubeVersion: \"<1.20\"\n";
  old.kube_version = "1.34";
  const Case cases[] = {
      {Ask({Template("{{ fail \"no region\" }}")}), "no region"},
      {Ask({Template("{{ .Values.a.b.c }}")}), "web/templates/config.yaml:5:"},
      {Ask({Template("{{ required \"give a name\" .Values.name }}")}), "give a name"},
      {Ask({Template("{{ if }}")}), "web/templates/config.yaml:5"},
      {Ask({Template("[")}), "web/templates/config.yaml"},
      {Ask({FileOf("Chart.yaml ", "x"), FileOf("charts/Chart.yaml/x", "")}), ""},
      {old, "incompatible"},
      {Ask({FileOf("values.schema.json", R"({"required":["name"]})")}), "name"},
      {Ask({}, "[1"), "values.json"},
  };
  for (const Case& one : cases) {
    const Result<std::string> result = RunHelmTemplate(helm, one.request);
    if (*one.words == '\0') continue;
    INFO(one.words);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::kConfiguration);
    INFO(result.error().message);
    CHECK(Holds(result.error().message, one.words));
    CHECK_FALSE(Holds(result.error().message, "sluice-private"));
    CHECK_FALSE(Holds(result.error().message, "\n"));
  }
}

TEST_CASE("a schema that is not to be enforced is not") {
  NEEDS_HELM(helm)
  HelmRequest request = Ask({Template("x"), FileOf("values.schema.json", R"({"required":["name"]})")});
  CHECK_FALSE(RunHelmTemplate(helm, request));
  request.schema = false;
  CHECK(RunHelmTemplate(helm, request));
}

TEST_CASE("what helm is never asked") {
  const HelmRequest good = Ask({Template("x")});
  CHECK(WhyRefused(good).empty());
  const auto refused = [&](auto change) {
    HelmRequest request = good;
    change(request);
    const std::string why = WhyRefused(request);
    CHECK_FALSE(why.empty());
    const Result<std::string> result = RunHelmTemplate("/nowhere/helm", request);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::kUsage);
    CHECK(result.error().message == why);
  };
  for (const char* name : {"",
                           "-",
                           "-x",
                           "--post-renderer=./x.sh",
                           "--output-dir=/tmp",
                           ".",
                           "..",
                           "../x",
                           "a/b",
                           "A",
                           "a_b",
                           "a b",
                           "a.",
                           ".a",
                           "a..b",
                           "a-",
                           "a\n",
                           "-f",
                           "é",
                           "$(x)",
                           "a234567890123456789012345678901234567890123456789012345678901234"}) {
    INFO(name);
    refused([&](HelmRequest& request) { request.release = name; });
    refused([&](HelmRequest& request) { request.ns = name; });
  }
  for (const char* version : {"-1.2", "--kubeconfig=x", "1.", "1.2 ", "1.2-gke", ".1", "1..2", "1,2", "v"})
    refused([&](HelmRequest& request) { request.kube_version = version; });
  for (const char* version : {"", "-x", "--plain-http", "a,b", "a b", "a=b", "/v1", "a\n", "a\"b", "é/v1"})
    refused([&](HelmRequest& request) { request.api_versions = {"v1", version}; });
  refused([](HelmRequest& request) { request.chart.clear(); });
  refused([](HelmRequest& request) { request.chart.push_back(request.chart[0]); });
  refused([](HelmRequest& request) { request.chart.push_back({RepoPath(), "x"}); });
  refused([](HelmRequest& request) { request.chart.push_back(FileOf("big", std::string(33u << 20, 'x'))); });
  refused([](HelmRequest& request) { request.values = std::string(5u << 20, ' '); });
  refused([](HelmRequest& request) {
    for (int i = 0; i < 5000; ++i) request.chart.push_back(FileOf("f" + std::to_string(i), ""));
  });
}

TEST_CASE("a helm that is not there is our trouble, not the chart's") {
  const Result<std::string> result = RunHelmTemplate("/nowhere/helm", Ask({Template("x")}));
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::kFailed);
  CHECK(Holds(result.error().message, "/nowhere/helm"));
  CHECK_FALSE(RunHelmTemplate("helm", Ask({Template("x")})));
}

}  // namespace
}  // namespace sluice::manifests::render
