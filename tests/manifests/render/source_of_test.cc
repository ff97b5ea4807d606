#include "manifests/render/source_of.h"

#include <string>

#include "tests/catch.h"
#include "tests/manifests/render/repository.h"

namespace sluice::manifests::render {
namespace {

using Files = std::map<std::string, std::string>;

std::string GitRepository(const std::string& name, const std::string& url) {
  return "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: " + name +
         ", namespace: flux-system}\nspec: {url: '" + url + "'}\n";
}

std::string Kustomization(const std::string& source, const std::string& path = "./shop") {
  return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: shop, namespace: "
         "flux-system}\nspec: {path: " +
         path + ", sourceRef: " + source + "}\n";
}

// "DIRECTORY" or "outside: WHY" of the first root.
std::string SourceIn(Files files, const std::string& source, const std::vector<std::string>& urls = {},
                     const std::string& path = "./shop") {
  files["apps/ks.yaml"] = Kustomization(source, path);
  Repository repository(files);
  repository.context.repository_urls = urls;
  const std::vector<Root> roots = repository.Roots();
  if (roots.empty()) return "no root";
  std::string shown = roots[0].outside.empty() ? roots[0].directory.text() : "outside: " + roots[0].outside;
  for (const Finding& finding : repository.findings) shown += " " + finding.message;
  return shown;
}

TEST_CASE("URLs are compared as repositories") {
  struct Row {
    const char* url;
    const char* canonical;
  };
  const Row rows[] = {
      {"https://github.com/a/b", "github.com/a/b"},
      {"https://GitHub.com/a/b.git", "github.com/a/b"},
      {"https://user:x@github.com/a/b/", "github.com/a/b"},
      {"ssh://git@github.com/a/b.git", "github.com/a/b"},
      {"ssh://git@github.com:22/a/b", "github.com/a/b"},
      {"git@github.com:a/b.git", "github.com/a/b"},
      {"github.com/a/b", "github.com/a/b"},
      {"https://github.com/A/b", "github.com/A/b"},
      {"", "/"},
      {"https://github.com", "github.com/"},
  };
  for (const Row& row : rows) {
    INFO(row.url);
    CHECK(CanonicalUrl(row.url) == row.canonical);
  }
}

TEST_CASE("which GitRepository is this repository") {
  const std::string flux = "{kind: GitRepository, name: flux-system}";
  const std::string other = "{kind: GitRepository, name: other}";
  CHECK(SourceIn({}, flux) == "shop");
  CHECK(SourceIn({}, "{kind: GitRepository, name: flux-system, namespace: flux-system}") == "shop");
  CHECK(SourceIn({}, other) == "shop");
  CHECK(SourceIn({{"s.yaml", GitRepository("other", "https://x/y")}}, other) == "shop");
  const std::string both = GitRepository("flux-system", "ssh://git@x/me/y") +
                           GitRepository("other", "https://x/z") +
                           GitRepository("same", "https://x/me/y.git");
  CHECK(SourceIn({{"s.yaml", both}}, other) ==
        "outside: GitRepository flux-system/other, which is another repository");
  CHECK(SourceIn({{"s.yaml", both}}, "{kind: GitRepository, name: same}") == "shop");
  CHECK(SourceIn({{"s.yaml", both}}, "{kind: GitRepository, name: none}") ==
        "outside: GitRepository flux-system/none, which is not in the tree");
  const std::string two = GitRepository("a", "https://x/a") + GitRepository("b", "https://x/b");
  CHECK(SourceIn({{"s.yaml", two}}, "{kind: GitRepository, name: a}") ==
        "outside: GitRepository flux-system/a, which is another repository");
  // Where others have flux-system for their source, the only one in the tree is another.
  CHECK(SourceIn({{"s.yaml", GitRepository("other", "https://x/y")}, {"z.yaml", Kustomization(flux)}},
                 other) == "outside: GitRepository flux-system/other, which is another repository");
  // What the operator says.
  CHECK(SourceIn({{"s.yaml", both}}, other, {"git@x:z.git"}) == "shop");
  CHECK(SourceIn({{"s.yaml", both}}, flux, {"git@x:z.git"}) ==
        "outside: GitRepository flux-system/flux-system, which is another repository");
}

TEST_CASE("other sources are outside, and named") {
  CHECK(SourceIn({}, "{kind: OCIRepository, name: x}") == "outside: OCIRepository flux-system/x");
  CHECK(SourceIn({}, "{kind: Bucket, name: x, namespace: far}") == "outside: Bucket far/x");
  CHECK(SourceIn({}, "{name: x}") == "outside: no source");
  CHECK(SourceIn({}, "[]") == "outside: no source");
  CHECK(SourceIn({}, "{kind: ExternalArtifact, name: x}") ==
        "outside: ExternalArtifact flux-system/x, which nothing in the tree makes");
}

TEST_CASE("paths are of the source's root") {
  const std::string flux = "{kind: GitRepository, name: flux-system}";
  CHECK(SourceIn({}, flux, {}, "''") == "");
  CHECK(SourceIn({}, flux, {}, "./") == "");
  CHECK(SourceIn({}, flux, {}, "/shop/") == "shop");
  CHECK(SourceIn({}, flux, {}, "./a/../b") == "b");
  CHECK(SourceIn({}, flux, {}, "../x")
            .starts_with("outside: a path that is not in this repository spec.path: "));
}

std::string Generator(const std::string& artifacts, const std::string& more = "") {
  return "apiVersion: source.extensions.fluxcd.io/v1beta1\nkind: ArtifactGenerator\n"
         "metadata: {name: all, namespace: flux-system}\nspec:\n"
         "  sources:\n  - {alias: repo, kind: GitRepository, name: flux-system}\n"
         "  - {alias: far, kind: OCIRepository, name: x}\n" +
         more + "  artifacts:\n" + artifacts;
}

TEST_CASE("which URL of Argo CD's sources is this repository") {
  const auto guessed = [](const std::vector<std::string>& urls) {
    Files files;
    for (std::size_t i = 0; i < urls.size(); ++i) {
      files["app" + std::to_string(i) + ".yaml"] =
          "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: "
          "{repoURL: "
          "'https://x/" +
          urls[i] + "', path: shop}}\n";
    }
    Repository repository(files);
    std::string here;
    for (const std::string url : {"a", "b", "c"}) {
      if (IsThisRepository(repository.context, "https://x/" + url)) here += url;
    }
    return here;
  };
  CHECK(guessed({"a"}) == "a");
  CHECK(guessed({"a", "b", "b", "c"}) == "b");
  CHECK(guessed({"b", "c", "c"}) == "c");
  CHECK(guessed({"a", "b"}) == "");
  CHECK(guessed({"a", "a", "b", "b", "c"}) == "");
  CHECK(guessed({"a", "b", "b", "c", "c"}) == "");
  CHECK(guessed({"a", "a", "b", "b", "c", "c", "c"}) == "c");
}

TEST_CASE("artifacts that are directories of this repository") {
  const std::string source = "{kind: ExternalArtifact, name: shop}";
  const auto with = [&](const std::string& copies, const std::string& more = "") {
    return SourceIn({{"g.yaml", Generator("  - name: shop\n    copy:\n" + copies, more)}}, source);
  };
  CHECK(with("    - {from: '@repo/apps/**', to: '@artifact/'}\n") == "apps/shop");
  CHECK(with("    - {from: '@repo/**', to: '@artifact/'}\n") == "shop");
  CHECK(with("    - {from: '@repo/apps/base/**', to: '@artifact/base/'}\n"
             "    - {from: '@repo/apps/shop/**', to: '@artifact/shop'}\n") == "apps/shop");
  for (const char* copy :
       {"{from: '@far/apps/**', to: '@artifact/'}", "{from: '@repo/apps/*.yaml', to: '@artifact/'}",
        "{from: '@repo/apps/**', to: '@artifact/', exclude: ['*.md']}",
        "{from: '@repo/apps/**', to: '@artifact/', strategy: Merge}",
        "{from: '@repo/*/x/**', to: '@artifact/'}", "{from: 'apps/**', to: '@artifact/'}",
        "{from: '@repo/apps/**', to: '@other/'}", "{from: '@repo/apps', to: '@artifact/'}",
        "{from: '@repo/../x/**', to: '@artifact/'}", "[]"}) {
    INFO(copy);
    CHECK(with("    - " + std::string(copy) + "\n") ==
          "outside: ArtifactGenerator flux-system/all, which copies more than whole directories of this "
          "repository");
  }
  CHECK(with("    - {from: '@repo/a/x/**', to: '@artifact/x'}\n    - {from: '@repo/b/y/**', to: "
             "'@artifact/y'}\n") ==
        "outside: ArtifactGenerator flux-system/all, which moves directories against each other");
  CHECK(with("    - {from: '@repo/a/**', to: '@artifact/x'}\n") ==
        "outside: ArtifactGenerator flux-system/all, which moves directories against each other");
  CHECK(with("    - {from: '@repo/a/**', to: '@artifact/'}\n", "  pathPattern: '@repo/{app}'\n") ==
        "outside: ArtifactGenerator flux-system/all, whose artifacts come of a path pattern");
}

TEST_CASE("of several objects of one name the nearest is meant") {
  const auto generator = [](const std::string& from) {
    return Generator("  - name: shop\n    copy:\n    - {from: '@repo/" + from + "/**', to: '@artifact/'}\n");
  };
  const Files files = {{"clusters/a/g.yaml", generator("one")}, {"clusters/b/g.yaml", generator("two")}};
  Files near_b = files;
  near_b["clusters/b/ks.yaml"] = Kustomization("{kind: ExternalArtifact, name: shop}");
  Repository repository(near_b);
  REQUIRE(repository.Roots().size() == 1);
  CHECK(repository.Roots()[0].directory.text() == "two/shop");
}

TEST_CASE("an artifact holds nothing but what is copied into it") {
  const Files files = {
      {"g.yaml",
       Generator("  - name: shop\n    copy:\n    - {from: '@repo/apps/shop/**', to: '@artifact/shop'}\n")},
      {"ks.yaml", Kustomization("{kind: ExternalArtifact, name: shop}")},
      {"apps/shop/kustomization.yaml", "resources: [../base]\n"},
      {"apps/base/kustomization.yaml", "resources: [web.yaml]\n"},
      {"apps/base/web.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"}};
  Repository repository(files);
  CHECK(Show(repository.BuildNamed("Kustomization flux-system/shop")) ==
        "finding: kustomize/flux ks.yaml:1:1 the artifact that this builds from does not hold "
        "apps/base/kustomization.yaml\n");
}

}  // namespace
}  // namespace sluice::manifests::render
