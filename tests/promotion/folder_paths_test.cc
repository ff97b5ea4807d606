// What of a branch concerns which of its folders.
#include "promotion/folder_paths.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

TEST_CASE("a folder is concerned by its files and by those of nobody else") {
  std::vector<Environment> all(4);
  all[0].branch = all[1].branch = "main";
  all[2].branch = all[3].branch = "other";
  all[0].folder = "envs/staging";
  all[1].folder = "envs/production";
  all[2].folder = "apps";
  const auto concerns = [&](std::size_t environment, const char* path) {
    return Concerns(all[environment], all, path);
  };
  CHECK(concerns(0, "envs/staging/web.yaml"));
  CHECK(concerns(0, "base/web.yaml"));
  CHECK(concerns(0, "envs/staging-eu/web.yaml"));
  CHECK(concerns(0, "apps/web.yaml"));  // a folder of another branch
  CHECK(concerns(3, "apps/web.yaml"));  // the whole branch
  CHECK_FALSE(concerns(0, "envs/production/web.yaml"));
  CHECK_FALSE(concerns(1, "envs/staging/deep/web.yaml"));
  CHECK_FALSE(IsInFolder("envs/staging", "envs/staging"));
  CHECK_FALSE(IsInFolder("envs/staging", "envs/stagings/x"));
}

}  // namespace
}  // namespace sluice::promotion
