// Real files of the field: nothing crashes, and few are refused.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {
namespace {

namespace fs = std::filesystem;

// A folder of the shared corpora; empty, and said, where it is absent.
fs::path Corpus(const std::string& name) {
  const char* const shared = std::getenv("SLUICE_SHARED");
  const fs::path path = fs::path(shared != nullptr ? shared : SLUICE_SOURCE_DIR "/../shared") / "corpora" / name;
  if (fs::exists(path)) return path;
  std::cout << "skipped: " << path.string() << " is not there\n";
  return {};
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> YamlFiles(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && (entry.path().extension() == ".yaml" || entry.path().extension() == ".yml")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The expected Status in the leading comment of a kubectl-validate case.
bool ExpectsFailure(const std::string& text) { return text.find("\"status\": \"Failure\"") != text.npos; }

}  // namespace

TEST_CASE("real GitOps repositories are taken, known mistakes apart") {
  const fs::path directory = Corpus("gitops");
  if (directory.empty()) return;
  std::size_t objects = 0;
  std::size_t refused = 0;
  for (const fs::path& path : YamlFiles(directory)) {
    const manifests::ParsedFile file = manifests::Parse(path.string(), ReadFile(path), Limits());
    if (!file.Readable()) continue;
    const manifests::ObjectList list = manifests::Objects(file, Limits());
    const Catalog catalog = MakeCatalog();
    for (const manifests::Object& object : list.objects) {
      ++objects;
      const Findings findings = CheckShape(catalog, object);
      refused += findings.empty() ? 0 : 1;
      if (!findings.empty()) std::cout << path.filename().string() << " " << object.kind << ": " << Words(findings) << " " << findings[0].message << "\n";
    }
  }
  CHECK(objects > 500);
  CHECK(refused * 200 <= objects);
}

TEST_CASE("the cases of kubectl-validate end as their comments say, or are listed") {
  const fs::path directory = Corpus("kubectl-validate/testcases");
  if (directory.empty()) return;
  Catalog catalog = MakeCatalog();
  for (const fs::path& path : YamlFiles(directory)) {
    if (path.string().find("/crds/") == std::string::npos) continue;
    CheckText(catalog, ReadFile(path));
  }
  std::vector<std::string> differences;
  std::size_t cases = 0;
  for (const fs::path& path : YamlFiles(directory)) {
    const std::string text = ReadFile(path);
    if (text.find("\"kind\": \"Status\"") == std::string::npos) continue;
    ++cases;
    const Findings findings = CheckText(catalog, text).findings;
    if (findings.empty() == ExpectsFailure(text)) differences.push_back(path.filename().string() + ": " + Words(findings));
  }
  for (const std::string& difference : differences) std::cout << difference << "\n";
  CHECK(cases > 10);
  CHECK(differences.empty());
}

}  // namespace sluice::schemas
