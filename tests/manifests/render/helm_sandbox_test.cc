// What a program in helm's place can do: nothing. tests/manifests/render/pretend_helm.cc
// is the attacker; helm_hostile_test.cc has hostile charts for the real one.
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <filesystem>
#include <sstream>

#include "manifests/render/helm_run.h"
#include "tests/manifests/render/helm_program.h"

namespace sluice::manifests::render {
namespace {

Result<std::string> Pretend(const std::string& mode, const HelmLimits& limits = {}) {
  HelmRequest request = Ask({FileOf("run", "#!/bin/sh\n")}, R"({"secret":"canary"})");
  request.release = mode;
  return RunHelmTemplate(PRETEND_HELM, request, limits);
}

int LeftOver() {
  int count = 0;
  for (const char* place : {"/dev/shm", "/tmp"})
    for (const auto& entry : std::filesystem::directory_iterator(place))
      count += entry.path().filename().string().starts_with("sluice-private-") ? 1 : 0;
  return count;
}

TEST_CASE("a program in helm's place reaches nothing") {
  setenv("SLUICE_TEST_SECRET", "canary", 1);
  const Result<std::string> tried = Pretend("attack");
  if (!tried) FAIL(tried.error().Text());
  CHECK(tried->find("COULD") == tried->npos);
  CHECK(tried->find("SLUICE_TEST_SECRET") == tried->npos);
  CHECK(tried->find("socket: no\nsocket: no\nsocket: no\nsocket: no\nsocket: no\n") == 0);
  for (const char* what : {"read: no", "write: no", "link: no", "remove: no", "start: no", "leave: no"})
    CHECK(tried->find(what) != tried->npos);
  std::istringstream lines(*tried);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("environment: ")) continue;
    const bool known = line.find("GO") == 13 || line.find("/nowhere") != line.npos ||
                       line.find("NO_COLOR=1") == 13 || line.find("LC_ALL=C") == 13;
    INFO(line);
    CHECK(known);
  }
}

TEST_CASE("arguments end before what comes from a repository") {
  const Result<std::string> said = Pretend("arguments");
  REQUIRE(said);
  std::vector<std::string> lines;
  std::istringstream text(*said);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  REQUIRE(lines.size() > 4);
  CHECK(lines[0] == "template");
  CHECK(lines[1] == "--namespace=store");
  CHECK(lines[lines.size() - 3] == "--");
  CHECK(lines[lines.size() - 2] == "arguments");
  for (const std::string& line : lines) CHECK(line.find("post-renderer") == line.npos);
}

TEST_CASE("a program that does not end is ended, and the limit is named") {
  const auto limit = [](const std::string& mode, const HelmLimits& limits, const char* words) {
    const Result<std::string> result = Pretend(mode, limits);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::kLimit);
    CHECK(result.error().message == words);
  };
  limit("stay", {.wall = std::chrono::milliseconds(200)}, "helm took longer than 200 ms");
  limit("spin", {.cpu = std::chrono::seconds(1)}, "helm took longer than 1 s of processor time");
  limit("output", {.output_bytes = 1u << 20}, "the chart gives more than 1 MiB");
#ifndef __SANITIZE_ADDRESS__  // whose shadow passes any bound
  limit("memory", {.memory_bytes = 64u << 20}, "helm needs more memory than 64 MiB");
#endif
}

TEST_CASE("nothing is left: no process, no file") {
  const int before = LeftOver();
  CHECK(Pretend("orphan"));
  const Result<std::string> crashed = Pretend("crash");
  REQUIRE_FALSE(crashed);
  CHECK(crashed.error().kind == ErrorKind::kFailed);
  CHECK_FALSE(Pretend("stay", {.wall = std::chrono::milliseconds(50)}));
  CHECK((waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD));
  CHECK(LeftOver() <= before);
}

}  // namespace
}  // namespace sluice::manifests::render
