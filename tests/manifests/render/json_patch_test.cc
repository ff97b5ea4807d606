// JSON patches, by the cases that a real kustomize confirmed, and what a hostile
// one may cost.
#include "manifests/render/merge_patch.h"
#include "tests/manifests/render/cases.h"

namespace sluice::manifests::render {
namespace {

PatchResult Apply(Arena& arena, const ParsedFile& base, const ParsedFile& operations) {
  return JsonPatch(arena, *base.documents.front().root, *operations.documents.front().root, Limits());
}

std::string Outcome(const PatchResult& result) {
  return result.problems.empty() ? JsonOf(result.root) : result.problems.front().message;
}

std::string OutcomeOf(const std::string& base, const std::string& operations) {
  const ParsedFile object = ParseWhole(base);
  const ParsedFile patch = ParseWhole(operations);
  Arena arena(0);
  return Outcome(Apply(arena, object, patch));
}

TEST_CASE("JSON patches are those of kustomize") {
  const ParsedFile cases = ReadCases("json_patch.yaml");
  for (const Document& document : cases.documents) {
    const Node& one = *document.root;
    if (one.kind == NodeKind::kNull) continue;
    CAPTURE(CaseText(one, "name"));
    const ParsedFile base = ParseWhole(Whole(CaseText(one, "base")));
    const ParsedFile operations = ParseWhole(CaseText(one, "operations"));
    Arena arena(0);
    const std::string before = JsonOf(*base.documents.front().root);
    const std::string outcome = Outcome(Apply(arena, base, operations));
    const std::string result = CaseText(one, "result");
    CHECK(outcome == (result.empty() ? CaseText(one, "error")
                                     : JsonOf(*ParseWhole(Whole(result)).documents.front().root)));
    CHECK(JsonOf(*base.documents.front().root) == before);
  }
}

TEST_CASE("values keep the places of whoever wrote them") {
  const ParsedFile base = ParseWhole("a: 1\nb: {c: 2}\nd: [3]\n");
  const ParsedFile operations = ParseWhole(std::string(100, '\n') +
                                           "- op: replace\n  path: /a\n  value: x\n"
                                           "- op: add\n  path: /e\n  value: [q]\n"
                                           "- op: move\n  from: /b/c\n  path: /f\n"
                                           "- op: add\n  path: /d/0\n  value: z\n");
  Arena arena(0);
  const PatchResult result = Apply(arena, base, operations);
  REQUIRE(Outcome(result) == R"({"a":"x","b":{},"d":["z",3],"e":["q"],"f":2})");
  const auto line = [&](const char* key) { return result.root.Find(key)->range.begin.line; };
  const auto key_line = [&](const char* key) { return result.root.Find(key)->key_range.begin.line; };
  CHECK(line("a") == 103);
  CHECK(key_line("a") == 1);
  CHECK(line("e") == 106);
  CHECK(key_line("e") == 105);
  CHECK(line("f") == 2);
  CHECK(key_line("f") == 109);
  CHECK(result.root.Find("d")->children[0].range.begin.line == 112);
  CHECK(result.root.Find("d")->children[1].range.begin.line == 3);
}

TEST_CASE("a problem points at its operation") {
  const ParsedFile base = ParseWhole("a: 1\n");
  const ParsedFile operations =
      ParseWhole("- {op: add, path: /b, value: 1}\n- op: test\n  path: /a\n  value: 2\n");
  Arena arena(0);
  const PatchResult result = Apply(arena, base, operations);
  REQUIRE(result.problems.size() == 1);
  CHECK(result.problems.front().place.begin.line == 2);
}

TEST_CASE("copies that double the object are refused") {
  std::string operations;
  for (int i = 0; i < 40; ++i) operations += "- {op: copy, from: /a, path: /a/x" + std::to_string(i) + "}\n";
  CHECK(OutcomeOf("a: {b: c}\n", operations) ==
        "the patch adds more than 200000 values (limit expansionNodes)");
}

TEST_CASE("copies that nest the object are refused") {
  std::string operations;
  std::string path = "/a";
  for (int i = 0; i < 200; ++i) {
    operations += "- {op: add, path: " + path + "/a, value: {}}\n";
    path += "/a";
  }
  CHECK(OutcomeOf("a: {}\n", operations) == "nests more than 100 levels deep (limit depth)");
}

TEST_CASE("the limits are those of whoever asks") {
  const ParsedFile object = ParseWhole("a: {}\n");
  const ParsedFile nests = ParseWhole("- {op: add, path: /a/b, value: {c: {d: {}}}}\n");
  const ParsedFile adds = ParseWhole("- {op: add, path: /b, value: [1, 2, 3, 4]}\n");
  const auto outcome = [&](const ParsedFile& patch, const Limits& limits) {
    Arena arena(0);
    return Outcome(JsonPatch(arena, *object.documents.front().root, *patch.documents.front().root, limits));
  };
  CHECK(outcome(nests, {.depth = 5}) == R"({"a":{"b":{"c":{"d":{}}}}})");
  CHECK(outcome(nests, {.depth = 3}) == "nests more than 3 levels deep (limit depth)");
  CHECK(outcome(adds, {.expansion_nodes = 5}) == R"({"a":{},"b":[1,2,3,4]})");
  CHECK(outcome(adds, {.expansion_nodes = 4}) == "the patch adds more than 4 values (limit expansionNodes)");
}

TEST_CASE("a patch may look at so much and no more") {
  std::string base = "a:\n";
  for (int i = 0; i < 9000; ++i) base += "  k" + std::to_string(i) + ": 1\n";
  std::string operations;
  for (int i = 0; i < 3000; ++i) operations += "- {op: test, path: /a/k8999, value: 1}\n";
  CHECK(OutcomeOf(base, operations) == "the patch looks at more than 20000000 values");
  std::string equal = "- op: test\n  path: /a\n  value:\n";
  for (int i = 0; i < 9000; ++i) equal += "    k" + std::to_string(i) + ": 1\n";
  CHECK(OutcomeOf(base, equal) == "the patch looks at more than 20000000 values");
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += "- {op: test, path: /b}\n";
  CHECK(OutcomeOf("a: 1\n", many) == "a JSON patch has at most 10000 operations");
}

}  // namespace
}  // namespace sluice::manifests::render
