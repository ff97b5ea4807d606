#include "agent/archive.h"

#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "crypto/digest.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::agent {
namespace {

// What tar makes of an archive.
std::string Tar(const std::string& words, const std::string& archive) {
  const git::TemporaryDirectory scratch;
  const std::string file = scratch.path() + "/a.tar.gz";
  std::ofstream(file, std::ios::binary) << archive;
  std::FILE* const pipe = popen(("tar " + words + " -zf " + file + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string said;
  for (int byte = std::fgetc(pipe); byte != EOF; byte = std::fgetc(pipe)) said += static_cast<char>(byte);
  CHECK(pclose(pipe) == 0);
  return said;
}

TEST_CASE("tar and gzip read it") {
  const std::string large(200'000, 'x');  // several stored blocks
  const std::string longest(kLongestArchivedName, 'n');
  const std::string archive = Archive({{"a/b.json", "{}\n"}, {longest, ""}, {"large", large}});
  CHECK(Tar("-t", archive) == "a/b.json\n" + longest + "\nlarge\n");
  CHECK(Tar("-xO", archive) == "{}\n" + large);
  CHECK(Tar("-t", Archive({})).empty());
}

TEST_CASE("the same files are the same bytes, now and ever") {
  const std::string archive = Archive({{"a.json", R"({"a":1})"}, {"kustomization.yaml", "{}\n"}});
  CHECK(archive == Archive({{"a.json", R"({"a":1})"}, {"kustomization.yaml", "{}\n"}}));
  CHECK(crypto::Hex(crypto::DigestSha256(archive)) ==
        "4c8526266df6d202813327f12d1ebf8345f2ceba0ba85979c342e1a4d3eda72c");
  CHECK(archive != Archive({{"kustomization.yaml", "{}\n"}, {"a.json", R"({"a":1})"}}));
}

TEST_CASE("one byte that changed is noticed by gzip") {
  std::string archive = Archive({{"a.json", R"({"a":1})"}});
  archive[archive.find(R"("a":1)")] ^= 1;
  const git::TemporaryDirectory scratch;
  const std::string file = scratch.path() + "/a.gz";
  std::ofstream(file, std::ios::binary) << archive;
  CHECK(std::system(("gzip -t " + file + " 2>/dev/null").c_str()) != 0);
}

TEST_CASE("names that a header has no room for") {
  CHECK_THROWS_AS(Archive({{std::string(kLongestArchivedName + 1, 'n'), ""}}), std::length_error);
  CHECK_THROWS_AS(Archive({{"", ""}}), std::length_error);
}

}  // namespace
}  // namespace sluice::agent
