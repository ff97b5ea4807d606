// False rejects on real repositories: what the native rules say of the shared
// corpora, counted by rule, beside the counts that were looked at one by one.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "tests/catch.h"
#include "tests/policies/native_gate.h"

namespace sluice::policies {
namespace {

std::filesystem::path Shared() {
  if (const char* path = std::getenv("SLUICE_SHARED")) return path;
  return std::filesystem::path(SLUICE_SOURCE_DIR).parent_path() / "shared";
}

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// Findings by rule, each directory judged as one build.
std::map<std::string, int> CountOf(const std::filesystem::path& root) {
  std::map<std::string, std::map<std::string, std::string>> directories;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const std::string path = std::filesystem::relative(entry.path(), root).string();
    directories[std::filesystem::path(path).parent_path().string()][path] = Read(entry.path());
  }
  std::map<std::string, int> counts;
  for (const auto& [directory, files] : directories) {
    for (const Finding& finding : Judge(files)) {
      if (!finding.rule.starts_with("yaml/")) ++counts[finding.rule];
    }
  }
  return counts;
}

// One finding: a Namespace called "_", which its kustomization renames.
TEST_CASE("three real repositories hold one thing that the native rules refuse") {
  const std::filesystem::path corpus = Shared() / "corpora" / "gitops";
  if (!std::filesystem::exists(corpus)) {
    std::cout << "skipped: no " << corpus.string() << '\n';
    return;
  }
  CHECK(CountOf(corpus) == std::map<std::string, int>{{"native/name", 1}});
}

}  // namespace
}  // namespace sluice::policies
