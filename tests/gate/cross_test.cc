// Findings that need more than one file: references of kustomizations, doubled
// objects, links and pointers among manifests.
#include <algorithm>

#include "gate/parallel.h"
#include "gate/references.h"
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

std::string ConfigMap(const std::string& name) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\n";
}

std::string Kustomization(const std::string& resource) { return "resources:\n- " + resource + "\n"; }

std::vector<std::string> Found(const Files& files) { return Brief(CheckTree(files)); }

using Lines = std::vector<std::string>;

TEST_CASE("what kustomize fetches is remote, and nothing else") {
  for (const char* text :
       {"https://github.com/a/b//x?ref=v1", "http://example.com/x.yaml", "ssh://git@host.example/a/b",
        "git::https://x/y", "github.com/a/b", "github.com/a/b//x?ref=v1", "GitHub.com/a/b",
        "www.github.com/a/b", "github.com:a/b.git", "git@github.com:a/b.git",
        "git@host.example:a/b.git//x?ref=v1", "git@host.example/a/b", "gh:a/b", "me@host.example:a/b"}) {
    CAPTURE(text);
    CHECK(IsRemote(text));
  }
  for (const char* text :
       {"web.yaml", "../base", "github.com", "github.community/x", "a@b", "apps/git@x:y", "@x:y", "git@",
        "git@:x", "file:///etc/passwd", "a:b", "base?ref=v1", "web@v1/x.yaml", ""}) {
    CAPTURE(text);
    CHECK_FALSE(IsRemote(text));
  }
}

TEST_CASE("a remote base is no missing file, and said to be not judged") {
  const Verdict verdict = CheckTree(
      {{"k/kustomization.yaml", "resources:\n- github.com/a/b//x?ref=v1\n- git@github.com:a/b.git\n"}});
  CHECK(Brief(verdict).empty());
  CHECK(std::count_if(verdict.skipped.begin(), verdict.skipped.end(), [](const Skipped& skipped) {
          return skipped.file == "k/kustomization.yaml" &&
                 skipped.reason.starts_with("a remote base, not in this repository: g");
        }) == 2);
}

TEST_CASE("a path out of the repository is a finding") {
  for (const char* path : {"../../x.yaml", "/etc/passwd", "file:///etc/passwd", "../k/../../x"}) {
    CAPTURE(path);
    CHECK(Found({{"k/kustomization.yaml", Kustomization(path)}}) ==
          Lines{"kustomize/outside-repository k/kustomization.yaml:2"});
  }
  CHECK(Found({{"k/kustomization.yaml", "patches:\n- path: ../../x.yaml\n"}}) ==
        Lines{"kustomize/outside-repository k/kustomization.yaml:2"});
  CHECK(Found({{"k/kustomization.yaml", Kustomization("../x")},
               {"x/kustomization.yaml", Kustomization("x.yaml")},
               {"x/x.yaml", ConfigMap("x")}})
            .empty());
}

TEST_CASE("a directory that is named holds a kustomization") {
  const Lines missing = {"kustomize/missing-file kustomization.yaml:2"};
  CHECK(Found({{"kustomization.yaml", Kustomization("sub")}, {"sub/x.yaml", ConfigMap("x")}}) == missing);
  for (const char* name : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
    CHECK(Found({{"kustomization.yaml", Kustomization("sub")},
                 {std::string("sub/") + name, Kustomization("x.yaml")},
                 {"sub/x.yaml", ConfigMap("x")}})
              .empty());
  }
  CHECK(Found({{"kustomization.yaml", "patches:\n- path: sub\n"},
               {"sub/kustomization.yaml", "resources: []\n"}}) == missing);
}

TEST_CASE("taking away the kustomization of a directory that others name rejects") {
  const Files before = {{"kustomization.yaml", Kustomization("sub")},
                        {"sub/kustomization.yaml", Kustomization("x.yaml")},
                        {"sub/x.yaml", ConfigMap("x")}};
  Files after = before;
  after.erase("sub/kustomization.yaml");
  CHECK(Brief(CheckChange(before, after)) == Lines{"kustomize/missing-file kustomization.yaml:2"});
  after.erase("sub/x.yaml");
  CHECK(Brief(CheckChange(before, after)) == Lines{"kustomize/missing-file kustomization.yaml:2"});
  after["sub/Kustomization"] = Kustomization("x.yaml");
  after["sub/x.yaml"] = ConfigMap("x");
  CHECK(Brief(CheckChange(before, after)).empty());
}

