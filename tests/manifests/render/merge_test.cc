// Strategic merges, by the cases that a real kustomize confirmed.
#include "manifests/render/merge_patch.h"
#include "schemas/rendering.h"
#include "tests/manifests/render/cases.h"

namespace sluice::manifests::render {
namespace {

Object ObjectOf(const ParsedFile& file) {
  const ObjectList list = Objects(file, Limits());
  REQUIRE(list.objects.size() == 1);
  return list.objects.front();
}

PatchResult Merge(Arena& arena, const ParsedFile& base, const ParsedFile& patch) {
  const Object object = ObjectOf(base);
  const KindFacts& facts = schemas::RenderingFacts();
  const TypeId type = facts.TypeOf(object.group, object.version, object.kind);
  return StrategicMerge(arena, facts, type, *object.root, *patch.documents.front().root, Limits());
}

std::string Outcome(const PatchResult& result) {
  if (!result.problems.empty()) return result.problems.front().message;
  return result.deleted ? "deleted" : JsonOf(result.root);
}

TEST_CASE("strategic merges are those of kustomize") {
  const ParsedFile cases = ReadCases("merge.yaml");
  for (const Document& document : cases.documents) {
    const Node& one = *document.root;
    if (one.kind == NodeKind::kNull) continue;
    CAPTURE(CaseText(one, "name"));
    const ParsedFile base = ParseWhole(Whole(CaseText(one, "base")));
    const ParsedFile patch = ParseWhole(Whole(CaseText(one, "patch")));
    Arena arena(0);
    const std::string before = JsonOf(*base.documents.front().root);
    const std::string outcome = Outcome(Merge(arena, base, patch));
    const std::string result = CaseText(one, "result");
    if (!result.empty()) {
      CHECK(outcome == JsonOf(*ParseWhole(Whole(result)).documents.front().root));
    } else {
      CHECK(outcome == (one.Find("deleted") != nullptr ? "deleted" : CaseText(one, "error")));
    }
    CHECK(JsonOf(*base.documents.front().root) == before);
  }
}

std::string PlaceOf(const Range& range) {
  return std::to_string(range.begin.line) + ":" + std::to_string(range.begin.column);
}

TEST_CASE("each value of a merge points at whoever wrote it") {
  const ParsedFile base = ParseWhole(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n"
      "  nodeName: a\n  hostname: b\n  containers:\n  - name: a\n    image: x\n  - name: b\n");
  std::string patch_text(100, '\n');  // the patch's lines begin at 101
  patch_text +=
      "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n"
      "  hostname: c\n  subdomain: d\n  containers:\n  - name: c\n  - name: b\n    image: z\n";
  const ParsedFile patch = ParseWhole(patch_text);
  Arena arena(0);
  const PatchResult result = Merge(arena, base, patch);
  REQUIRE(result.problems.empty());
  const Node& spec = *result.root.Find("spec");
  CHECK(PlaceOf(spec.Find("nodeName")->range) == "5:13");
  CHECK(PlaceOf(spec.Find("hostname")->range) == "105:13");
  CHECK(PlaceOf(spec.Find("hostname")->key_range) == "105:3");
  CHECK(PlaceOf(spec.Find("subdomain")->range) == "106:14");
  const Node& containers = *spec.Find("containers");
  CHECK(PlaceOf(containers.range) ==
        PlaceOf(base.documents[0].root->Find("spec")->Find("containers")->range));
  CHECK(PlaceOf(containers.children[0].range) == "108:5");                  // c, the patch's
  CHECK(PlaceOf(containers.children[1].range) == "10:5");                   // b, the base's
  CHECK(PlaceOf(containers.children[1].Find("image")->range) == "110:12");  // with the patch's image
  CHECK(PlaceOf(containers.children[2].range) == "8:5");                    // a
}

TEST_CASE("a problem of a merge points into the patch") {
  const ParsedFile base = ParseWhole(Whole("containers: [{name: a}]\nnodeSelector: {a: b}\n"));
  const struct {
    const char* patch;
    const char* place;
  } cases[] = {
      {"containers:\n  name: a\n", "6:5"},
      {"nodeSelector:\n  $patch: x\n", "6:13"},
      {"containers:\n- name: a\n- $patch: x\n", "7:13"},
  };
  for (const auto& [text, place] : cases) {
    CAPTURE(text);
    Arena arena(0);
    const ParsedFile patch = ParseWhole(Whole(text));
    const PatchResult result = Merge(arena, base, patch);
    REQUIRE(result.problems.size() == 1);
    CHECK(PlaceOf(result.problems.front().place) == place);
  }
}

std::string ManyContainers(std::size_t count, const char* prefix) {
  std::string text = "containers:\n";
  for (std::size_t i = 0; i < count; ++i) text += "- name: " + (prefix + std::to_string(i)) + "\n";
  return text;
}

TEST_CASE("lists that would take too long to merge are refused") {
  const ParsedFile base = ParseWhole(Whole(ManyContainers(5000, "a")));
  Arena arena(0);
  CHECK(Outcome(Merge(arena, base, ParseWhole(Whole(ManyContainers(5000, "b"))))) ==
        "the lists of this patch and its target are too long to be merged by key in field \"containers\"");
  const ParsedFile small = ParseWhole(Whole(ManyContainers(1000, "a")));
  CHECK(Merge(arena, small, ParseWhole(Whole(ManyContainers(1000, "b")))).problems.empty());
}

TEST_CASE("mappings that would take too long to merge are refused") {
  const auto wide = [](const char* prefix) {
    std::string text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n";
    for (int i = 0; i < 9000; ++i) text += "  " + (prefix + std::to_string(i)) + ": a\n";
    return text;
  };
  const ParsedFile base = ParseWhole(wide("a"));
  Arena arena(0);
  CHECK(Merge(arena, base, ParseWhole(wide("b"))).problems.empty());
  // Four such mappings in one object pass what one patch may cost.
  const auto four = [&](const char* prefix) {
    std::string text = "apiVersion: example.com/v1\nkind: Wide\nmetadata: {name: x}\n";
    for (const char* field : {"a", "b", "c", "d", "e"}) {
      text += std::string(field) + ":\n";
      for (int i = 0; i < 9000; ++i) text += "  " + (prefix + std::to_string(i)) + ": a\n";
    }
    return text;
  };
  CHECK(Outcome(Merge(arena, ParseWhole(four("a")), ParseWhole(four("b"))))
            .starts_with("this mapping and its target are too wide to be merged"));
}

TEST_CASE("an object that no file could hold is not walked") {
  Arena arena(0);
  Node deep;
  deep.kind = NodeKind::kMapping;
  for (int i = 0; i < 300; ++i) {
    Node around = deep;
    around.key = "a";
    around.key_hash = HashKey("a");
    deep.children = arena.Keep(std::span<const Node>(&around, 1));
    deep.key = {};
  }
  CHECK(Outcome(StrategicMerge(arena, schemas::RenderingFacts(), 0, deep, deep, Limits()))
            .starts_with("is nested more than 200 levels deep"));
  CHECK(Outcome(StrategicMerge(arena, schemas::RenderingFacts(), 0, deep, deep, {.depth = 20}))
            .starts_with("is nested more than 40 levels deep"));
}

TEST_CASE("kinds and their lists are found, and no others") {
  const KindFacts& facts = schemas::RenderingFacts();
  const TypeId pod = facts.TypeOf("", "v1", "Pod");
  REQUIRE(pod != 0);
  const FieldFacts* const spec = facts.Find(pod, "spec");
  REQUIRE(spec != nullptr);
  CHECK_FALSE(spec->merge);
  const FieldFacts* const containers = facts.Find(spec->type, "containers");
  REQUIRE(containers != nullptr);
  CHECK(containers->merge);
  CHECK(containers->merge_key == "name");
  const FieldFacts* const ports = facts.Find(containers->type, "ports");
  REQUIRE(ports != nullptr);
  CHECK(ports->second_key == "protocol");
  CHECK(facts.Find(containers->type, "args") == nullptr);
  CHECK(facts.Find(0, "spec") == nullptr);
  CHECK(facts.TypeOf("", "v1", "pod") == 0);
  CHECK(facts.TypeOf("apps", "v1", "Pod") == 0);
  CHECK(facts.TypeOf("", "v2", "Pod") == 0);
  CHECK(facts.ScopeOf("", "v1", "Pod") == KindScope::kNamespaced);
  CHECK(facts.ScopeOf("", "v1", "Namespace") == KindScope::kCluster);
  CHECK(facts.ScopeOf("rbac.authorization.k8s.io", "v1", "ClusterRole") == KindScope::kCluster);
  CHECK(facts.ScopeOf("example.com", "v1", "Thing") == KindScope::kUnknown);
  // Kubernetes knows it, kustomize does not.
  CHECK(facts.ScopeOf("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy") ==
        KindScope::kUnknown);
}

}  // namespace
}  // namespace sluice::manifests::render
