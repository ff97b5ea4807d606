// The words of the helm/ rules. tests/manifests/render/helm_test.cc runs their
// examples: a chart in chart/, the values of the release in release.yaml.
#include "manifests/render/helm_rules.h"

#include <span>

#include "manifests/render/helm.h"

namespace sluice::manifests::render {

#define CHART "-- chart/Chart.yaml --\napiVersion: v2\nname: shop\nversion: 1.2.3\n"
#define TEMPLATE(data)                                                                         \
  "-- chart/templates/config.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ " \
  ".Release.Name }}\ndata:\n  region: " data "\n"

const Rule kHelmChartRule = {
    .id = "helm/chart",
    .title = "a chart that Helm refuses",
    .why =
        "The controller runs the same templates and stops in the same way: the release stays as it is, "
        "and nothing of the change reaches the cluster.",
    .remedy = "mend the template or the values at this place; `helm template` shows it too",
    .fails = CHART TEMPLATE("{{ required \"a region is needed\" .Values.region }}"),
    .passes = CHART TEMPLATE(
        "{{ required \"a region is needed\" .Values.region }}") "-- release.yaml --\nregion: north\n",
};

const Rule kHelmValuesRule = {
    .id = "helm/values",
    .title = "values that the chart's values.schema.json does not allow",
    .why = "Helm checks the values of a release against the schema before it renders, and refuses to "
           "install or upgrade it.",
    .remedy = "write a value that the chart's values.schema.json allows",
    .fails = CHART TEMPLATE("{{ .Values.region }}") "-- chart/values.schema.json --\n{\"type\": \"object\", "
             "\"properties\": {\"region\": {\"enum\": [\"north\", \"south\"]}}}\n-- release.yaml --\nregion: west\n",
    .passes = CHART TEMPLATE("{{ .Values.region }}") "-- chart/values.schema.json --\n{\"type\": \"object\", "
              "\"properties\": {\"region\": {\"enum\": [\"north\", \"south\"]}}}\n-- release.yaml --\nregion: south\n",
};

const Rule kHelmUnknownValueRule = {
    .id = "helm/unknown-value",
    .severity = Severity::kWarning,
    .title = "a value that the chart does not use",
    .why = "Helm takes any value and says nothing of those that no template asks for: a misspelt one leaves "
           "the chart's default in force.",
    .remedy = "correct the name, or take the value away",
    .fails = CHART TEMPLATE("{{ .Values.region }}") "-- chart/values.yaml --\nregion: north\n"
             "-- release.yaml --\nregoin: south\n",
    .passes = CHART TEMPLATE("{{ .Values.region }}") "-- chart/values.yaml --\nregion: north\n"
              "-- release.yaml --\nregion: south\n",
};

const Rule kHelmLimitRule = {
    .id = "helm/limit",
    .title = "a chart that takes more time, memory or output than rendering may",
    .why = "What cannot be rendered within the limits cannot be judged.",
    .remedy = "make the chart smaller or split the release; docs/limits.md lists the limits",
    .fails = CHART TEMPLATE("{{ range until 20000 }}{{ repeat 1000 \"x\" }}{{ end }}"),
    .passes = CHART TEMPLATE("{{ repeat 1000 \"x\" }}"),
};

std::span<const Rule* const> HelmRules() {
  static constexpr const Rule* kRules[] = {&kHelmChartRule, &kHelmValuesRule, &kHelmUnknownValueRule,
                                           &kHelmLimitRule};
  return kRules;
}

}  // namespace sluice::manifests::render
