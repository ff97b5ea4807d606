// Remote bases: however an address is spelt, nothing is fetched, and the build
// says that a part is missing.
#include <fmt/core.h>

#include "tests/catch.h"
#include "tests/manifests/render/hostile.h"

namespace sluice::manifests::render {
namespace {

// Spellings that kustomize fetches, or that somebody may think it does.
const char* const kRemote[] = {
    "https://github.com/o/r",
    "https://github.com/o/r?ref=main",
    "https://github.com/o/r//deploy?ref=v1",
    "https://github.com/o/r.git",
    "http://example.com/base",
    "http://127.0.0.1:1/base",
    "http://[::1]:1/base",
    "http://169.254.169.254/latest/meta-data",
    "http://0x7f.1/base",
    "https://user:password@example.com/o/r",
    "HTTPS://example.com/o/r",
    "HtTp://example.com/o/r",
    "https://example.com:8443/o/r//b?ref=main&timeout=1s&submodules=false",
    "https://example.com/o/r.git//b",
    "https://example.com/deploy.yaml",
    "https://raw.githubusercontent.com/o/r/main/a.yaml",
    "https://gitlab.com/g/s/r//b?ref=m",
    "https://bitbucket.org/o/r",
    "https://dev.azure.com/o/p/_git/r//b",
    "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/r",
    "ssh://git-codecommit.us-east-1.amazonaws.com/v1/repos/r",
    "git::https://example.com/o/r",
    "git::ssh://git@example.com/o/r",
    "git::git@github.com:o/r",
    "git::http://127.0.0.1:1/r",
    "git::/srv/repository",
    "git::file:///srv/repository",
    "ssh://git@github.com/o/r",
    "ssh://github.com/o/r.git",
    "ssh://git@example.com:2222/o/r//b?ref=x",
    "git@github.com:o/r",
    "git@github.com:o/r.git",
    "git@github.com/o/r",
    "git@example.com:o/r//base?ref=v1",
    "git@ssh.dev.azure.com:v3/o/p/r",
    "user@example.com:o/r",
    "org-12345@github.com:o/r",
    "github.com/o/r",
    "github.com/o/r//base",
    "github.com/o/r?ref=main",
    "github.com:o/r",
    "GitHub.com/o/r",
    "www.github.com/o/r",
    "gh:o/r",
    "gh:o/r//base?ref=x",
    "git://example.com/o/r",
    "git+ssh://example.com/o/r",
    "git+https://example.com/o/r",
    "ftp://example.com/a.yaml",
    "s3://bucket/base",
    "gs://bucket/base",
    "oci://example.com/base",
    "hg::https://example.com/r",
    "s3::https://s3.amazonaws.com/bucket/base",
};

// What looks like an address and is a path that is not there.
const char* const kPaths[] = {
    "file:///etc",         "file://localhost/etc",      "FILE:///etc",
    "//example.com/base",  "https:/example.com",        "https:example.com",
    "bitbucket.org/o/r",   "gitlab.com/o/r?ref=main",   "example.com:o/r",
    "..%2f..%2fbase",      "https%3A//a.b/c",           "\\\\\\\\example.com\\\\share",
    "example.com/o/r.git", "example.com/o/r.git//base",
};

const Files kLocal = {{"app/local.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: local}\n"}};

std::string With(const std::string& fields) {
  Files files = kLocal;
  files["app/kustomization.yaml"] = "resources:\n- local.yaml\n" + fields;
  return ToldConfined(MemoryTree(std::move(files)), "app");
}

}  // namespace

TEST_CASE("a remote base is left out by name or refused, never fetched, however it is spelt") {
  static_assert(std::size(kRemote) + std::size(kPaths) >= 60);
  for (const char* address : kRemote) {
    for (const char* fields : {"- \"{}\"\n", "bases: [\"{}\"]\n", "components: [\"{}\"]\n"}) {
      const std::string told = With(fmt::format(fmt::runtime(fields), address));
      INFO(address << " in " << fields << " gives " << told);
      CHECK(IsRefused(told));
      CHECK(told.find("emote") != std::string::npos);
    }
  }
}

TEST_CASE("what looks like an address and is none is a path that is not there") {
  for (const char* address : kPaths) {
    for (const char* fields : {"- \"{}\"\n", "bases: [\"{}\"]\n", "components: [\"{}\"]\n"}) {
      const std::string told = With(fmt::format(fmt::runtime(fields), address));
      INFO(address << " in " << fields << " gives " << told);
      CHECK(IsRefused(told));
    }
  }
}

TEST_CASE("no other field that names a file fetches one") {
  const char* const kFields[] = {
      "patches: [{{path: \"{}\"}}]\n",
      "patchesStrategicMerge: [\"{}\"]\n",
      "patchesJson6902: [{{path: \"{}\", target: {{version: v1, kind: ConfigMap, name: local}}}}]\n",
      "replacements: [{{path: \"{}\"}}]\n",
      "configurations: [\"{}\"]\n",
      "crds: [\"{}\"]\n",
      "openapi: {{path: \"{}\"}}\n",
      "generators: [\"{}\"]\n",
      "transformers: [\"{}\"]\n",
      "validators: [\"{}\"]\n",
      "configMapGenerator: [{{name: g, files: [\"{}\"]}}]\n",
      "configMapGenerator: [{{name: g, envs: [\"{}\"]}}]\n",
      "secretGenerator: [{{name: g, files: [\"k={}\"]}}]\n",
  };
  for (const char* fields : kFields) {
    for (const char* address :
         {"https://127.0.0.1:1/a.yaml", "git@github.com:o/r", "github.com/o/r//a.yaml"}) {
      const std::string told = With(fmt::format(fmt::runtime(fields), address));
      INFO(address << " in " << fields << " gives " << told);
      CHECK(IsRefused(told));
    }
  }
}

}  // namespace sluice::manifests::render
