// Releases built with helm, each field with its place.
#include "manifests/render/helm.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "tests/manifests/render/release.h"

namespace sluice::manifests::render {
namespace {

const Node* At(const Node* node, std::initializer_list<std::string_view> way) {
  for (const std::string_view key : way) {
    if (node == nullptr) return nullptr;
    const bool index = key.size() == 1 && key.front() >= '0' && key.front() <= '9';
    node = index ? &node->children[static_cast<std::size_t>(key.front() - '0')] : node->Find(key);
  }
  return node;
}

const BuiltObject& Only(const Built& built, std::string_view kind) {
  const BuiltObject* found = nullptr;
  for (const BuiltObject& object : built.objects)
    if (object.object.kind == kind) found = &object;
  if (found == nullptr) FAIL("no " << kind << ": " << Told(built));
  return *found;
}

const std::map<std::string, std::string> kShop = {
    {"chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.2.3\n"},
    {"chart/values.yaml",
     "replicas: 1\nimage:\n  repository: ghcr.io/acme/web\n  tag: \"1.0\"\nlabels: {}\n"},
    {"chart/templates/_names.tpl", "{{ define \"name\" }}{{ .Release.Name }}-web{{ end }}\n"},
    {"chart/templates/web.yaml",
     "apiVersion: apps/v1\n"
     "kind: Deployment\n"
     "metadata:\n"
     "  name: {{ include \"name\" . }}\n"
     "  labels: {{ toYaml .Values.labels | nindent 4 }}\n"
     "spec:\n"
     "  replicas: {{ .Values.replicas }}\n"
     "  template:\n"
     "    spec:\n"
     "      hostNetwork: true\n"
     "      containers:\n"
     "        - name: web\n"
     "          image: {{ .Values.image.repository }}:{{ .Values.image.tag }}\n"},
    {"chart/templates/more/ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: extra\n"},
    {"chart/crds/widget.yaml",
     "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: "
     "widgets.example.com\n"},
    {"more.yaml", "replicas: 2\nlabels:\n  team: blue\n"},
    {"release.yaml", "replicas: 5\nlabels:\n  tier: front\n"},
};

TEST_CASE("a release gives the objects of its chart, each field with its place") {
  NEEDS_HELM(helm)
  ReleaseOf shop(kShop, HelmAt(helm));
  const Built built = shop.Build();
  INFO(Told(built));
  CHECK(Told(built).empty());
  REQUIRE(built.objects.size() == 3);
  const BuiltObject& web = Only(built, "Deployment");
  const auto place = [&](std::initializer_list<std::string_view> way) {
    const Node* node = At(web.object.root, way);
    REQUIRE(node != nullptr);
    return PlaceOf(shop.session(), node->range);
  };
  CHECK(web.object.file == "chart/templates/web.yaml");
  CHECK(web.object.name == "shop-web");
  CHECK(web.through == std::vector<std::string>{"release.yaml"});
  CHECK(place({}) == "chart/templates/web.yaml:2");
  CHECK(place({"spec", "replicas"}) == "release.yaml:1");
  CHECK(place({"metadata", "labels", "tier"}) == "release.yaml:3");
  CHECK(place({"metadata", "labels", "team"}) == "more.yaml:3");
  CHECK(place({"metadata", "name"}) == "chart/templates/web.yaml:3");  // two lines say `name:`
  CHECK(place({"spec", "template", "spec", "hostNetwork"}) == "chart/templates/web.yaml:10");
  CHECK(place({"spec", "template", "spec", "containers", "0", "name"}) == "chart/templates/web.yaml:12");
  CHECK(place({"spec", "template", "spec", "containers", "0", "image"}) == "chart/values.yaml:4");
  CHECK(Only(built, "Namespace").object.file == "chart/templates/more/ns.yaml");
  CHECK(Only(built, "CustomResourceDefinition").object.file == "chart/crds/widget.yaml");
}

TEST_CASE("an object of a kind that lives in a namespace gets the release's") {
  NEEDS_HELM(helm)
  ReleaseOf shop(kShop, HelmAt(helm));
  Built built = shop.Build();
  CHECK(Only(built, "Deployment").object.ns.empty());  // as helm prints it
  Arena arena(1024);
  SetNamespaces(shop.session(), shop.release(), arena, built.objects);
  const BuiltObject& web = Only(built, "Deployment");
  CHECK(web.object.ns == "store");
  CHECK(At(web.object.root, {"metadata", "namespace"})->String() == "store");
  CHECK(PlaceOf(shop.session(), At(web.object.root, {"metadata", "namespace"})->range) == "release.yaml:1");
  CHECK(Only(built, "Namespace").object.ns.empty());
  CHECK(Only(built, "CustomResourceDefinition").object.ns.empty());  // not a kind that is known here
}

TEST_CASE("what the result depends on is listed") {
  ReleaseOf shop(kShop, [](const HelmRequest&) -> Result<std::string> { return std::string(); });
  CHECK(shop.Build().read == std::vector<std::string>{"chart", "chart/Chart.yaml", "chart/crds",
                                                      "chart/crds/widget.yaml", "chart/templates",
                                                      "chart/templates/_names.tpl", "chart/templates/more",
                                                      "chart/templates/more/ns.yaml",
                                                      "chart/templates/web.yaml", "chart/values.yaml"});
}

TEST_CASE("values that helm merges itself give what our merge gives") {
  NEEDS_HELM(helm)
  const std::string all =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  it: {{ toJson .Values | quote }}\n";
  const char* const cases[][2] = {
      {"a: 1\nb: {c: [1, 2], d: x}", "b: {d: null}"},
      {"a: null\nb: 2", "a: 1"},
      {"a: {b: {c: 1, d: 2}}", "a: {b: null}"},
      {"a: {b: 1}", "a: 3"},
      {"a: {b: 1}", "c: null"},
      {"a: 1.50\nb: 1e3\nc: 012\nd: yes", "a: 12345678901"},
      {"a: []", "a: {}"},
      {"a: \"1\"", "b: \"é\\u2028\\\"\""},
      {"global: {x: 1}", "global: {x: null, w: 2}"},
      {"a: {b: null}", "a: {c: 1}"},
  };
  for (const auto& [defaults, values] : cases) {
    INFO(defaults << " under " << values);
    ReleaseOf release(
        {{"chart/values.yaml", defaults}, {"chart/templates/all.yaml", all}, {"release.yaml", values}},
        HelmAt(helm));
    const Built built = release.Build();
    REQUIRE(built.objects.size() == 1);
    const std::string said(At(built.objects[0].object.root, {"data", "it"})->String());
    const ParsedFile a = Parse("a", defaults, Limits()), b = Parse("b", values, Limits()),
                     theirs = Parse("c", said, Limits());
    Arena arena(1024);
    std::string ours, helms;
    CanonicalJson(Coalesce(arena, *a.documents[0].root, *b.documents[0].root), ours);
    REQUIRE(theirs.documents.size() == 1);
    CanonicalJson(*theirs.documents[0].root, helms);
    CHECK(ours == helms);
  }
}

TEST_CASE("what helm refuses is found at the line of the template that it names") {
  NEEDS_HELM(helm)
  const auto told = [&](std::map<std::string, std::string> files) {
    ReleaseOf release(std::move(files), HelmAt(helm));
    return Told(release.Build());
  };
  const std::string head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n";
  CHECK(told({{"chart/templates/a.yaml", head + "  x: {{ fail \"not here\" }}\n"}})
            .starts_with("helm/chart chart/templates/a.yaml:5: helm refuses the chart: "));
  CHECK(told({{"chart/templates/a.yaml", head + "  x: {{ include \"b\" . }}\n"},
              {"chart/templates/_b.tpl", "{{ define \"b\" }}\n\n{{ .Values.a.b.c }}{{ end }}"}})
            .starts_with("helm/chart chart/templates/_b.tpl:3: "));
  CHECK(told({{"chart/templates/a.yaml", head + "  x: {{ nothing }}\n"}})
            .starts_with("helm/chart chart/templates/a.yaml:5: "));
  CHECK(told({{"chart/templates/a.yaml", "a: [\n"}}).starts_with("helm/chart chart/templates/a.yaml:1: "));
  CHECK(told({{"chart/values.yaml", "a: [\n"}}).starts_with("helm/chart release.yaml:1: "));
  CHECK(told({{"chart/Chart.yaml", "name: web\n"}}).starts_with("helm/chart release.yaml:1: "));
  CHECK(told({{"chart/templates/a.yaml", "kind: ConfigMap\nmetadata: {name: a}\n"}})
            .starts_with("object/no-api-version chart/templates/a.yaml:1: the chart gives this: "));
  CHECK(told({{"chart/templates/a.yaml", head + "  x: a\n  x: b\n"}})
            .starts_with("yaml/duplicate-key chart/templates/a.yaml:1: the chart gives this: "));
}

TEST_CASE("of two equal keys the last goes to the cluster") {
  NEEDS_HELM(helm)
  ReleaseOf release(
      {{"chart/templates/a.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: first\n  y: kept\n  x: last\n"},
       {"chart/templates/b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"}},
      HelmAt(helm));
  const Built built = release.Build();
  CHECK(
      Told(built) ==
      "yaml/duplicate-key chart/templates/a.yaml:1: the chart gives this: duplicate key \"x\", first on line "
      "7\n");
  CHECK(built.findings[0].severity == Severity::kWarning);
  REQUIRE(built.objects.size() == 2);
  const Node* data = built.objects[0].object.root->Find("data");
  CHECK(data->children.size() == 2);
  CHECK(data->Find("x")->String() == "last");
}

TEST_CASE("what else cannot be read is refused") {
  NEEDS_HELM(helm)
  for (const char* text : {"x: !!binary a\n  x: b\n", "x: &a 1\n  x: *b\n", "? [x]\n  : y\n"}) {
    ReleaseOf release(
        {{"chart/templates/a.yaml",
          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: 1\n  " + std::string(text)}},
        HelmAt(helm));
    const Built built = release.Build();
    INFO(Told(built));
    CHECK(built.objects.empty());
    CHECK_FALSE(built.findings.empty());
  }
}

TEST_CASE("a release that helm would not take is not asked for") {
  int runs = 0;
  const RunHelm count = [&](const HelmRequest&) -> Result<std::string> { return ++runs, std::string(); };
  for (const char* name : {"--post-renderer=./x.sh", "-", "..", "A", ""}) {
    ReleaseOf release({}, count);
    release.release().name = name;
    CHECK(Told(release.Build()).starts_with("helm/chart release.yaml:1: the release's name must be "));
  }
  ReleaseOf release({}, count);
  release.release().ns = "-n";
  CHECK(Told(release.Build()).starts_with("helm/chart release.yaml:1: the release's namespace must be "));
  CHECK(runs == 0);
}

TEST_CASE("what cannot be rendered here is said by name") {
  const auto told = [](RunHelm run, auto change) {
    ReleaseOf release({}, std::move(run));
    change(release);
    return Told(release.Build());
  };
  const auto fails = [](ErrorKind kind) {
    return [kind](const HelmRequest&) -> Result<std::string> { return Error{kind, "words", {}, {}}; };
  };
  const auto nothing = [](ReleaseOf&) {};
  CHECK(
      told({}, nothing).starts_with("not built release.yaml:1: charts are not judged here: no helm is set"));
  CHECK(told(fails(ErrorKind::kFailed), nothing) ==
        "not built release.yaml:1: helm could not be run: words\n");
  CHECK(told(fails(ErrorKind::kLimit), nothing) == "helm/limit release.yaml:1: words\n");
  CHECK(told(fails(ErrorKind::kConfiguration), nothing) ==
        "helm/chart release.yaml:1: helm refuses the chart: words\n");
  CHECK(told(fails(ErrorKind::kFailed), [](ReleaseOf& release) {
          release.release().chart.directory = *RepoPath::Parse("charts/none");
        }) == "not built release.yaml:1: there is no chart in charts/none\n");
  CHECK(told(fails(ErrorKind::kFailed),
             [](ReleaseOf& release) {
               release.release().chart = {
                   .name = "redis", .version = "20.1.0", .repository = "https://charts.example.com/"};
             }) ==
        "not built release.yaml:1: chart redis 20.1.0 is not in the cache: sluice render fetch "
        "https://charts.example.com redis 20.1.0\n");
}

TEST_CASE("a chart that makes something else in an upgrade is not judged as a whole") {
  NEEDS_HELM(helm)
  const auto told = [&](const std::string& web, bool upgraded) {
    ReleaseOf release({{"chart/templates/web.yaml",
                        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: b\n" + web}},
                      HelmAt(helm));
    release.release().upgraded = upgraded;
    return Told(release.Build());
  };
  const std::string upgrade = "not built release.yaml:1: the chart makes something else in an upgrade";
  CHECK(told("{{ if .Release.IsUpgrade }}  c: d\n{{ end }}", true).starts_with(upgrade));
  CHECK(told("{{ if not .Release.IsInstall }}  c: d\n{{ end }}", true).starts_with(upgrade));
  CHECK(told("{{ with .Release }}{{ if .IsUpgrade }}  c: d\n{{ end }}{{ end }}", true).starts_with(upgrade));
  CHECK(told("{{ if index .Release \"IsUpgrade\" }}  c: d\n{{ end }}", true).starts_with(upgrade));
  CHECK(told("{{ if .Release.IsUpgrade }}{{ fail \"no\" }}{{ end }}", true).starts_with(upgrade));
  CHECK(told("{{ if .Release.IsUpgrade }}  c: d\n{{ end }}", false).empty());
  CHECK(told("  c: \"{{ .Release.Revision }}\"\n", true).empty());
  CHECK(told("{{ if .Release.IsInstall }}{{ end }}  c: {{ randAlphaNum 9 | quote }}\n", true).empty());
  CHECK(told("{{ if .Release.IsUpgrade }}  c: d\n{{ else }}  c: d\n{{ end }}", true).empty());
  CHECK(told("", true).empty());
}

TEST_CASE("custom resource definitions of the tree are API versions for the chart") {
  const std::string crd =
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  group: example.com\n"
      "  names: {kind: Widget}\n  versions: [{name: v1}, {name: v1beta1}, {name: \"--x\"}]\n";
  std::vector<std::string> asked;
  ReleaseOf release({{"crd.yaml", crd}}, [&](const HelmRequest& request) -> Result<std::string> {
    asked = request.api_versions;
    return std::string();
  });
  const ParsedFile file = Parse("crd.yaml", crd, Limits());
  const ObjectList list = Objects(file, Limits());
  release.context().list = [&](std::string_view group, std::string_view kind) {
    CHECK(group == "apiextensions.k8s.io");
    CHECK(kind == "CustomResourceDefinition");
    return std::vector<const Object*>{&list.objects[0]};
  };
  release.Build();
  CHECK(asked == std::vector<std::string>{"example.com/--x", "example.com/--x/Widget", "example.com/v1",
                                          "example.com/v1/Widget", "example.com/v1beta1",
                                          "example.com/v1beta1/Widget"});
}

struct Counted {
  std::size_t scalars = 0, in_values = 0, at_a_line = 0;
};

// Scalars of an object by where they are placed: a line of the values, a line of
// the template that is not its beginning.
void Count(Session& session, const Node& node, const Range& root, Counted& counted) {
  for (const Node& child : node.children) Count(session, child, root, counted);
  if (!node.children.empty() || node.kind == NodeKind::kMapping || node.kind == NodeKind::kSequence) return;
  ++counted.scalars;
  const Place place = session.sources().Resolve(node.range);
  REQUIRE(place.file != nullptr);
  const bool values = place.file->path.Name() == "values.yaml";
  counted.in_values += values ? 1 : 0;
  counted.at_a_line += values || node.range != root ? 1 : 0;
}

TEST_CASE("a chart of the field: every object, most fields at a line") {
  NEEDS_HELM(helm)
  const char* shared = std::getenv("SLUICE_SHARED");
  const std::string path =
      std::string(shared == nullptr ? "../shared" : shared) + "/corpora/gitops/microservices-demo";
  if (access((path + "/helm-chart/Chart.yaml").c_str(), R_OK) != 0) {
    std::cout << "skipped: needs " << path << "\n";
    return;
  }
  const DirectoryTree tree(path);
  const KindFacts facts{};
  Session session(tree, Limits(), facts);
  const Release release{.name = "shop",
                        .ns = "store",
                        .chart = {.directory = *RepoPath::Parse("helm-chart")},
                        .file = "release.yaml"};
  RootContext context;
  context.helm = HelmAt(helm);
  const Built built = BuildRelease(session, release, context);
  INFO(Told(built));
  CHECK(Told(built).empty());
  CHECK(built.objects.size() > 30);
  Counted counted;
  for (const BuiltObject& object : built.objects)
    Count(session, *object.object.root, object.object.root->range, counted);
  CHECK(counted.at_a_line * 10 >= counted.scalars * 8);
}

// "-- path --" lines part the files of an example.
std::map<std::string, std::string> FilesOf(std::string_view example) {
  std::map<std::string, std::string> files;
  std::string* file = nullptr;
  std::istringstream lines{std::string(example)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("-- ") && line.ends_with(" --")) {
      file = &files[line.substr(3, line.size() - 6)];
    } else if (file != nullptr) {
      *file += line + "\n";
    }
  }
  return files;
}

TEST_CASE("the examples of the helm rules do what they say") {
  NEEDS_HELM(helm)
  for (const Rule* rule : HelmRules()) {
    INFO(rule->id);
    ReleaseOf fails(FilesOf(rule->fails), HelmAt(helm));
    const Built failing = fails.Build();
    INFO(Told(failing).substr(0, 1000));
    REQUIRE(failing.findings.size() == 1);
    CHECK(failing.findings[0].rule == rule->id);
    CHECK(failing.findings[0].severity == rule->severity);
    ReleaseOf passes(FilesOf(rule->passes), HelmAt(helm));
    CHECK(Told(passes.Build()).empty());
  }
}

}  // namespace
}  // namespace sluice::manifests::render
