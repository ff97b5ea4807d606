#include "manifests/render/chart.h"

#include <map>

#include "tests/catch.h"

namespace sluice::manifests::render {
namespace {

constexpr const char* kWeb = "apiVersion: v2\nname: web\nversion: 1.2.3\n";

std::string Needs(const std::string& dependency) { return kWeb + ("dependencies:\n- " + dependency + "\n"); }

Chart ReadAt(const std::string& directory, std::map<std::string, std::string> files) {
  const MemoryTree tree(std::move(files));
  Sources sources(tree, Limits());
  return ReadChart(sources, {.directory = *RepoPath::Parse(directory)}, {});
}

std::string Paths(const Chart& chart) {
  std::string all;
  for (const ChartFile& file : chart.files) all += file.path.text() + " ";
  return all;
}

TEST_CASE("a chart of the tree is every file of its directory") {
  const Chart chart = ReadAt("charts/web", {{"charts/web/Chart.yaml", kWeb},
                                            {"charts/web/templates/a.yaml", "x"},
                                            {"charts/web/charts/d/Chart.yaml", "x"},
                                            {"charts/webber/Chart.yaml", "x"},
                                            {"secret.yaml", "x"}});
  CHECK(chart.missing.empty());
  CHECK(Paths(chart) == "Chart.yaml charts/d/Chart.yaml templates/a.yaml ");
  CHECK(chart.origins[chart.Find("templates/a.yaml")].text() == "charts/web/templates/a.yaml");
  CHECK(chart.Find("secret.yaml") == Chart::npos);
}

TEST_CASE("a dependency beside it is laid where helm looks") {
  const std::map<std::string, std::string> files = {
      {"web/Chart.yaml", Needs("{name: base, version: 1.0.0, repository: \"file://../base\"}")},
      {"base/Chart.yaml", "name: base\ndependencies:\n- {name: core, repository: \"file://../libs/core\"}\n"},
      {"base/templates/b.yaml", "x"},
      {"libs/core/Chart.yaml", "name: core\n"}};
  const Chart chart = ReadAt("web", files);
  CHECK(chart.missing.empty());
  CHECK(Paths(chart) ==
        "Chart.yaml charts/base/Chart.yaml charts/base/templates/b.yaml "
        "charts/base/charts/core/Chart.yaml ");
  CHECK(chart.origins[chart.Find("charts/base/templates/b.yaml")].text() == "base/templates/b.yaml");
  CHECK(std::find(chart.read.begin(), chart.read.end(), "libs/core/Chart.yaml") != chart.read.end());
}

TEST_CASE("a dependency that lies in charts/ is that one") {
  for (const char* vendored : {"web/charts/base/Chart.yaml", "web/charts/base-1.0.0.tgz"}) {
    const Chart chart = ReadAt(
        "web", {{"web/Chart.yaml", Needs("{name: base, version: 1.0.0, repository: \"https://x.example\"}")},
                {vendored, "name: base\n"}});
    CHECK(chart.missing.empty());
    CHECK(chart.files.size() == 2);
  }
}

TEST_CASE("why a chart cannot be rendered") {
  struct Case {
    std::map<std::string, std::string> files;
    const char* words;
  };
  const std::string loop = "{name: web, repository: \"file://../web\"}";
  const Case cases[] = {
      {{}, "there is no chart in web"},
      {{{"web/values.yaml", "x"}}, "there is no Chart.yaml in web"},
      {{{"web", "a file"}}, "there is no chart in web"},
      {{{"web/Chart.yaml", Needs("{name: d, version: 1.0.0, repository: \"https://charts.example.com\"}")}},
       "chart d 1.0.0 is not in the cache: sluice render fetch https://charts.example.com d 1.0.0"},
      {{{"web/Chart.yaml", Needs("{name: d, version: ^1.0.0, repository: \"oci://charts.example.com/x\"}")}},
       "version \"^1.0.0\" of chart d is not an exact one, like 1.2.3: the cluster chooses"},
      {{{"web/Chart.yaml", Needs("{name: d, version: ^1.0.0, repository: \"oci://charts.example.com/x\"}")},
        {"web/Chart.lock",
         "dependencies: [{name: d, version: 1.4.2, repository: \"oci://charts.example.com/x\"}]"}},
       "chart d 1.4.2 is not in the cache: sluice render fetch oci://charts.example.com/x d 1.4.2"},
      {{{"web/Chart.yaml", Needs("{name: d, version: 1.0.0, repository: \"@stable\"}")}},
       "the repository of chart d is not an address like https://HOST/PATH or oci://HOST/PATH"},
      {{{"web/Chart.yaml", Needs("{name: d, version: 1.0.0}")}},
       "the repository of chart d is not an address like https://HOST/PATH or oci://HOST/PATH"},
      {{{"web/Chart.yaml", Needs("{name: d, repository: \"file://../../etc\"}")}},
       "chart d of web lies outside the repository"},
      {{{"web/Chart.yaml", Needs("{name: d, repository: \"file:///etc\"}")}},
       "chart d of web lies outside the repository"},
      {{{"web/Chart.yaml", Needs("{name: d, repository: \"file://../none\"}")}}, "there is no chart in none"},
      {{{"web/Chart.yaml", Needs("{name: ../../x, repository: \"file://../x\"}")}},
       "a dependency of web has no name that a chart could have"},
      {{{"web/Chart.yaml", Needs("{name: .., version: 1.0.0, repository: \"https://x.example\"}")}},
       "a dependency of web has no name that a chart could have"},
      {{{"web/Chart.yaml", Needs("{version: 1.0.0, repository: \"https://x.example\"}")}},
       "a dependency of web has no name that a chart could have"},
      {{{"web/Chart.yaml", Needs("{name: --repo=x, version: 1.0.0, repository: \"https://x.example\"}")}},
       "the chart's name is none"},
      {{{"web/Chart.yaml", Needs(loop)}}, "web: charts that depend on one another, too deep"},
      {{{"web/Chart.yaml", kWeb}, {"web/big", std::string(33u << 20, 'x')}}, ""},
  };
  for (const Case& one : cases) {
    INFO(one.words);
    const Chart chart = ReadAt("web", one.files);
    if (*one.words == '\0')
      CHECK_FALSE(chart.missing.empty());
    else
      CHECK(chart.missing == one.words);
  }
}

// A tree with links, as a Git tree may have them.
class LinkedTree : public MemoryTree {
 public:
  using MemoryTree::MemoryTree;
  Result<std::vector<FileEntry>> List(const RepoPath& directory) const override {
    Result<std::vector<FileEntry>> entries = MemoryTree::List(directory);
    if (entries && directory.text() == "web") {
      entries->push_back({"Chart.lock", FileKind::kSymlink, {}});
      entries->push_back({"templates", FileKind::kSymlink, {}});
      entries->push_back({"charts", FileKind::kSubmodule, {}});
    }
    return entries;
  }
};

TEST_CASE("links and submodules are no part of a chart, and said") {
  const LinkedTree tree(std::map<std::string, std::string>{{"web/Chart.yaml", kWeb}});
  Sources sources(tree, Limits());
  const Chart chart = ReadChart(sources, {.directory = *RepoPath::Parse("web")}, {});
  CHECK(Paths(chart) == "Chart.yaml ");
  CHECK(chart.left_out == std::vector<std::string>{"web/Chart.lock is a symbolic link, which is not followed",
                                                   "web/templates is a symbolic link, which is not followed",
                                                   "web/charts is a submodule, which is not read"});
}

TEST_CASE("too many files, too deep") {
  std::map<std::string, std::string> many = {{"web/Chart.yaml", kWeb}}, deep = many;
  for (int i = 0; i < 5001; ++i) many["web/f" + std::to_string(i)] = "";
  CHECK(ReadAt("web", many).missing == "the chart has more than 5000 files or is larger than 32 MiB");
  std::string path = "web";
  for (int i = 0; i < 40; ++i) path += "/d";
  deep[path + "/f"] = "";
  CHECK(ReadAt("web", deep).missing.find("lies too deep for a chart") != std::string::npos);
}

}  // namespace
}  // namespace sluice::manifests::render
