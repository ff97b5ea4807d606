#include "manifests/render/helm_values.h"

#include "tests/manifests/render/release.h"

namespace sluice::manifests::render {
namespace {

// The keys of `values` that are found to be unknown, and their lines.
std::string Unknown(const std::string& values, const std::map<std::string, std::string>& files) {
  Chart chart;
  for (const auto& [path, bytes] : files) {
    chart.files.push_back(FileOf(path, bytes));
    chart.origins.emplace_back();
  }
  const std::size_t index = chart.Find("values.yaml");
  const ParsedFile own = Parse("values.yaml", index == Chart::npos ? "" : chart.files[index].bytes, Limits());
  const ParsedFile given = Parse("release.yaml", values, Limits());
  std::string told;
  for (const Finding& finding : CheckUse(chart, own.documents.empty() ? nullptr : own.documents[0].root,
                                         *given.documents[0].root, Limits())) {
    CHECK(finding.rule == "helm/unknown-value");
    CHECK(finding.severity == Severity::kWarning);
    told += std::to_string(finding.range.begin.line) + ":" +
            finding.message.substr(finding.message.find('"')) + " ";
  }
  return told;
}

TEST_CASE("a top-level value that nothing of the chart speaks of is found") {
  const std::map<std::string, std::string> chart = {
      {"Chart.yaml",
       "name: web\ndependencies:\n- {name: redis, alias: cache, condition: withCache.enabled}\n"},
      {"values.yaml", "replicas: 1\nimage: {tag: x}\n"},
      {"values.schema.json", R"({"properties": {"fromSchema": {}}})"},
      {"templates/a.yaml", "{{ .Values.used }} {{ $.Values.also.this }} {{ .ValuesOf }}\n"},
      {"charts/sub/templates/b.yaml", "{{ .Values.ofSub }}"},
      {"README.md", ".Values.documented"}};
  CHECK(Unknown("replicas: 2\nimage: {}\nglobal: {}\ntags: {}\nredis: {}\ncache: {}\nwithCache: {}\nsub: {}\n"
                "fromSchema: 1\nused: 1\nalso: 1\nofSub: 1\n",
                chart) == "");
  CHECK(Unknown("replica: 2\nimage: {tagg: x}\nused: 1\n\nImage: 1\ndocumented: 1\n", chart) ==
        "1:\"replica\" 5:\"Image\" 6:\"documented\" ");
}

TEST_CASE("where the chart's use cannot be seen, nothing is said") {
  for (const char* text :
       {"{{ toYaml .Values }}", "{{ index .Values \"a\" }}", "{{ .Values | toJson }}", "{{ tpl .t $.Values}}",
        "{{ range $k, $v := .Values }}", "{{ with .Values }}", "{{ get .Values .key }}", "{{.Values}}"})
    CHECK(Unknown("nothing: 1\n", {{"Chart.yaml", "name: a\n"}, {"templates/a.yaml", text}}) == "");
  CHECK(Unknown("nothing: 1\n", {{"Chart.yaml", "name: a\n"}, {"charts/b-1.0.0.tgz", "x"}}) == "");
  CHECK(Unknown("nothing: 1\n", {{"Chart.yaml", "dependencies:\n- name: b\n  import-values: [x]\n"}}) == "");
  CHECK(Unknown("nothing: 1\n",
                {{"Chart.yaml", "name: a\n"}, {"charts/b/templates/_b.tpl", "{{ .Values }}"}}) == "");
  CHECK(Unknown("nothing: 1\n", {{"Chart.yaml", "name: a\n"}}) != "");
}

TEST_CASE("a value that the schema does not allow is found at its line, wherever it was written") {
  const std::string schema =
      R"({"type":"object","required":["name"],"properties":{"name":{"type":"string"},"replicas":{"type":"integer",)"
      R"("minimum":1},"image":{"type":"object","additionalProperties":false,"properties":{"tag":{"type":"string"}}}}})";
  const auto told = [&](const std::string& defaults, const std::string& more, const std::string& values) {
    int runs = 0;
    ReleaseOf release(
        {{"chart/values.schema.json", schema},
         {"chart/values.yaml", defaults},
         {"chart/templates/a.yaml", "{{ .Values.name }} {{ .Values.replicas }} {{ .Values.image }}"},
         {"more.yaml", more},
         {"release.yaml", values}},
        [&](const HelmRequest&) -> Result<std::string> { return ++runs, std::string(); });
    const Built built = release.Build();
    CHECK(runs == (built.findings.empty() ? 1 : 0));
    std::string text;
    for (const Finding& finding : built.findings)
      text += finding.rule + " " + finding.file + ":" + std::to_string(finding.range.begin.line) + " ";
    return text;
  };
  CHECK(told("name: a\n", "{}", "replicas: 3\n") == "");
  CHECK(told("name: a\n", "{}", "\nreplicas: 0\n") == "helm/values release.yaml:2 ");
  CHECK(told("name: a\n", "replicas: x\n", "image: {tag: a}\n") == "helm/values more.yaml:1 ");
  CHECK(told("name: a\n", "replicas: x\n", "replicas: 4\n") == "");
  CHECK(told("name: a\nreplicas: 0\n", "{}", "{}") == "helm/values chart/values.yaml:2 ");
  CHECK(told("name: a\n", "{}", "image:\n  tag: a\n  tagg: b\n").starts_with("helm/values release.yaml:"));
  CHECK(told("{}", "{}", "replicas: 3\n").starts_with("helm/values "));
  CHECK(told("name: a\n", "{}", "name: null\n").starts_with("helm/values "));
}

TEST_CASE("a schema that cannot be checked here is helm's to check") {
  for (const char* schema :
       {"{", "[]", R"({"$ref":"http://127.0.0.1:1/x"})", R"({"pattern":"(?<=a)b"})", ""}) {
    int runs = 0;
    ReleaseOf release({{"chart/values.schema.json", schema}},
                      [&](const HelmRequest&) -> Result<std::string> { return ++runs, std::string(); });
    CHECK(Told(release.Build()).empty());
    CHECK(runs == 1);
  }
}

}  // namespace
}  // namespace sluice::manifests::render
