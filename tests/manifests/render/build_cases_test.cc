// Whole builds, by the cases that a real kustomize confirmed.
#include "schemas/rendering.h"
#include "tests/manifests/render/building.h"
#include "tests/manifests/render/cases.h"

namespace sluice::manifests::render {
namespace {

std::string ExpectedText(const std::string& result) {
  const ParsedFile file = Parse("result.yaml", result, Limits());
  REQUIRE(file.Readable());
  std::vector<std::string> lines;
  for (const Document& document : file.documents) {
    if (document.root->kind != NodeKind::kNull) lines.push_back(JsonOf(*document.root) + "\n");
  }
  std::ranges::sort(lines);
  std::string all;
  for (const std::string& line : lines) all += line;
  return all;
}

TEST_CASE("builds are those of kustomize") {
  const ParsedFile cases = ReadCases("build.yaml");
  for (const Document& document : cases.documents) {
    const Node* files = document.root->Find("files");
    if (files == nullptr) continue;
    CAPTURE(CaseText(*document.root, "name"));
    Tree tree;
    for (const Node& file : files->children) tree[std::string(file.key)] = file.text;
    const MemoryTree memory(tree);
    Session session(memory, Limits(), schemas::RenderingFacts());
    const Built built = BuildKustomization(session, RepoPath(), {});
    CHECK(Said(built) == ExpectedText(CaseText(*document.root, "result")));
    CHECK(built.not_built.empty());
  }
}

}  // namespace
}  // namespace sluice::manifests::render
