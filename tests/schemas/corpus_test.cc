// Real files of the field: nothing crashes, and few are refused.
#include <algorithm>
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
  const fs::path path =
      fs::path(shared != nullptr ? shared : SLUICE_SOURCE_DIR "/../shared") / "corpora" / name;
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
    if (entry.is_regular_file() &&
        (entry.path().extension() == ".yaml" || entry.path().extension() == ".yml"))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The expected Status stands in the leading comment of a kubectl-validate case.
bool ExpectsFailure(const std::string& text) { return text.find("\"status\": \"Failure\"") != text.npos; }

// Objects of the corpus that are no whole objects, or whose schema in the
// catalogue is older than they are; the gate leaves the first kind out.
struct KnownFile {
  const char* file;
  const char* why;
};
constexpr KnownFile kNotWhole[] = {
    {"externalsecret.yaml", "Flux fills ${APP}"},
    {"cluster.yaml", "Flux fills ${DRAGONFLY_REPLICAS}"},
    {"pvc.yaml", "Flux fills ${KOPIUR_ACCESSMODES}"},
    {"podinfo-values.yaml", "a patch of a kustomization"},
    {"delete-loadgenerator.patch.yaml", "a patch of a kustomization"},
    {"alertmanagerconfig.yaml", "monospace is newer than the catalogue's AlertmanagerConfig"},
};
// Cases of kubectl-validate that fail for what is no shape.
constexpr KnownFile kNotShape[] = {
    {"error_cel_basic.yaml", "a CEL rule"},
    {"error_cel_basic_multiple.yaml", "CEL rules"},
    {"error_invalid_label.yaml", "the syntax of labels: policies/"},
    {"error_invalid_name.yaml", "the syntax of names: policies/"},
    {"error_missing_image.yaml", "validation written by hand; OpenAPI does not require image"},
    {"error_missing_name.yaml", "a name is needed: policies/"},
    {"error_name_exceeds_max_length.yaml", "the syntax of names: policies/"},
};

template <std::size_t N>
bool IsListed(const KnownFile (&list)[N], const fs::path& path) {
  return std::any_of(std::begin(list), std::end(list),
                     [&](const KnownFile& each) { return path.filename() == each.file; });
}

}  // namespace

TEST_CASE("real GitOps repositories are taken, listed files apart") {
  const fs::path directory = Corpus("gitops");
  if (directory.empty()) return;
  const Catalog catalog = MakeCatalog();
  std::size_t objects = 0;
  for (const fs::path& path : YamlFiles(directory)) {
    const manifests::ParsedFile file = manifests::Parse(path.string(), ReadFile(path), Limits());
    if (!file.Readable() || IsListed(kNotWhole, path)) continue;
    for (const manifests::Object& object : manifests::Objects(file, Limits()).objects) {
      ++objects;
      CAPTURE(path.string());
      CHECK(Words(CheckShape(catalog, object)).empty());
    }
  }
  CHECK(objects > 500);
}

TEST_CASE("the cases of kubectl-validate end as their comments say, listed ones apart") {
  const fs::path directory = Corpus("kubectl-validate/testcases");
  if (directory.empty()) return;
  Catalog catalog = MakeCatalog();
  for (const fs::path& path : YamlFiles(directory / "crds")) CheckText(catalog, ReadFile(path));
  std::size_t cases = 0;
  for (const fs::path& path : YamlFiles(directory / "manifests")) {
    const std::string text = ReadFile(path);
    const Findings findings = CheckText(catalog, text).findings;
    CAPTURE(path.filename().string(), Words(findings));
    ++cases;
    CHECK(findings.empty() != (ExpectsFailure(text) && !IsListed(kNotShape, path)));
  }
  CHECK(cases > 30);
}

}  // namespace sluice::schemas
