// Two changes, one after the other: the first puts a broken manifest where it
// is not judged, the second makes something apply it.
#include <algorithm>

#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

constexpr const char* kBad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndatas: {a: b}\n";
constexpr const char* kGood = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n";
constexpr const char* kSecret =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter2}\n";
constexpr const char* kChart = "apiVersion: v2\nname: c\nversion: 1.0.0\n";
constexpr const char* kDiscover = "version: 1\nroots: {discover: [flux, argo-cd, kustomize]}\n";

std::string Flux(const std::string& path, const std::string& more = {}) {
  return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: f, namespace: "
         "flux-system}\n"
         "spec:\n  interval: 1h\n  prune: true\n  sourceRef: {kind: GitRepository, name: f}\n  path: " +
         path + "\n" + more;
}

bool Has(const Verdict& verdict, const std::string& brief) {
  const std::vector<std::string> all = Brief(verdict);
  return std::find(all.begin(), all.end(), brief) != all.end();
}

struct Steps {
  std::string what;
  Files hidden;  // accepted: the file is in no judgement
  Files change;  // what the second change adds or replaces; an empty text removes
  std::string finding;
};

Files After(Files files, const Files& change) {
  for (const auto& [path, text] : change) {
    files[path] = text;
    if (text.empty()) files.erase(path);
  }
  return files;
}

TEST_CASE("a file that comes into judgement is judged, in whatever order it came") {
  const Steps cases[] = {
      {"text becomes a resource",
       {{"kustomization.yaml", "resources: [ok.yaml]\n"}, {"ok.yaml", kGood}, {"bad.txt", kBad}},
       {{"kustomization.yaml", "resources: [ok.yaml, bad.txt]\n"}},
       "schema/unknown-field bad.txt:4"},
      {"so does a plain Secret",
       {{"kustomization.yaml", "resources: [ok.yaml]\n"}, {"ok.yaml", kGood}, {"s.txt", kSecret}},
       {{"kustomization.yaml", "resources: [ok.yaml, s.txt]\n"}},
       "secret/plain s.txt:4"},
      {"Flux comes to build the directory",
       {{".sluice/sluice.yaml", kDiscover}, {"flux.yaml", Flux("./apps")}, {"hid/a/bad.yaml", kBad}},
       {{"flux.yaml", Flux("./hid")}},
       "schema/unknown-field hid/a/bad.yaml:4"},
      {"a kustomization comes to build it",
       {{".sluice/sluice.yaml", kDiscover},
        {"b/bad.yaml", kBad},
        {"a/kustomization.yaml", "resources: [ok.yaml]\n"},
        {"a/ok.yaml", kGood}},
       {{"b/kustomization.yaml", "resources: [bad.yaml]\n"},
        {"a/kustomization.yaml", "resources: [ok.yaml, ../b]\n"}},
       "schema/unknown-field b/bad.yaml:4"},
      {"a kustomization is reached through another",
       {{".sluice/sluice.yaml", "version: 1\nroots: {discover: [flux]}\n"},
        {"flux.yaml", Flux("./a")},
        {"b/bad.yaml", kBad},
        {"b/kustomization.yaml", "resources: [bad.yaml]\n"},
        {"a/kustomization.yaml", "resources: [ok.yaml]\n"},
        {"a/ok.yaml", kGood}},
       {{"a/kustomization.yaml", "resources: [ok.yaml, ../b]\n"}},
       "schema/unknown-field b/bad.yaml:4"},
      {"a template loses its chart",
       {{"c/Chart.yaml", kChart}, {"c/templates/bad.yaml", std::string(kBad) + "# {{ x }}\n"}},
       {{"c/Chart.yaml", ""}},
       "schema/unknown-field c/templates/bad.yaml:4"},
      {"Flux no longer substitutes",
       {{"flux.yaml", Flux("./apps", "  postBuild: {substitute: {A: \"true\"}}\n")},
        {"apps/d.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\nimmutable: ${A}\n"}},
       {{"flux.yaml", Flux("./apps")}},
       "schema/wrong-type apps/d.yaml:4"},
  };
  for (const Steps& steps : cases) {
    CAPTURE(steps.what);
    const Verdict hidden = CheckChange({{"x", ""}}, After(steps.hidden, {{"x", "1"}}));
    if (!steps.hidden.contains(".sluice/sluice.yaml")) CHECK(hidden.outcome == Outcome::kAccepted);
    const Files after = After(steps.hidden, steps.change);
    const Verdict verdict = CheckChange(steps.hidden, after);
    CAPTURE(Brief(verdict));
    CHECK(verdict.outcome == Outcome::kRejected);
    CHECK(Has(verdict, steps.finding));
  }
}

TEST_CASE("nothing hides in a patch: it is judged in what it makes, or its build fails") {
  Files files = {{"kustomization.yaml", "resources: [ok.yaml]\npatches: [{path: bad.yaml}]\n"},
                 {"ok.yaml", kGood},
                 {"bad.yaml", kBad}};
  CHECK(CheckTree(files).outcome == Outcome::kRejected);
  files["kustomization.yaml"] = "resources: [ok.yaml, bad.yaml]\n";
  CHECK(CheckTree(files).outcome == Outcome::kRejected);
}

