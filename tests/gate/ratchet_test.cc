// What counts as an older violation: one that was judged before, not one that
// stood where nobody looked.
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

const std::string kBad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndatas: {a: b}\n";
const std::string kGood = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n";
const std::string kChart = "apiVersion: v2\nname: c\nversion: 1.0.0\n";
constexpr const char* kRatchet = "version: 1\nratchet: true\n";
constexpr const char* kConfiguration = ".sluice/sluice.yaml";

Files With(Files files, const Files& change) {
  for (const auto& [path, text] : change) {
    files[path] = text;
    if (text.empty()) files.erase(path);
  }
  return files;
}

struct Moved {
  std::string what;
  Files before;   // accepted, for it is in no judgement
  Files change;   // an empty text removes
  bool accepted;  // what comes into judgement was judged before
};

TEST_CASE("a violation that was never judged is no older one") {
  const std::string roots = std::string(kRatchet) + "roots: {exclude: ['examples/**']}\n";
  const std::string discover = std::string(kRatchet) + "roots: {discover: [kustomize]}\n";
  const std::string generator = "configMapGenerator: [{name: g, files: [bad.yaml]}]\n";
  const Moved cases[] = {
      {"a template leaves its chart",
       {{"c/Chart.yaml", kChart}, {"c/templates/bad.yaml", "# {{ x\n" + kBad}},
       {{"c/templates/bad.yaml", ""}, {"apps/bad.yaml", "# {{ x\n" + kBad}},
       false},
      {"a template loses what made it one",
       {{"c/Chart.yaml", kChart}, {"c/templates/bad.yaml", kBad + "# {{ x\n"}},
       {{"c/templates/bad.yaml", kBad}},
       false},
      {"the chart goes, the template changes",
       {{"c/Chart.yaml", kChart}, {"c/templates/bad.yaml", "# {{ x\n" + kBad}},
       {{"c/Chart.yaml", ""}, {"c/templates/bad.yaml", "# {{ y\n" + kBad}},
       false},
      {"an example comes into the roots",
       {{kConfiguration, roots}, {"examples/bad.yaml", kBad}},
       {{"examples/bad.yaml", ""}, {"apps/bad.yaml", kBad}},
       false},
      {"a kustomization comes to build it, and it changes",
       {{kConfiguration, discover}, {"b/bad.yaml", kBad}},
       {{"b/kustomization.yaml", "resources: [bad.yaml]\n"}, {"b/bad.yaml", kBad + "# y\n"}},
       false},
      {"the input of a generator becomes a resource",
       {{"kustomization.yaml", generator}, {"bad.yaml", kBad}},
       {{"kustomization.yaml", "resources: [worse.yaml]\n"}, {"bad.yaml", ""}, {"worse.yaml", kBad}},
       false},
      {"a patch becomes a resource",
       {{"kustomization.yaml", "resources: [good.yaml]\npatches: [{path: bad.yaml, target: {name: good}}]\n"},
        {"good.yaml", kGood},
        {"bad.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\nimmutable: maybe\n"}},
       {{"kustomization.yaml", "resources: [good.yaml, worse.yaml]\n"},
        {"bad.yaml", ""},
        {"worse.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\nimmutable: maybe\n"}},
       false},
      {"text becomes a manifest", {{"bad.txt", kBad}}, {{"bad.txt", ""}, {"bad.yaml", kBad}}, false},
      {"what nobody could read can be read", {{"bad.yaml", "a: 1\na: 2\n"}}, {{"bad.yaml", kBad}}, false},
      {"a manifest moves", {{"a/bad.yaml", kBad}}, {{"a/bad.yaml", ""}, {"b/bad.yaml", kBad}}, true},
      {"a manifest changes", {{"bad.yaml", kBad}}, {{"bad.yaml", kBad + "immutable: true\n"}}, true},
      {"a manifest comes under a kustomization",
       {{"bad.yaml", kBad}},
       {{"kustomization.yaml", "resources: [bad.yaml]\n"}, {"bad.yaml", kBad + "immutable: true\n"}},
       true},
      {"a resource changes",
       {{"kustomization.yaml", "resources: [bad.yaml]\n"}, {"bad.yaml", kBad}},
       {{"bad.yaml", kBad + "immutable: true\n"}},
       true},
      {"a template without actions becomes a manifest",
       {{"c/Chart.yaml", kChart}, {"c/templates/bad.yaml", kBad}},
       {{"c/templates/bad.yaml", ""}, {"apps/bad.yaml", kBad}},
       true},
      {"outside the roots, and built from within them",
       {{kConfiguration, std::string(kRatchet) + "roots: {exclude: ['base/**']}\n"},
        {"app/kustomization.yaml", "resources: [../base]\n"},
        {"base/kustomization.yaml", "resources: [bad.yaml]\nnonsense: 1\n"},
        {"base/bad.yaml", kGood}},
       {{"base/kustomization.yaml", "resources: [bad.yaml]\nnonsense: 1\n# y\n"}},
       true},
  };
  for (const Moved& each : cases) {
    CAPTURE(each.what);
    const Files before = With({{kConfiguration, kRatchet}}, each.before);
    const Verdict verdict = CheckChange(before, With(before, each.change));
    CAPTURE(Brief(verdict));
    CHECK((verdict.outcome == Outcome::kAccepted) == each.accepted);
    CHECK((verdict.summary.older > 0) == each.accepted);
  }
}

}  // namespace
}  // namespace sluice::gate
