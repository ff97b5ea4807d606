// What bots may change: versions, and nothing that looks like one.
#include "promotion/bot.h"

#include "manifests/document.h"
#include "promotion/version_fields.h"
#include "tests/catch.h"

namespace sluice::promotion {
namespace {

constexpr const char* kDeployment = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  template:
    spec:
      initContainers: [{name: init, image: "ghcr.io/shop/init:1"}]
      containers:
      - {name: web, image: "ghcr.io/shop/web:1.4@sha256:aa", args: ["image: x"]}
      - {name: side, image: localhost:5000/side}
)";
constexpr const char* kRelease = R"(apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: podinfo, namespace: shop}
spec:
  chart: {spec: {chart: podinfo, version: 6.5.0}}
  values: {image: {repository: ghcr.io/podinfo, tag: 6.5.0}, replicas: 1, ui: {image: "ghcr.io/ui:1"}}
)";
constexpr const char* kApplication = R"(apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a, namespace: argocd}
spec:
  source: {repoURL: https://charts.example, chart: podinfo, targetRevision: 6.5.0}
)";
constexpr const char* kFromGit = R"(apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a, namespace: argocd}
spec:
  source: {repoURL: https://git.example, path: x, targetRevision: v1}
)";

struct Parsed {
  manifests::ParsedFile file;
  manifests::ObjectList list;
  std::vector<const manifests::Object*> objects;
  explicit Parsed(const std::string& text) : file(manifests::Parse("a.yaml", text, Limits())) {
    list = manifests::Objects(file, Limits());
    for (const manifests::Object& object : list.objects) objects.push_back(&object);
  }
};

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  REQUIRE(text.find(from) != text.npos);
  return text.replace(text.find(from), from.size(), to);
}

BotRule Rule() { return {"renovate", true, true, {}, {}, {}}; }

Conditions AskAbout(const BotRule& rule, const std::string& before, const std::string& after,
                    std::vector<std::string> files = {"apps/a.yaml"}) {
  const Parsed old(before), now(after);
  const std::vector<manifests::ObjectDifference> objects = manifests::Differences(old.objects, now.objects);
  return AskBot({rule, "dev", files, objects});
}

struct Edit {
  const char* text;
  const char* from;
  const char* to;
};

TEST_CASE("versions may change") {
  for (const Edit& edit : {Edit{kDeployment, "web:1.4@sha256:aa", "web:1.5@sha256:bb"},
                           {kDeployment, "web:1.4@sha256:aa", "web"},
                           {kDeployment, "init:1", "init:2"},
                           {kDeployment, "localhost:5000/side", "localhost:5000/side:3"},
                           {kRelease, "version: 6.5.0", "version: 6.6.0"},
                           {kRelease, "tag: 6.5.0", "tag: 6.6.0"},
                           {kRelease, "ghcr.io/ui:1", "ghcr.io/ui:2"},
                           {kApplication, "6.5.0", "6.6.0"}}) {
    CAPTURE(edit.to);
    for (const Condition& condition : AskAbout(Rule(), edit.text, Replaced(edit.text, edit.from, edit.to)))
      FAIL_CHECK(condition.message);
  }
}

TEST_CASE("nothing else may") {
  for (const Edit& edit :
       {Edit{kDeployment, "ghcr.io/shop/web:1.4", "ghcr.io/evil/web:1.4"},
        {kDeployment, "ghcr.io/shop/web:1.4", "evil.io/shop/web:1.4"},
        {kDeployment, "localhost:5000/side", "localhost:5001/side"},
        {kDeployment, "localhost:5000/side", "localhost"},
        {kDeployment, "replicas: 2", "replicas: 3"},
        {kDeployment, "image: x", "image: y"},
        {kDeployment, "image: \"ghcr.io/shop/init:1\"", "image: [\"ghcr.io/shop/init:1\"]"},
        {kDeployment, ", image: localhost:5000/side", ""},
        {kDeployment, "{name: side,", "{name: side, tty: true,"},
        {kDeployment, "name: web, namespace", "name: web2, namespace"},
        {kRelease, "repository: ghcr.io/podinfo", "repository: evil.io/podinfo"},
        {kRelease, "ghcr.io/ui:1", "evil.io/ui:1"},
        {kRelease, "chart: podinfo", "chart: other"},
        {kRelease, "replicas: 1", "replicas: 2"},
        {kApplication, "charts.example", "evil.example"},
        {kApplication, "chart: podinfo", "chart: other"},
        {kApplication, "chart: podinfo, ", ""},
        {kFromGit, "v1", "v2"}}) {
    CAPTURE(edit.to);
    CHECK_FALSE(AskAbout(Rule(), edit.text, Replaced(edit.text, edit.from, edit.to)).empty());
  }
  CHECK_FALSE(AskAbout(Rule(), kDeployment, "").empty());
  CHECK_FALSE(AskAbout(Rule(), "", kDeployment).empty());
  // A ConfigMap has no containers, whatever its keys are called.
  const std::string map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {image: a:1}\n";
  CHECK_FALSE(AskAbout(Rule(), map, Replaced(map, "a:1", "a:2")).empty());
}

TEST_CASE("a bot keeps to its kinds, environments and paths") {
  const std::string images = Replaced(kDeployment, "init:1", "init:2");
  const std::string charts = Replaced(kApplication, "6.5.0", "6.6.0");
  BotRule rule = Rule();
  rule.images = false;
  CHECK_FALSE(AskAbout(rule, kDeployment, images).empty());
  CHECK(AskAbout(rule, kApplication, charts).empty());
  rule = Rule();
  rule.charts = false;
  CHECK(AskAbout(rule, kDeployment, images).empty());
  CHECK_FALSE(AskAbout(rule, kApplication, charts).empty());
  rule = Rule();
  rule.environments = {{"staging"}};
  CHECK(AskAbout(rule, kDeployment, images)[0].message == "bot renovate: it may not change dev");
  rule.environments = {{"dev"}};
  rule.paths = {"apps/**"};
  CHECK(AskAbout(rule, kDeployment, images).empty());
  CHECK(AskAbout(rule, kDeployment, images, {"apps/a", "README.md"})[0].message ==
        "bot renovate: it may not change README.md");
}

TEST_CASE("what is told is bounded") {
  BotRule rule = Rule();
  rule.paths = {"none"};
  CHECK(AskAbout(rule, kDeployment, kDeployment, std::vector<std::string>(1000, "x")).size() ==
        kMostBotConditions);
}

TEST_CASE("the name of an image ends before its tag and digest") {
  CHECK(ImageName("web") == "web");
  CHECK(ImageName("web:1") == "web");
  CHECK(ImageName("a/b@sha256:x") == "a/b");
  CHECK(ImageName("host:5000/a/b:1@sha256:x") == "host:5000/a/b");
  CHECK(ImageName("host:5000/a") == "host:5000/a");
  CHECK(ImageName("") == "");
}

TEST_CASE("a rule that allows nothing, or nowhere, is told") {
  const std::vector<Environment> none;
  const std::vector<BotRule> rules = {
      {"a", false, false, {}, {}, {}}, {"b", true, false, {{"dev"}}, {}, {}}, Rule()};
  CHECK(CheckBotRules(rules, none).size() == 2);
}

}  // namespace
}  // namespace sluice::promotion
