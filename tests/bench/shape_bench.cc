// How fast shape is checked:
//   shape_bench DIRECTORY [ROUNDS] [MINOR...]
// reads every file below DIRECTORY into memory, then parses and checks all of
// them ROUNDS times (default 5) against the minors (default 1.34) and prints the
// best round of parse and check together, and of the check alone.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "manifests/object.h"
#include "schemas/catalog.h"

namespace sluice::schemas {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::vector<std::string> ReadFiles(const char* directory) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return files;
}

struct Totals {
  std::size_t objects = 0;
  std::size_t findings = 0;
};

[[gnu::noinline]] Totals CheckAll(const Catalog& catalog, const std::vector<manifests::ObjectList>& lists) {
  Totals totals;
  for (const manifests::ObjectList& list : lists) {
    totals.objects += list.objects.size();
    for (const manifests::Object& object : list.objects)
      totals.findings += CheckShape(catalog, object).size();
  }
  return totals;
}

Totals ParseAndCheckAll(const Catalog& catalog, const std::vector<std::string>& files) {
  Totals totals;
  const Limits limits;
  for (const std::string& bytes : files) {
    const manifests::ParsedFile file = manifests::Parse("file.yaml", bytes, limits);
    if (!file.Readable()) continue;
    const manifests::ObjectList list = manifests::Objects(file, limits);
    totals.objects += list.objects.size();
    for (const manifests::Object& object : list.objects)
      totals.findings += CheckShape(catalog, object).size();
  }
  return totals;
}

void Print(const char* what, const Totals& totals, double seconds) {
  std::printf("%s: %zu objects, %zu findings, %.2f ms, %.0f objects/s, %.2f us/object\n", what,
              totals.objects, totals.findings, seconds * 1e3, static_cast<double>(totals.objects) / seconds,
              seconds * 1e6 / static_cast<double>(totals.objects));
}

int Bench(const char* directory, int rounds, std::vector<std::string> minors) {
  const auto opening = Clock::now();
  const Result<Catalog> catalog = Catalog::BuiltIn(std::move(minors));
  if (!catalog) return std::fprintf(stderr, "%s\n", catalog.error().message.c_str()), 2;
  std::printf("catalog open: %.1f us\n", Seconds(opening) * 1e6);
  const std::vector<std::string> files = ReadFiles(directory);
  const Limits limits;
  std::vector<manifests::ParsedFile> parsed;
  std::vector<manifests::ObjectList> lists;
  for (const std::string& bytes : files) {
    parsed.push_back(manifests::Parse("file.yaml", bytes, limits));
    if (parsed.back().Readable()) lists.push_back(manifests::Objects(parsed.back(), limits));
  }
  double both = 1e9;
  double alone = 1e9;
  Totals totals;
  for (int round = 0; round < rounds; ++round) {
    auto begin = Clock::now();
    totals = ParseAndCheckAll(*catalog, files);
    both = std::min(both, Seconds(begin));
    begin = Clock::now();
    totals = CheckAll(*catalog, lists);
    alone = std::min(alone, Seconds(begin));
  }
  Print("parse and check", totals, both);
  Print("check alone", totals, alone);
  return 0;
}

}  // namespace
}  // namespace sluice::schemas

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: shape_bench DIRECTORY [ROUNDS] [MINOR...]\n"), 2;
  std::vector<std::string> minors(argv + std::min(argc, 3), argv + argc);
  if (minors.empty()) minors = {"1.34"};
  return sluice::schemas::Bench(argv[1], argc > 2 ? std::atoi(argv[2]) : 5, std::move(minors));
}