TEST_CASE("what is judged before and after is not held against a change of its surroundings") {
  const Files before = {
      {"kustomization.yaml", "resources: [bad.yaml]\n"}, {"bad.yaml", kBad}, {"other.yaml", kGood}};
  Files after = before;
  after["kustomization.yaml"] = "resources: [bad.yaml, other.yaml]\n";
  CHECK(CheckChange(before, after).outcome == Outcome::kAccepted);
  // With another name it is another object.
  after["kustomization.yaml"] = "resources: [bad.yaml, other.yaml]\nnamePrefix: a-\n";
  CHECK(CheckChange(before, after).outcome == Outcome::kRejected);
}

TEST_CASE("two unchanged files that come together are held against each other") {
  const Files before = {
      {"kustomization.yaml", "resources: [a/one.yaml]\n"}, {"a/one.yaml", kGood}, {"b/two.yaml", kGood}};
  Files after = before;
  after["kustomization.yaml"] = "resources: [a/one.yaml, b/two.yaml]\n";
  CHECK(Has(CheckChange(before, after), "object/duplicate b/two.yaml:1"));
}

TEST_CASE("a change that alters what too many files are for is rejected") {
  Files before = {{".sluice/sluice.yaml", kDiscover}, {"flux.yaml", Flux("./apps")}};
  for (int i = 0; i < 20001; ++i) before["hid/" + std::to_string(i) + ".yaml"] = kGood;
  Files after = before;
  after["flux.yaml"] = Flux("./hid");
  CHECK(Has(CheckChange(before, after), "git/too-large flux.yaml:1"));
}

TEST_CASE("a file that is too large to be read does not come into judgement unread") {
  const Files before = {{"kustomization.yaml", "resources: [ok.yaml]\n"},
                        {"ok.yaml", kGood},
                        {"big.txt", std::string(Limits().file_bytes + 1, '#')}};
  CHECK(Has(CheckChange(before, After(before, {{"kustomization.yaml", "resources: [ok.yaml, big.txt]\n"}})),
            "git/too-large big.txt:0"));
  CHECK(CheckChange(
            before,
            After(before, {{"kustomization.yaml",
                            "resources: [ok.yaml]\nconfigMapGenerator: [{name: a, files: [big.txt]}]\n"}}))
            .outcome == Outcome::kRejected);  // nor does anything that is built of it
}

TEST_CASE("nobody else can call a whole object a part of something") {
  SECTION("a kustomization elsewhere, which may not take the file") {
    CHECK(Has(CheckTree({{"u/kustomization.yaml", "patches: [{path: ../apps/bad.yaml}]\n"},
                         {"apps/bad.yaml", kBad}}),
              "schema/unknown-field apps/bad.yaml:4"));
  }
  SECTION("one below Flux may, but not what Flux applies as it stands") {
    const Files files = {{"u/kustomization.yaml", "patches: [{path: ../apps/bad.yaml}]\n"},
                         {"apps/bad.yaml", kBad},
                         {"flux.yaml", Flux("./u")}};
    CHECK_FALSE(Has(CheckTree(files), "schema/unknown-field apps/bad.yaml:4"));
    CHECK(Has(CheckTree(After(files, {{"more.yaml", Flux("./apps")}})),
              "schema/unknown-field apps/bad.yaml:4"));
  }
  SECTION("a chart, where the file is no template") {
    CHECK(Has(CheckTree({{"apps/Chart.yaml", kChart}, {"apps/templates/bad.yaml", kBad}}),
              "schema/unknown-field apps/templates/bad.yaml:4"));
  }
  SECTION("a kustomization by another name") {
    const std::string text =
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches: [{path: bad.yaml}]\n";
    CHECK(Has(CheckTree({{"k.yaml", text}, {"bad.yaml", kBad}}), "schema/unknown-field bad.yaml:4"));
    CHECK(Has(CheckTree({{"k.yaml", text + "---\n" + kBad}}), "schema/unknown-field k.yaml:8"));
  }
}

TEST_CASE("a text that we refuse and kubectl reads rejects") {
  for (const std::string text :
       {"? !!binary YXBpVmVyc2lvbg==\n: v1\nkind: Secret\ntype: a\ntype: b\n",
        "? \"api\\\nVersion\"\n: v1\nkind: Secret\ntype: a\ntype: b\n", "KIND: Secret\na: 1\na: 2\n"}) {
    CAPTURE(text);
    CHECK(CheckTree({{"a.yaml", text}}).outcome == Outcome::kRejected);
  }
  CHECK(CheckTree({{".gitlab-ci.yml", "job:\n  script: !reference [a, b]\n"}}).outcome == Outcome::kAccepted);
}

}  // namespace
}  // namespace sluice::gate
