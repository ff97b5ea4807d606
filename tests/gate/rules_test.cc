// Every rule there is, run through the whole pipeline on its own examples.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "gate/gate.h"
#include "manifests/render/helm.h"
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {
namespace {

Verdict CheckExample(std::string_view text) {
  std::vector<std::string> symlinks;
  Files files = Unpack(text, &symlinks);
  // Every file of an example is meant for the cluster, whose version its first line may say.
  constexpr std::string_view kWith = "# with kubernetes: ";
  std::string configuration = "version: 1\nroots: {include: [\"**\"]}\n";
  if (text.starts_with(kWith)) {
    configuration +=
        "kubernetes: " + std::string(text.substr(kWith.size(), text.find('\n') - kWith.size())) + "\n";
  }
  const MemoryTree tree(files);
  files.try_emplace(".sluice/sluice.yaml", configuration);  // no file of the example: Flux would build it
  const LoadedConfiguration loaded = LoadConfiguration(MemoryTree(files), "example");
  CheckInput input;
  input.after = &tree;
  input.changes = Differences({}, files);
  for (git::FileChange& change : input.changes) {
    for (const std::string& path : symlinks) {
      if (change.path == path) change.new_kind = FileKind::kSymlink;
    }
  }
  input.configuration = &loaded.configuration;
  Verdict verdict = Check(input);
  verdict.findings.insert(verdict.findings.end(), loaded.findings.begin(), loaded.findings.end());
  return verdict;
}

// Their examples are run by tests/manifests/render/helm_test.cc.
bool NeedsHelm(const Rule& rule) {
  const std::span<const Rule* const> helm = manifests::render::HelmRules();
  return std::find(helm.begin(), helm.end(), &rule) != helm.end();
}

// The text of every source file of the product.
std::string Sources(std::string_view extension) {
  std::string all;
  for (const char* folder : {"base", "cli", "gate", "git", "hooks", "manifests", "policies", "schemas"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::filesystem::path(SLUICE_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != extension) continue;
      std::ifstream file(entry.path());
      all.append(std::istreambuf_iterator<char>(file), {});
    }
  }
  return all;
}

TEST_CASE("every rule that a header names is in the table of all rules") {
  const std::string headers = Sources(".h"), sources = Sources(".cc");
  const std::regex name("extern const Rule (k[A-Za-z]+);");
  std::size_t count = 0;
  for (std::sregex_iterator match(headers.begin(), headers.end(), name), end; match != end;
       ++match, ++count) {
    CAPTURE(match->str(1));
    std::size_t definition = sources.find(" Rule " + match->str(1) + " = {");
    if (definition == sources.npos) definition = sources.find(" Rule " + match->str(1) + "{");
    REQUIRE(definition != sources.npos);
    const std::string_view id = ".id = \"";
    const std::size_t begin = sources.find(id, definition) + id.size();
    CHECK(FindRule(sources.substr(begin, sources.find('"', begin) - begin)) != nullptr);
  }
  CHECK(count > 50);
}

TEST_CASE("every rule is found by its failing example") {
  for (const Rule* rule : AllRules()) {
    if (rule->fails.empty() || NeedsHelm(*rule)) continue;
    CAPTURE(rule->id, rule->fails);
    const Verdict verdict = CheckExample(rule->fails);
    bool found = false;
    for (const Finding& finding : verdict.findings) found |= finding.rule == rule->id;
    CAPTURE(Brief(verdict));
    CHECK(found);
  }
}

TEST_CASE("no passing example has an error") {
  for (const Rule* rule : AllRules()) {
    if (rule->passes.empty() || NeedsHelm(*rule)) continue;
    CAPTURE(rule->id, rule->passes);
    const Verdict verdict = CheckExample(rule->passes);
    CAPTURE(Brief(verdict));
    CHECK(verdict.summary.errors == 0);
    for (const Finding& finding : verdict.findings) CHECK(finding.rule != rule->id);
  }
}

TEST_CASE("rule ids are unique, of a known group, and say why and what to do") {
  const std::set<std::string> groups = {"yaml",      "text",   "object",    "schema",  "api",
                                        "secret",    "git",    "helm",      "native",  "policy",
                                        "kustomize", "review", "reference", "cluster", "promotion"};
  std::set<std::string_view> seen;
  for (const Rule* rule : AllRules()) {
    CAPTURE(rule->id);
    CHECK(seen.insert(rule->id).second);
    CHECK(groups.contains(std::string(rule->id.substr(0, rule->id.find('/')))));
    CHECK_FALSE(rule->title.empty());
    CHECK_FALSE(rule->why.empty());
    CHECK_FALSE(rule->remedy.empty());
    CHECK(FindRule(rule->id) == rule);
  }
  CHECK(FindRule("no/such-rule") == nullptr);
}

}  // namespace
}  // namespace sluice::gate
