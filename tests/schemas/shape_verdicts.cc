// Our verdict on each object of a directory, for comparisons with other tools:
//   shape_verdicts MINOR DIRECTORY
// prints a line an object: file, document, apiVersion, kind, name, "valid",
// "invalid" or "unknown" and the findings, with tabs between; files in order.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "manifests/object.h"
#include "schemas/catalog.h"

namespace sluice::schemas {
namespace {

namespace fs = std::filesystem;

void PrintObject(const Catalog& catalog, const std::string& file, const manifests::Object& object) {
  Findings findings = CheckShape(catalog, object);
  for (Finding& finding : CheckLifecycle(catalog, object)) findings.push_back(std::move(finding));
  const bool invalid = std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::kError;
  });
  const bool known = catalog.Find(object.group, object.version, object.kind).origin != Origin::kNone;
  const ObjectName name = object.Name();
  std::printf("%s\t%u\t%s\t%s\t%s\t%s\t", file.c_str(), object.document, name.api_version.c_str(),
              name.kind.c_str(), name.name.c_str(),
              invalid ? "invalid"
              : known ? "valid"
                      : "unknown");
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::kError) {
      std::printf("[%s %s: %s] ", finding.rule.c_str(), finding.field.c_str(), finding.message.c_str());
    }
  }
  std::printf("\n");
}

int Print(const char* minor, const fs::path& directory) {
  const Result<Catalog> catalog = Catalog::BuiltIn({minor});
  if (!catalog) return std::fprintf(stderr, "%s\n", catalog.error().message.c_str()), 2;
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  const Limits limits;
  for (const fs::path& path : files) {
    std::ifstream stream(path, std::ios::binary);
    const std::string name = fs::relative(path, directory).string();
    const manifests::ParsedFile file = manifests::Parse(
        name, {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()}, limits);
    if (!file.Readable()) {
      const Finding& first = file.findings.front();
      std::printf("%s\t0\t\t\t\tunreadable\t[%s: %s]\n", name.c_str(), first.rule.c_str(),
                  first.message.c_str());
      continue;
    }
    const manifests::ObjectList list = manifests::Objects(file, limits);
    for (const manifests::Object& object : list.objects) PrintObject(*catalog, name, object);
  }
  return 0;
}

}  // namespace
}  // namespace sluice::schemas

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: shape_verdicts MINOR DIRECTORY\n"), 2;
  return sluice::schemas::Print(argv[1], argv[2]);
}
