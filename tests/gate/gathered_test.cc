// What is said of a change in files that kustomizations only gather is what
// their builds would say; and whether it was found without them, told by what was read.
#include <algorithm>

#include "gate/gate.h"
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

using Lines = std::vector<std::string>;

std::string ConfigMap(const std::string& name, const std::string& value = "1", const std::string& more = "") {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\n" + more + "data:\n  key: \"" +
         value + "\"\n";
}

// Two files that a kustomization gathers.
Files App(const std::string& kustomization = "resources:\n- a.yaml\n- b.yaml\n") {
  return {{"app/kustomization.yaml", kustomization},
          {"app/a.yaml", ConfigMap("a")},
          {"app/b.yaml", ConfigMap("b")}};
}
Files With(Files files, const Files& more) {
  for (const auto& [path, text] : more) files[path] = text;
  return files;
}

struct Seen {
  Verdict verdict;
  std::vector<std::string> canonical;
};

// With canonical JSON asked for, as by a push to a protected branch.
Seen Push(const Files& before, const Files& after, bool canonical = true) {
  const MemoryTree old_tree(before), new_tree(after);
  const LoadedConfiguration loaded = LoadConfiguration(old_tree, "test");
  Seen seen;
  CheckInput input;
  input.subject = "main";
  input.before = &old_tree;
  input.after = &new_tree;
  input.changes = Differences(before, after);
  input.configuration = &loaded.configuration;
  if (canonical) input.canonical = &seen.canonical;
  seen.verdict = Check(input);
  return seen;
}

// A neighbour that cannot be read fails the build of the file beside it: only
// who builds, says so.
bool Builds(Files before, Files after) {
  for (Files* files : {&before, &after}) (*files)["app/b.yaml"] = "kind: [\n";
  for (const Finding& finding : Push(before, after).verdict.findings) {
    if (!finding.through.empty()) return true;
  }
  return false;
}

Lines Judged(const Verdict& verdict) {
  Lines lines;
  for (const JudgedObject& object : verdict.objects)
    lines.push_back(object.file + ":" + std::to_string(object.line) + " " + object.name.name + " " +
                    object.digest);
  std::sort(lines.begin(), lines.end());
  return lines;
}

struct Case {
  const char* name;
  Files before, after;
};

TEST_CASE("objects that are only gathered are judged without a build") {
  const Case cases[] = {
      {"another value", App(), With(App(), {{"app/a.yaml", ConfigMap("a", "2")}})},
      {"another comment", App(), With(App(), {{"app/a.yaml", "# one\n" + ConfigMap("a")}})},
      {"two objects, one changed", With(App(), {{"app/a.yaml", ConfigMap("a") + "---\n" + ConfigMap("c")}}),
       With(App(), {{"app/a.yaml", ConfigMap("a") + "---\n" + ConfigMap("c", "2")}})},
      {"the field's whole head",
       App("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml, b.yaml]\n"),
       With(App("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml, "
                "b.yaml]\n"),
            {{"app/a.yaml", ConfigMap("a", "2")}})},
      {"and a file that nobody builds", App(),
       With(App(), {{"app/a.yaml", ConfigMap("a", "2")}, {"other/o.yaml", ConfigMap("o")}})},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    CHECK_FALSE(Builds(one.before, one.after));
    const Seen quick = Push(one.before, one.after), built = Push(one.before, one.after, false);
    CHECK(quick.verdict.outcome == Outcome::kAccepted);
    CHECK(quick.verdict.notes == built.verdict.notes);
    CHECK(Judged(quick.verdict) == Judged(built.verdict));
    CHECK(quick.verdict.summary.objects == built.verdict.summary.objects);
    CHECK(quick.canonical.size() == quick.verdict.objects.size());
  }
}

TEST_CASE("whatever is not as simple is built") {
  const Files changed = {{"app/a.yaml", ConfigMap("a", "2")}};
  const auto change_of = [&](const Files& before) { return Case{"", before, With(before, changed)}; };
  const std::string local = "  annotations: {config.kubernetes.io/local-config: \"true\"}\n";
  const Case cases[] = {
      change_of(App("resources:\n- a.yaml\n- b.yaml\nnamePrefix: x-\n")),
      change_of(App("resources:\n- a.yaml\n- b.yaml\nmetadata: {name: x}\n")),
      change_of(App("resources:\n- a.yaml\n- b.yaml\n- https://example.com/x.yaml\n")),
      change_of(App("resources:\n- a.yaml\n- b.yaml\npatches:\n- path: a.yaml\n")),
      change_of(With(App(), {{"prod/kustomization.yaml", "resources:\n- ../app\nnamespace: prod\n"}})),
      change_of(With(App(), {{"prod/kustomization.yaml", "resources:\n- ../app\n"}})),
      change_of(With(App(), {{".sluice/sluice.yaml", "version: 1\nroots: {discover: [kustomize]}\n"}})),
      change_of(With(App(), {{"flux.yaml",
                              "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
                              "metadata: {name: app, namespace: flux}\nspec:\n  interval: 1h\n  prune: true\n"
                              "  path: ./app\n  sourceRef: {kind: GitRepository, name: flux}\n"}})),
      {"the kustomization changes", App(),
       With(App("resources:\n- b.yaml\n- a.yaml\n"), {{"app/a.yaml", ConfigMap("a", "2")}})},
      {"another name", App(), With(App(), {{"app/a.yaml", ConfigMap("z")}})},
      {"another object", App(), With(App(), {{"app/a.yaml", ConfigMap("a") + "---\n" + ConfigMap("c")}})},
      {"something to tell", App(), With(App(), {{"app/a.yaml", ConfigMap("a", "2", "nonsense: 1\n")}})},
      {"for kustomize alone", App(), With(App(), {{"app/a.yaml", ConfigMap("a", "2", local)}})},
      {"no more for kustomize alone", With(App(), {{"app/a.yaml", ConfigMap("a", "2", local)}}),
       With(App(), {{"app/a.yaml", ConfigMap("a")}})},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name, one.before.at("app/kustomization.yaml"));
    CHECK(Builds(one.before, one.after));
  }
}

TEST_CASE("an object that a file beside it holds too is told without a build") {
  const Files before = With(App(), {{"app/b.yaml", ConfigMap("a")}});
  const Seen seen = Push(before, With(before, {{"app/a.yaml", ConfigMap("a", "2")}}));
  REQUIRE_FALSE(seen.verdict.findings.empty());
  CHECK(seen.verdict.findings[0].rule == "object/duplicate");
}

}  // namespace
}  // namespace sluice::gate
