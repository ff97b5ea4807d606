// An object that was judged and now stands where nobody judges it, by a move.
#include <algorithm>

#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

const std::string kApp = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: app, namespace: shop}\n";
const std::string kOther = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n";
const std::string kChart = "apiVersion: v2\nname: c\nversion: 1.0.0\n";

Files With(Files files, const Files& change) {
  for (const auto& [path, text] : change) {
    files[path] = text;
    if (text.empty()) files.erase(path);
  }
  return files;
}

std::string NotJudged(const Verdict& verdict) {
  for (const Finding& finding : verdict.findings) {
    if (finding.rule == "policy/not-judged") return finding.file + ": " + finding.message;
  }
  return "";
}
bool Skips(const Verdict& verdict, const std::string& file) {
  return std::any_of(verdict.skipped.begin(), verdict.skipped.end(),
                     [&](const Skipped& skipped) { return skipped.file == file; });
}

struct Move {
  std::string what;
  Files before;
  Files change;  // an empty text removes
  std::string to;
};

TEST_CASE("an object that moves to where nobody judges it is told") {
  const Files app = {{"apps/a.yaml", kApp}};
  const Files built = {{"apps/kustomization.yaml", "resources: [a.yaml]\n"}, {"apps/a.yaml", kApp}};
  const Files chart = {{"apps/a.yaml", ""}, {"apps/c/Chart.yaml", kChart}};
  const std::string generator = "configMapGenerator: [{name: g, files: [b.yaml]}]\n";
  const Move cases[] = {
      {"a template by a comment", app, With(chart, {{"apps/c/templates/a.yaml", "# {{\n" + kApp}}),
       "apps/c/templates/a.yaml"},
      {"a template that is no YAML", app,
       With(chart, {{"apps/c/templates/a.yaml", "{{- if true }}\n" + kApp + "{{- end }}\n"}}),
       "apps/c/templates/a.yaml"},
      {"a template with an action beside the name", app,
       With(chart, {{"apps/c/templates/a.yaml", kApp + "automountServiceAccountToken: {{ .Values.x }}\n"}}),
       "apps/c/templates/a.yaml"},
      {"from a kustomization", built,
       With(chart,
            {{"apps/kustomization.yaml", "resources: []\n"}, {"apps/c/templates/a.yaml", "# {{\n" + kApp}}),
       "apps/c/templates/a.yaml"},
      {"one of two documents",
       {{"apps/a.yaml", kApp + "---\n" + kOther}},
       With(chart, {{"apps/a.yaml", kApp}, {"apps/c/templates/o.yaml", "# {{\n" + kOther}}),
       "apps/c/templates/o.yaml"},
      {"input of a generator",
       app,
       {{"apps/a.yaml", ""}, {"apps/b.yaml", kApp}, {"apps/kustomization.yaml", generator}},
       "apps/b.yaml"},
      {"input of a generator beside what is built",
       built,
       {{"apps/a.yaml", ""},
        {"apps/b.yaml", kApp},
        {"apps/o.yaml", kOther},
        {"apps/kustomization.yaml", "resources: [o.yaml]\n" + generator}},
       "apps/b.yaml"},
      {"in a list",
       app,
       {{"apps/a.yaml", ""},
        {"apps/b.yaml",
         "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ServiceAccount, metadata: "
         "{name: app, namespace: shop}}]\n"},
        {"apps/kustomization.yaml", generator}},
       "apps/b.yaml"},
  };
  for (const Move& move : cases) {
    CAPTURE(move.what);
    const Verdict verdict = CheckChange(move.before, With(move.before, move.change));
    CAPTURE(Brief(verdict));
    CHECK(verdict.outcome == Outcome::kRejected);
    CHECK(NotJudged(verdict).starts_with(move.to + ": an object of apps/a.yaml would no longer be judged"));
    CHECK(Skips(verdict, move.to));
  }
}

TEST_CASE("a template of a chart that nobody prints here is judged by no build") {
  const std::string release =
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: r, namespace: "
      "shop}\nspec:\n"
      "  interval: 1h\n  chart: {spec: {chart: ./apps/c, sourceRef: {kind: GitRepository, name: flux-system, "
      "namespace: flux-system}}}\n";
  const Files before = {{"apps/a.yaml", kApp}, {"apps/c/Chart.yaml", kChart}, {"clusters/r.yaml", release}};
  const Verdict verdict =
      CheckChange(before, With(before, {{"apps/a.yaml", ""}, {"apps/c/templates/a.yaml", "# {{\n" + kApp}}));
  CAPTURE(Brief(verdict));
  CHECK(verdict.outcome == Outcome::kRejected);
  CHECK(NotJudged(verdict).starts_with("apps/c/templates/a.yaml: an object of apps/a.yaml"));
}

