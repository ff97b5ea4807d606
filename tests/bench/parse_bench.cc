// How fast manifests are read:
//   parse_bench DIRECTORY [ROUNDS]
// reads every file below DIRECTORY into memory, then parses all of them ROUNDS
// times (default 5) and prints the best round, by processor time: the clock on
// the wall would measure the neighbours too. For instructions a byte run it under
// `valgrind --tool=callgrind --toggle-collect=*ParseAll*`.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "manifests/document.h"
#include "manifests/object.h"

namespace sluice::manifests {

struct Totals {
  std::size_t documents = 0;
  std::size_t objects = 0;
  std::size_t refused = 0;
};

[[gnu::noinline]] Totals ParseAll(const std::vector<std::string>& files) {
  Totals totals;
  const Limits limits;
  for (const std::string& bytes : files) {
    const ParsedFile file = Parse("file.yaml", bytes, limits);
    totals.documents += file.documents.size();
    totals.objects += Objects(file, limits).objects.size();
    totals.refused += file.Readable() ? 0 : 1;
  }
  return totals;
}

std::vector<std::string> ReadFiles(const char* directory, std::size_t& bytes) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    bytes += files.back().size();
  }
  return files;
}

int Bench(const char* directory, int rounds) {
  std::size_t bytes = 0;
  const std::vector<std::string> files = ReadFiles(directory, bytes);
  double best = 1e9;
  Totals totals;
  for (int round = 0; round < rounds; ++round) {
    const std::clock_t begin = std::clock();
    totals = ParseAll(files);
    best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  std::printf("%zu files, %zu bytes, %zu documents, %zu objects, %zu files refused\n", files.size(), bytes,
              totals.documents, totals.objects, totals.refused);
  std::printf("%.1f ms, %.1f MB/s, %.0f documents/s\n", best * 1e3, static_cast<double>(bytes) / best / 1e6,
              static_cast<double>(totals.documents) / best);
  return 0;
}

}  // namespace sluice::manifests

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: parse_bench DIRECTORY [ROUNDS]\n");
    return 2;
  }
  return sluice::manifests::Bench(argv[1], argc > 2 ? std::atoi(argv[2]) : 5);
}
