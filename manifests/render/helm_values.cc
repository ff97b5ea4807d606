// Tested by tests/manifests/render/helm_values_test.cc.
#include "manifests/render/helm_values.h"

#include <algorithm>
#include <set>
#include <utility>

#include "manifests/render/helm_rules.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kValues = ".Values";

bool IsOfName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool IsTemplate(std::string_view path) {
  return path.starts_with("templates/") || path.find("/templates/") != path.npos;
}

// What the templates ask for; `whole` where one takes all values, so that its
// use of them is not to be seen.
struct Use {
  std::set<std::string_view> keys;
  bool whole = false;
};

void AddUse(std::string_view text, Use& use) {
  for (std::size_t at = text.find(kValues); at != text.npos; at = text.find(kValues, at)) {
    at += kValues.size();
    if (at < text.size() && IsOfName(text[at])) continue;  // ".ValuesOf"
    std::size_t end = at + 1;
    while (end < text.size() && IsOfName(text[end])) ++end;
    if (at >= text.size() || text[at] != '.' || end == at + 1) {
      use.whole = true;
    } else {
      use.keys.insert(text.substr(at + 1, end - at - 1));
    }
  }
}

Use UseOf(const Chart& chart) {
  Use use;
  for (const ChartFile& file : chart.files) {
    const std::string& path = file.path.text();
    if (path.ends_with(".tgz")) use.whole = true;
    if (IsTemplate(path)) AddUse(file.bytes, use);
  }
  // `tpl` runs templates that stand in values, `import-values` moves values.
  for (const ChartFile& file : chart.files)
    use.whole = use.whole ||
                (file.path.Name() == "Chart.yaml" && file.bytes.find("import-values") != std::string::npos);
  return use;
}

void AddMembers(const Node* mapping, std::set<std::string, std::less<>>& names) {
  if (mapping == nullptr || mapping->kind != NodeKind::kMapping) return;
  for (const Node& member : mapping->children) names.emplace(member.key);
}

// Names and aliases of dependencies, and of what lies in charts/; conditions and
// tags may stand at the top of the values too.
void AddCharts(const Chart& chart, const Limits& limits, std::set<std::string, std::less<>>& names) {
  for (const ChartFile& file : chart.files) {
    const std::string_view path = file.path.text();
    if (path.starts_with("charts/")) names.emplace(path.substr(7, path.find('/', 7) - 7));
    if (path != "Chart.yaml" && path != "requirements.yaml") continue;
    const ParsedFile parsed = Parse(std::string(path), file.bytes, limits);
    const Node* list = parsed.documents.empty() ? nullptr : parsed.documents[0].root->Find("dependencies");
    for (const Node& one : list == nullptr ? std::span<const Node>() : list->children)
      for (const char* key : {"name", "alias", "condition"})
        if (const Node* text = one.Find(key); text != nullptr)
          names.emplace(text->String().substr(0, text->String().find_first_of(".,")));
  }
}

}  // namespace

Findings CheckAgainstSchema(const Chart& chart, const Node& coalesced, const CheckValues& check,
                            const Limits& limits) {
  const std::size_t schema = chart.Find("values.schema.json");
  if (!check || schema == Chart::npos || chart.files[schema].bytes.size() > limits.object_bytes) return {};
  ParsedFile values;
  values.documents.push_back({&coalesced, coalesced.range});
  Result<Findings> findings = check(chart.files[schema].bytes, values);
  if (!findings) return {};
  for (Finding& finding : *findings) {
    finding.rule = kHelmValuesRule.id;
    finding.severity = kHelmValuesRule.severity;
    finding.remedy.clear();
    const std::string key = finding.field.empty() ? ".Values" : ".Values." + finding.field;
    finding.message = key + ": " + finding.message + " (values.schema.json of the chart)";
  }
  return std::move(*findings);
}

Findings CheckUse(const Chart& chart, const Node* defaults, const Node& values, const Limits& limits) {
  const Use use = UseOf(chart);
  if (use.whole) return {};
  std::set<std::string, std::less<>> known = {"global", "tags"};
  known.insert(use.keys.begin(), use.keys.end());
  AddMembers(defaults, known);
  AddCharts(chart, limits, known);
  if (const std::size_t schema = chart.Find("values.schema.json"); schema != Chart::npos) {
    const ParsedFile parsed = Parse("values.schema.json", chart.files[schema].bytes, limits);
    if (!parsed.documents.empty()) AddMembers(parsed.documents[0].root->Find("properties"), known);
  }
  Findings findings;
  for (const Node& member : values.children)
    if (known.find(member.key) == known.end())
      findings.push_back(MakeFinding(kHelmUnknownValueRule, {}, member.key_range,
                                     "the chart does not use \"" + std::string(member.key) + "\""));
  return findings;
}

}  // namespace sluice::manifests::render