TEST_CASE("the shape of a kustomization is checked where it is in scope") {
  const std::string bad = "resource: [x.yaml]\nnamePrefix: 3\n";
  CHECK(Found({{"kustomization.yaml", bad}}) ==
        Lines{"kustomize/unknown-field kustomization.yaml:1", "kustomize/wrong-type kustomization.yaml:2"});
  CHECK(Found({{".sluice/sluice.yaml", "version: 1\nroots: {exclude: [\"testdata/**\"]}\n"},
               {"testdata/kustomization.yaml", bad}})
            .empty());
}

TEST_CASE("a Secret in an inline patch is found whatever the roots") {
  const std::string patch =
      "resources: [a.yaml]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: Secret\n    metadata: {name: "
      "a}\n"
      "    stringData: {a: hunter2}\n";
  const std::string secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n";
  const Lines found = {"secret/plain kustomization.yaml:3"};
  CHECK(Found({{"kustomization.yaml", patch}, {"a.yaml", secret}}) == found);
  CHECK(Found({{".sluice/sluice.yaml", "version: 1\nroots: {include: [\"apps/**\"]}\n"},
               {"kustomization.yaml", patch},
               {"a.yaml", secret}}) == found);
}

TEST_CASE("what keeps two objects of one file apart, and what makes them one") {
  const std::string deployment =
      "apiVersion: autoscaling/v1\nkind: Scale\nmetadata: {name: a, namespace: s}\n---\n"
      "apiVersion: autoscaling/v2\nkind: Scale\nmetadata: {name: a, namespace: s}\n";
  const auto doubled = [](const std::string& text) {
    const Lines lines = Found({{"a.yaml", text}});
    return std::count_if(lines.begin(), lines.end(),
                         [](const std::string& line) { return line.starts_with("object/duplicate"); });
  };
  CHECK(doubled(deployment) == 1);
  CHECK(doubled(ConfigMap("a") + "---\n" + ConfigMap("a") + "---\n" + ConfigMap("a")) == 2);
  CHECK(doubled(ConfigMap("a") + "---\n" + ConfigMap("b")) == 0);
  CHECK(doubled(ConfigMap("a") + "  namespace: s\n---\n" + ConfigMap("a") + "  namespace: t\n") == 0);
  CHECK(doubled(ConfigMap("ab") + "  namespace: c\n---\n" + ConfigMap("b") + "  namespace: ca\n") == 0);
  CHECK(doubled(ConfigMap("\"${NAME}\"") + "---\n" + ConfigMap("\"${NAME}\"")) == 0);
}

TEST_CASE("of the doubled objects of a file a hundred are listed, the others are one more") {
  std::string text;
  for (int i = 0; i < 151; ++i) text += ConfigMap("a") + "---\n";
  const Verdict verdict = CheckTree({{"a.yaml", text}});
  REQUIRE(verdict.findings.size() == 101);
  CHECK(verdict.findings[0].message == "ConfigMap a is also defined at line 1");
  CHECK(verdict.findings[100].message == "50 more of the same in this file, up to here, not listed");
}

TEST_CASE("a changed CRD of more objects than can be looked at again rejects") {
  const std::string crd =
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
      "widgets.shop.example}\n"
      "spec:\n  group: shop.example\n  scope: Namespaced\n  names: {plural: widgets, singular: widget, kind: "
      "Widget}\n"
      "  versions:\n  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}\n";
  Files before = {{"crd.yaml", crd}};
  for (int i = 0; i < 1000; ++i) {
    const std::string name = std::to_string(i);
    before["w/" + name + ".yaml"] =
        "apiVersion: shop.example/v1\nkind: Widget\nmetadata: {name: w" + name + "}\n";
  }
  Files after = before;
  after["crd.yaml"] += "# touched\n";
  CHECK(Brief(CheckChange(before, after)).empty());
  before["w/x.yaml"] = after["w/x.yaml"] = "apiVersion: shop.example/v1\nkind: Widget\nmetadata: {name: x}\n";
  CHECK(Brief(CheckChange(before, after)) == Lines{"git/too-large :0"});
}

// A change that brings one entry that is no plain file, beside `files`.
Verdict CheckEntry(const std::string& path, FileKind kind, const Files& files,
                   const std::string& configuration = "") {
  Files all = files;
  if (!configuration.empty()) all[".sluice/sluice.yaml"] = configuration;
  const MemoryTree tree(all);
  const LoadedConfiguration loaded = LoadConfiguration(tree, "test");
  CheckInput input;
  input.after = &tree;
  all[path] = "";
  input.changes = Differences({}, all);
  for (git::FileChange& change : input.changes) {
    if (change.path == path) change.new_kind = kind;
  }
  input.configuration = &loaded.configuration;
  return Check(input);
}

Severity SeverityOf(const Verdict& verdict, const std::string& rule) {
  for (const Finding& finding : verdict.findings) {
    if (finding.rule == rule) return finding.severity;
  }
  return Severity::kOff;
}

