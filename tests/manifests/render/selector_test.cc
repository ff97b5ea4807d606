// Which objects a target means.
#include "manifests/render/selector.h"

#include "manifests/render/accumulate.h"
#include "tests/catch.h"
#include "tests/manifests/reading.h"
#include "tests/manifests/render/building.h"

namespace sluice::manifests::render {
namespace {

TEST_CASE("label selectors match as Kubernetes' do") {
  const char* const labels = "app: web\ntier: ''\nlevel: '5'\n";
  const struct {
    const char* selector;
    bool matches;
  } cases[] = {
      {"", true},
      {" ", true},
      {"app", true},
      {"!off", true},
      {"! off", true},
      {"app=web", true},
      {"app == web", true},
      {"app=web,tier=", true},
      {"app in (web, shop)", true},
      {"off notin (web)", true},
      {"app notin (shop,)", true},
      {"app!=shop", true},
      {"off!=x", true},
      {"level>4,level<6", true},
      {"tier in ()", true},
      {"off", false},
      {"!app", false},
      {"app=shop", false},
      {"app=", false},
      {"app!=web", false},
      {"app in (shop)", false},
      {"app notin (web)", false},
      {"off in (web)", false},
      {"level>5", false},
      {"level<5", false},
      {"app>1", false},
      {"off>1", false},
      {"app=web,off", false},
  };
  const ParsedFile file = ParseText(labels);
  for (const auto& each : cases) {
    CAPTURE(each.selector);
    const auto selector = ParseLabelSelector(each.selector);
    REQUIRE(selector);
    CHECK(MatchesLabels(*selector, file.documents[0].root) == each.matches);
  }
}

TEST_CASE("what is no label selector is none") {
  for (const char* bad : {",", "a,", ",a", "=a", "a=b c", "a in", "a in b", "a in (b", "a in b)", "a is b",
                          "!", "!a=b", "a>b", "a<", "a=b,,c", "(a)", "a in (b)) "}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseLabelSelector(bad));
  }
}

// Whether the target selects an object that was renamed from "web" in the
// namespace "one" to "p-web" in "two"; "refused" where it is none.
std::string Outcome(const char* target) {
  const MemoryTree tree(Tree{
      {"t.yaml", std::string("# not JSON\n") + target},
      {"o.yaml",
       "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: one, labels: {a: b}}\n"}});
  Session session(tree, Limits(), KindFacts{});
  Arena arena(0);
  BuildLog log;
  Layer layer{session, arena, log, {}, "kustomization.yaml", {}, &session.facts(), false};
  const auto selector =
      Selector::Read(layer, *(*session.sources().Read(*RepoPath::Parse("t.yaml")))->parsed.documents[0].root);
  if (!selector) return log.findings.empty() ? "silent" : "refused";
  Resource resource;
  resource.root = *(*session.sources().Read(*RepoPath::Parse("o.yaml")))->parsed.documents[0].root;
  RememberId(arena, resource);
  resource.root = WithName(arena, resource.root, "p-web", {});
  return selector->Selects(resource) ? "yes" : "no";
}

TEST_CASE("targets are regular expressions over the whole text, old and new names alike") {
  const struct {
    const char* target;
    const char* outcome;
  } cases[] = {
      {"{}", "yes"},
      {"{kind: Deployment}", "yes"},
      {"{kind: Dep.*}", "yes"},
      {"{kind: Deployment|Service}", "yes"},
      {"{group: apps, version: v1}", "yes"},
      {"{group: 'ap+s'}", "yes"},
      {"{name: web}", "yes"},
      {"{name: p-web}", "yes"},
      {"{name: '.*'}", "yes"},
      {"{name: 'w[e]b'}", "yes"},
      {"{namespace: one}", "yes"},
      {"{labelSelector: a=b}", "yes"},
      {"{annotationSelector: '!x'}", "yes"},
      {"{kind: Deploy}", "no"},
      {"{kind: eployment}", "no"},
      {"{kind: 'Service|Pod'}", "no"},
      {"{group: app}", "no"},
      {"{group: batch}", "no"},
      {"{version: v2}", "no"},
      {"{name: w}", "no"},
      {"{name: 'we|eb'}", "no"},
      {"{namespace: two}", "no"},
      {"{namespace: default}", "no"},
      {"{labelSelector: a=c}", "no"},
      {"{annotationSelector: x}", "no"},
      {"{name: '('}", "refused"},
      {"{kind: '['}", "refused"},
      {"{labelSelector: 'a in'}", "refused"},
      {"{annotationSelector: '='}", "refused"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.target);
    CHECK(Outcome(each.target) == each.outcome);
  }
}

}  // namespace
}  // namespace sluice::manifests::render
