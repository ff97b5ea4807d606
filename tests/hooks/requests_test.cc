#include "hooks/requests.h"

#include "tests/hooks/repository.h"

namespace sluice::hooks {
namespace {

// Whose newest record of policy is none.
struct Scene {
  BareRepository repository;
  gate::HookSettings settings;

  Scene() {
    const std::string commit = repository.Commit("envelope.json", "{}\n");
    Git({"--git-dir=" + repository.path, "update-ref", "refs/sluice/ledger/policy", commit});
    settings.environments = {{"production", "refs/heads/main", "envs/production"}};
  }

  TriedRequests Try() const {
    const Places places = *PlacesAt(repository.path);
    return TryRequests({.places = places, .settings = settings, .environments = {"production"}});
  }
};

TEST_CASE("a policy of the ledger that cannot be read is said, where requests would be tried") {
  const Scene scene;
  const TriedRequests tried = scene.Try();
  CAPTURE(tried.words);
  CHECK(tried.failed);
  CHECK(tried.words.starts_with("sluice: requests are not tried: "));
}

TEST_CASE("where no environment is a folder nothing is read") {
  Scene scene;
  scene.settings.environments.front().folder.clear();
  CHECK(scene.Try().words.empty());
  CHECK_FALSE(scene.Try().failed);
}

}  // namespace
}  // namespace sluice::hooks