TEST_CASE("a template that nobody can read any more is told in place") {
  const Files before = {{"apps/c/Chart.yaml", kChart}, {"apps/c/templates/a.yaml", kApp}};
  for (const char* text :
       {"data: {a: {{ .Values.a }}}\n", "data: {a: \"{{ .Values.a }}\"}\n", "{{ if }}\n"}) {
    CAPTURE(text);
    const Verdict verdict = CheckChange(before, With(before, {{"apps/c/templates/a.yaml", kApp + text}}));
    CAPTURE(Brief(verdict));
    CHECK(verdict.outcome == Outcome::kRejected);
    CHECK(NotJudged(verdict).starts_with("apps/c/templates/a.yaml: an object of this file"));
  }
}

TEST_CASE("what goes, or stays judged, is no such move") {
  const Files app = {{"apps/a.yaml", kApp}, {"apps/o.yaml", kOther}};
  const Files chart = {{"apps/c/Chart.yaml", kChart}};
  const std::string elsewhere = "version: 1\nroots: {exclude: ['archive/**']}\n";
  const Move cases[] = {
      {"it goes", app, {{"apps/a.yaml", ""}}, ""},
      {"to another manifest", app, {{"apps/a.yaml", ""}, {"apps/b.yaml", kApp}}, ""},
      {"to a resource",
       app,
       {{"apps/a.yaml", ""},
        {"apps/b.yaml", kApp},
        {"apps/kustomization.yaml", "resources: [b.yaml, o.yaml]\n"}},
       ""},
      {"to a template without actions", app,
       With(chart, {{"apps/a.yaml", ""}, {"apps/c/templates/a.yaml", kApp}}), ""},
      {"out of what is included",
       With(app, {{".sluice/sluice.yaml", "version: 1\nroots: {include: ['apps/**']}\n"}}),
       {{"apps/a.yaml", ""}, {"attic/a.yaml", kApp}},
       ""},
      {"a copy of it", app, With(chart, {{"apps/c/templates/a.yaml", "# {{\n" + kApp}}), ""},
      {"another object comes as a template", app,
       With(chart, {{"apps/a.yaml", ""},
                    {"apps/c/templates/a.yaml",
                     "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: {{ .Release.Name }}}\n"}}),
       ""},
      {"a template moves",
       With(chart, {{"apps/c/templates/a.yaml", "# {{\n" + kApp}}),
       {{"apps/c/templates/a.yaml", ""}, {"apps/c/templates/b.yaml", "# {{\n" + kApp}},
       ""},
      {"to where the configuration says that nothing runs",
       With(app, {{".sluice/sluice.yaml", elsewhere}}),
       {{"apps/a.yaml", ""}, {"archive/a.yaml", kApp}},
       ""},
  };
  for (const Move& move : cases) {
    CAPTURE(move.what);
    const Verdict verdict = CheckChange(move.before, With(move.before, move.change));
    CAPTURE(Brief(verdict));
    CHECK(verdict.outcome == Outcome::kAccepted);
    CHECK(NotJudged(verdict).empty());
  }
}

TEST_CASE("a whole object that a build reads as text is named, one that it runs is not") {
  const Files files = {{"kustomization.yaml",
                        "configMapGenerator: [{name: g, files: [b.yaml, d.yaml]}]\ntransformers: [t.yaml]\n"},
                       {"b.yaml", kApp},
                       {"d.yaml", "some: data\n"},
                       {"t.yaml",
                        "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: t}\nprefix: p-\n"
                        "fieldSpecs: [{path: metadata/name}]\n"}};
  const Verdict verdict = CheckTree(files);
  CAPTURE(Brief(verdict));
  CHECK(verdict.outcome == Outcome::kAccepted);
  CHECK(Skips(verdict, "b.yaml"));
  CHECK_FALSE(Skips(verdict, "d.yaml"));
  CHECK_FALSE(Skips(verdict, "t.yaml"));
}

}  // namespace
}  // namespace sluice::gate
