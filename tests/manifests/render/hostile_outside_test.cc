// Reads outside: every field that names a file, against every way out of the
// kustomization's directory and of the repository. What lies there is planted
// with a canary, and not a byte of it may come back in an object, a finding or a
// list of what was read.
#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/catch.h"
#include "tests/manifests/render/hostile.h"

namespace sluice::manifests::render {
namespace {

constexpr const char* kCanary = "CANARY4711";

// Each field that names a file or a directory.
const char* const kFields[] = {
    "resources: [\"{}\"]",
    "bases: [\"{}\"]",
    "components: [\"{}\"]",
    "patches: [{{path: \"{}\", target: {{kind: ConfigMap}}}}]",
    "patchesStrategicMerge: [\"{}\"]",
    "patchesJson6902: [{{path: \"{}\", target: {{version: v1, kind: ConfigMap, name: local}}}}]",
    "replacements: [{{path: \"{}\"}}]",
    "configurations: [\"{}\"]",
    "crds: [\"{}\"]",
    "openapi: {{path: \"{}\"}}",
    "generators: [\"{}\"]",
    "transformers: [\"{}\"]",
    "validators: [\"{}\"]",
    "configMapGenerator: [{{name: g, files: [\"{}\"]}}]",
    "configMapGenerator: [{{name: g, files: [\"key={}\"]}}]",
    "configMapGenerator: [{{name: g, envs: [\"{}\"]}}]",
    "configMapGenerator: [{{name: g, env: \"{}\"}}]",
    "secretGenerator: [{{name: g, files: [\"{}\"]}}]",
    "secretGenerator: [{{name: g, envs: [\"{}\"]}}]",
};

// OUTSIDE is the absolute path of the planted directory.
const char* const kWays[] = {
    "../../outside/secret.yaml",
    "../../../../../../../../../../etc/passwd",
    "OUTSIDE/secret.yaml",
    "/etc/passwd",
    "file://OUTSIDE/secret.yaml",
    "~/secret.yaml",
    "$HOME/secret.yaml",
    "link.yaml",
    "./link.yaml",
    "linked/secret.yaml",
    "linked",
    "absolute.yaml",
    "../above/secret.yaml",
    "../app/../../outside/secret.yaml",
    "sub/../../above/secret.yaml",
    "./././../above/secret.yaml",
    "/proc/self/environ",
    "../.git/config",
};

// outside/ beside repository/, which has links to it, and a file above app/.
struct Planted {
  Planted() {
    char name[] = "/tmp/sluice-outside-XXXXXX";
    root = mkdtemp(name);
    const std::string secret =
        fmt::format("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {0}}}\ndata: {{a: {0}}}\n", kCanary);
    for (const char* directory : {"outside", "repository/above"}) {
      Write(fmt::format("{}/secret.yaml", directory), secret);
      Write(fmt::format("{}/kustomization.yaml", directory), "resources: [secret.yaml]\n");
    }
    Write("repository/.git/config", kCanary);
    Write("repository/app/local.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: local}\n");
    Write("repository/app/sub/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    Link("../../outside/secret.yaml", "link.yaml");
    Link("../../outside", "linked");
    Link(root + "/outside/secret.yaml", "absolute.yaml");
  }
  ~Planted() { std::filesystem::remove_all(root); }

  void Write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(root + "/" + path).parent_path());
    std::ofstream(root + "/" + path) << text;
  }
  void Link(const std::string& target, const std::string& path) const {
    REQUIRE(symlink(target.c_str(), (root + "/repository/app/" + path).c_str()) == 0);
  }
  std::string Try(const char* field, std::string way) const {
    if (const auto at = way.find("OUTSIDE"); at != way.npos) way.replace(at, 7, root + "/outside");
    Write("repository/app/kustomization.yaml", fmt::format(fmt::runtime(field), way) + "\n");
    return ToldConfined(DirectoryTree(root + "/repository"), "app");
  }

  std::string root;
};

}  // namespace

TEST_CASE("no field reads what lies outside, by any way") {
  static_assert(std::size(kFields) * std::size(kWays) >= 100);
  const Planted planted;
  for (const char* field : kFields) {
    for (const char* way : kWays) {
      const std::string told = planted.Try(field, way);
      INFO(field << " of " << way << " gives " << told);
      CHECK(IsRefused(told));
      CHECK(told.find(kCanary) == std::string::npos);
      CHECK(told.find("root:x:") == std::string::npos);
    }
  }
}

TEST_CASE("a directory elsewhere in the repository may be a base, a link to it may not") {
  const Planted planted;
  CHECK(planted.Try("resources: [\"{}\"]", "../above").find(kCanary) != std::string::npos);
  planted.Link("../above", "inside");
  CHECK(IsRefused(planted.Try("resources: [\"{}\"]", "inside")));
}

TEST_CASE("a kustomization that is a link is none") {
  const Planted planted;
  planted.Link("../../outside/kustomization.yaml", "sub/kustomization.yaml");
  const std::string told = planted.Try("resources: [\"{}\"]", "sub");
  CHECK(IsRefused(told));
  CHECK(told.find(kCanary) == std::string::npos);
}

}  // namespace sluice::manifests::render
