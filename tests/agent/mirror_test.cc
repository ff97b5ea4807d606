// The repository that an agent keeps, as killed agents leave it. What is fetched into it, is in agent_test.py
// and hostile_server_test.cc.
#include "agent/mirror.h"

#include <filesystem>

#include "promotion/freshness.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::agent {
namespace {

namespace fs = std::filesystem;

struct Scene {
  git::TemporaryDirectory directory;
  Configuration configuration;
  std::string git_dir = directory.path() + "/agent/production.git";
  MirrorRefs refs;

  Scene() {
    configuration.repository.url = git::InitBare(directory.path(), "server.git");
    configuration.environment = "production";
    configuration.directory = directory.path() + "/agent";
    const Oid blob = *Oid::FromHex(
        git::Git1(configuration.repository.url, {"hash-object", "-w", "--stdin"}, "a freshness"));
    git::Git(configuration.repository.url, {"update-ref", promotion::FreshnessRef("production"), blob.Hex()});
    refs[2] = blob;
  }

  // What is wrong; empty where all is as it should be.
  std::string FetchAndKeep() {
    const Result<Mirror> mirror = Mirror::Open(configuration);
    if (!mirror) return mirror.error().Text();
    mirror->Clean();
    const Result<MirrorRefs> fetched = mirror->Fetch();
    if (!fetched) return fetched.error().Text();
    if (*fetched != refs) return "other refs";
    const Status kept = mirror->Keep(*fetched);
    return kept ? "" : kept.error().Text();
  }
};

TEST_CASE("locks of an agent that was killed stop no other") {
  Scene scene;
  REQUIRE(Mirror::Open(scene.configuration));
  for (const char* lock : {"refs/sluice/freshness/production.lock", "packed-refs.lock", "HEAD.lock",
                           "refs/sluice/fetched/sluice/freshness/production.lock"})
    git::WriteTextFile(scene.git_dir + "/" + lock, "");
  CHECK(scene.FetchAndKeep() == "");
}

TEST_CASE("who only looks clears nothing away") {
  Scene scene;
  const std::string lock = scene.git_dir + "/HEAD.lock";
  REQUIRE(Mirror::Open(scene.configuration));
  git::WriteTextFile(lock, "");
  const Result<Mirror> mirror = Mirror::Open(scene.configuration);
  REQUIRE(mirror);
  CHECK(mirror->Fetch());
  CHECK(fs::exists(lock));
}

TEST_CASE("what was fetched in part does not stay") {
  Scene scene;
  REQUIRE(scene.FetchAndKeep() == "");
  const std::string pack = scene.git_dir + "/objects/pack/tmp_pack_Xy2";
  git::WriteTextFile(pack, "PACK");
  CHECK(scene.FetchAndKeep() == "");
  CHECK_FALSE(fs::exists(pack));
}

TEST_CASE("a repository that was made in part is made anew") {
  Scene scene;
  git::WriteTextFile(scene.git_dir + ".new/HEAD", "ref: refs/heads/m");
  git::WriteTextFile(scene.git_dir + ".new/config", "[core");
  CHECK(scene.FetchAndKeep() == "");
  CHECK_FALSE(fs::exists(scene.git_dir + ".new"));
}

}  // namespace
}  // namespace sluice::agent
