// Which files a promotion copies into a folder, and which it never does.
#include "gate/carry_paths.h"

#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::gate {
namespace {

struct Scene {
  git::TemporaryDirectory directory;
  std::string path = git::InitBare(directory.path(), "shop.git");
  Configuration configuration;
  promotion::Environment production, staging;
  CarryPlan plan;

  Scene() {
    production.folder = "production";
    staging.folder = "staging";
    production.carry.paths = {"**"};
  }

  // What is wrong; empty where there is a plan.
  std::string Plan(const git::Files& files) {
    const Oid commit = git::ImportHistory(path, {{files, {}}}).front();
    const auto repository = git::MustOpen(path);
    const Oid tree = *git::TreeOf(*repository, commit);
    const CarryAsked asked{repository, configuration, production, staging, commit, {}};
    plan = {};
    const Status status = PlanPaths(asked, tree, "staging", tree, plan);
    return status ? "" : status.error().message;
  }
};

using Lines = std::vector<std::string>;

TEST_CASE("what differs is copied, and what is there no more goes") {
  Scene scene;
  REQUIRE(scene
              .Plan({{"staging/a.yaml", "1"},
                     {"staging/b/c.yaml", "2"},
                     {"staging/same.yaml", "3"},
                     {"production/a.yaml", "0"},
                     {"production/same.yaml", "3"},
                     {"production/old.yaml", "4"},
                     {"other/a.yaml", "5"}})
              .empty());
  CHECK(scene.plan.paths == Lines{"production/a.yaml", "production/b/c.yaml", "production/old.yaml"});
  CHECK(scene.plan.cannot.empty());
  REQUIRE(scene.plan.edits.size() == 3);
  for (const git::TreeEdit& edit : scene.plan.edits)
    CHECK(edit.blob.has_value() == (edit.path != "production/old.yaml"));
}

TEST_CASE("a file in the way of a directory is never taken away") {
  Scene scene;
  REQUIRE(scene.Plan({{"staging/a/b.yaml", "1"}, {"production/a", "2"}}).empty());
  REQUIRE(scene.plan.cannot.size() == 1);
  CHECK(scene.plan.cannot[0].find("production/a is in the way of production/a/b.yaml") != std::string::npos);
}

TEST_CASE("nothing is carried where a file is no plain one, on either side") {
  Scene scene;
  const git::Files cases[] = {
      {{"staging/a", "120000|../../secret"}},
      {{"staging/a", "120000|b"}, {"production/a", "1"}},
      {{"staging/a", "1"}, {"production/a", "120000|../staging/a"}},
      {{"staging/b", "1"}, {"production/a", "120000|b"}},
      {{"staging/a", "160000|" + std::string(40, '1')}},
      {{"staging/b", "1"}, {"production/a", "160000|" + std::string(40, '1')}},
  };
  for (const git::Files& files : cases) {
    CAPTURE(files);
    REQUIRE(scene.Plan(files).empty());
    REQUIRE(scene.plan.cannot.size() == 1);
    CHECK(scene.plan.cannot[0].find("is not a plain file: carry copies plain files alone") !=
          std::string::npos);
    for (const std::string& path : scene.plan.paths) CHECK(path != "production/a");
  }
}

TEST_CASE("a folder that is a file is none") {
  Scene scene;
  CHECK(scene.Plan({{"staging", "1"}, {"production/a.yaml", "2"}}) == "staging is not a folder");
  CHECK(scene.Plan({{"staging/a.yaml", "1"}, {"production", "2"}}) == "production is not a folder");
}

TEST_CASE("folders are listed up to the limits") {
  Scene scene;
  const auto nested = [](std::size_t directories) {
    std::string path = "staging";
    for (std::size_t i = 0; i < directories; ++i) path += "/d";
    return git::Files{{path + "/a.yaml", "1"}};
  };
  CHECK(scene.Plan(nested(64)).empty());
  CHECK(scene.Plan(nested(65)) == "directories are nested deeper than 64");
  git::Files files;
  for (std::size_t i = 0; i < kMostCarriedPaths; ++i) files["staging/" + std::to_string(i) + ".yaml"] = "1";
  CHECK(scene.Plan(files).empty());
  CHECK(scene.plan.paths.size() == kMostCarriedPaths);
  files["staging/more.yaml"] = "1";
  CHECK(scene.Plan(files) == "a folder has more than 10,000 files");
}

}  // namespace
}  // namespace sluice::gate