TEST_CASE("links and submodules reject beside manifests, and are told of elsewhere") {
  const Files manifests = {{"apps/web.yaml", ConfigMap("web")}};
  struct Case {
    const char* path;
    FileKind kind;
    Severity severity;
    bool skipped;
  };
  for (const Case& c : {Case{"apps/more", FileKind::kSymlink, Severity::kError, false},
                        {"apps/more", FileKind::kSubmodule, Severity::kError, false},
                        {"apps/x.yaml", FileKind::kSymlink, Severity::kError, false},
                        {"other/x.yaml", FileKind::kSymlink, Severity::kError, false},
                        {"apps/v1.2", FileKind::kSymlink, Severity::kError, false},
                        {"apps/a.github.io", FileKind::kSubmodule, Severity::kError, false},
                        {"more", FileKind::kSymlink, Severity::kWarning, true},
                        {"other/more", FileKind::kSubmodule, Severity::kWarning, true},
                        {"apps/README.md", FileKind::kSymlink, Severity::kOff, true},
                        {"apps/LICENSE", FileKind::kSymlink, Severity::kOff, true},
                        {"CLAUDE.md", FileKind::kSymlink, Severity::kOff, true}}) {
    CAPTURE(c.path);
    const Verdict verdict = CheckEntry(c.path, c.kind, manifests);
    CHECK(SeverityOf(verdict, c.kind == FileKind::kSymlink ? "git/symlink" : "git/submodule") == c.severity);
    CHECK(std::any_of(verdict.skipped.begin(), verdict.skipped.end(),
                      [&](const Skipped& skipped) { return skipped.file == c.path; }) == c.skipped);
    CHECK((verdict.outcome == Outcome::kRejected) == (c.severity == Severity::kError));
  }
  const std::string roots = "version: 1\nroots: {include: [\"apps/**\"]}\n";
  CHECK(SeverityOf(CheckEntry("apps/x/more", FileKind::kSymlink, manifests, roots), "git/symlink") ==
        Severity::kError);
  CHECK(SeverityOf(CheckEntry("more", FileKind::kSymlink, manifests, roots), "git/symlink") ==
        Severity::kOff);
}

TEST_CASE("a pointer of Git LFS in place of a manifest rejects") {
  const std::string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n";
  CHECK(Found({{"apps/web.yaml", pointer}}) == Lines{"git/lfs-pointer apps/web.yaml:1"});
  CHECK(Found({{"apps/web.yml", pointer}}) == Lines{"git/lfs-pointer apps/web.yml:1"});
  CHECK(Found({{"data/big.json", pointer}, {"film.mp4", pointer}}).empty());
  const Lines built = Found({{"kustomization.yaml", Kustomization("web.json")}, {"web.json", pointer}});
  CHECK(std::find(built.begin(), built.end(), "git/lfs-pointer web.json:1") != built.end());
}

TEST_CASE("attributes that rewrite manifests on checkout reject") {
  CHECK(Found({{".gitattributes", "*.yaml ident\n"}}) == Lines{"git/attributes .gitattributes:1"});
  CHECK(Found({{"apps/.gitattributes", "*.c ident\n* ident\n"}}) ==
        Lines{"git/attributes apps/.gitattributes:2"});
  CHECK(Found({{".gitattributes", "*.yaml text eol=lf\n"}, {"gitattributes", "*.yaml ident\n"}}).empty());
}

TEST_CASE("a document that a schema is for must be readable") {
  const Files config = {
      {".sluice/sluice.yaml", "version: 1\ndocuments: {\"**/values.yaml\": schemas/v.json}\n"},
      {".sluice/schemas/v.json", "{\"properties\": {\"size\": {\"type\": \"integer\"}}}"}};
  Files bad = config;
  bad["a/values.yaml"] = "a: [1\nb: x: y\n";
  const Lines lines = Found(bad);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("yaml/syntax a/values.yaml:"));
  bad["a/values.yaml"] = "apiVersion: v1\na: [1\nb: x: y\n";  // told once
  CHECK(Found(bad).size() == 1);
  bad.erase("a/values.yaml");
  bad["a/other.yaml"] = "a: [1\nb: x: y\n";
  CHECK(Found(bad).empty());
}

TEST_CASE("work on many items fails in the caller's thread, not beside it") {
  std::atomic<int> done{0};
  ForEachIndex(4, 100, [&](std::size_t) { ++done; });
  CHECK(done == 100);
  CHECK_THROWS_AS(ForEachIndex(4, 100,
                               [&](std::size_t i) {
                                 if (i == 50) throw std::bad_alloc();
                               }),
                  std::bad_alloc);
}

}  // namespace
}  // namespace sluice::gate
