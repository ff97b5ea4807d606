// Each golden/NAME.verdict.json beside what every format makes of it:
// golden/NAME.FORMAT. SLUICE_ACCEPT=1 writes what is there now.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/catch.h"
#include "tests/report/samples.h"

namespace sluice::report {
namespace {

void Compare(const std::string& path, const std::string& text) {
  const char* accept = std::getenv("SLUICE_ACCEPT");
  if (accept != nullptr && std::string_view(accept) == "1") {
    std::ofstream(path, std::ios::binary) << text;
    std::cout << "accepted: " << path << "\n";
  }
  CAPTURE(path);
  REQUIRE(FileExists(path));
  REQUIRE(text == ReadFile(path));
}

TEST_CASE("every format writes what its golden file holds") {
  for (const std::string name : {"accepted", "asked", "hostile", "rejected", "unjudged"}) {
    const Verdict verdict = ReadVerdict(GoldenDir() + name + ".verdict.json");
    for (const std::string_view format : FormatNames()) {
      Compare(GoldenDir() + name + "." + std::string(format),
              Write(verdict, *FormatByName(format), TestOptions()));
    }
    Compare(GoldenDir() + name + ".hook", WriteHook(verdict, {}, TestOptions()));
    Compare(GoldenDir() + name + ".hook-gitlab", WriteHook(verdict, {.gitlab = true}, TestOptions()));
  }
}

}  // namespace
}  // namespace sluice::report
