// Each rule's own examples: the one that fails is refused by this rule, the one
// that passes by none.
#include "manifests/render/rules.h"

#include "tests/catch.h"
#include "tests/manifests/render/building.h"

namespace sluice::manifests::render {
namespace {

// The first finding of any kustomization of a tree; empty for none.
std::string FirstRule(std::string_view text) {
  const Tree files = TreeOf(text);
  const MemoryTree tree(files);
  for (const auto& [path, content] : files) {
    if (!IsKustomizationName(path)) continue;
    Session session(tree, Limits(), KindFacts{});
    const Built built = BuildKustomization(session, RepoPath::Parse(path)->Parent(), {});
    if (!built.findings.empty()) return built.findings[0].rule;
  }
  return {};
}

void CheckExamples(const Rule& rule) {
  CAPTURE(rule.id);
  CHECK(FirstRule(rule.fails) == rule.id);
  CHECK(FirstRule(rule.passes).empty());
}

TEST_CASE("the examples of the rules of builds show what they say") {
  for (const Rule* rule : RenderRules()) CheckExamples(*rule);
}

}  // namespace
}  // namespace sluice::manifests::render
