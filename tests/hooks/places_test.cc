#include "hooks/places.h"

#include <unistd.h>

#include <algorithm>

#include "tests/hooks/repository.h"

namespace sluice::hooks {
namespace {

Call With(std::vector<std::string> environment) {
  return {.hook = {}, .platform = {}, .environment = std::move(environment), .input = {}};
}

TEST_CASE("a repository is found by its real path") {
  const BareRepository repository;
  const std::string link = repository.directory.path + "/link";
  REQUIRE(symlink(repository.path.c_str(), link.c_str()) == 0);
  const Result<Places> places = PlacesAt(link);
  REQUIRE(places);
  CHECK(places->git_dir == repository.path);
  CHECK(places->objects == repository.path + "/objects");
  CHECK_FALSE(PlacesAt(repository.directory.path));
  CHECK_FALSE(PlacesAt("/nowhere"));
}

TEST_CASE("GIT_DIR has to name the repository that git stands in") {
  const BareRepository repository;
  const BareRepository other;
  for (const std::string& named : {repository.path, repository.path + "/.", repository.path + "/objects/.."})
    CHECK(PlacesOf(With({"GIT_DIR=" + named}), repository.path));
  CHECK(PlacesOf(With({}), repository.path));
  for (const std::string& named :
       {other.path, std::string("/"), std::string("/nowhere"), std::string(), repository.path + "/objects"})
    CHECK_FALSE(PlacesOf(With({"GIT_DIR=" + named}), repository.path));
}

TEST_CASE("the quarantine has to lie in the object directory") {
  const BareRepository repository;
  Places places = *PlacesAt(repository.path);
  const std::string quarantine = places.objects + "/tmp_objdir-incoming-abc";
  const std::string outside = repository.directory.path + "/outside";
  const std::string link = places.objects + "/tmp_objdir-incoming-link";
  for (const std::string& directory : {quarantine, outside, quarantine + "/deep"})
    REQUIRE(mkdir(directory.c_str(), 0755) == 0);
  REQUIRE(symlink(outside.c_str(), link.c_str()) == 0);

  const auto find = [&](std::vector<std::string> environment, std::string_view platform = "git") {
    places.quarantine.clear();
    return static_cast<bool>(FindQuarantine(With(std::move(environment)), platform, places));
  };
  CHECK(find({"GIT_QUARANTINE_PATH=" + quarantine, "GIT_OBJECT_DIRECTORY=" + quarantine}));
  CHECK(places.quarantine == quarantine);
  CHECK(find({"GIT_QUARANTINE_PATH=" + repository.path + "/./objects/tmp_objdir-incoming-abc"}));
  CHECK(places.quarantine == quarantine);
  CHECK(find({}));
  CHECK(places.quarantine.empty());
  CHECK(find({"GIT_OBJECT_DIRECTORY=" + places.objects}));
  CHECK(places.quarantine.empty());

  for (const std::string& wrong :
       {outside, link, quarantine + "/deep", std::string("/"), std::string("/nowhere"), places.objects,
        repository.path, quarantine + "/../../.."}) {
    INFO(wrong);
    CHECK_FALSE(find({"GIT_QUARANTINE_PATH=" + wrong, "GIT_OBJECT_DIRECTORY=" + wrong}));
    CHECK_FALSE(find({"GIT_QUARANTINE_PATH=" + quarantine, "GIT_OBJECT_DIRECTORY=" + wrong}));
    if (wrong != places.objects) CHECK_FALSE(find({"GIT_OBJECT_DIRECTORY=" + wrong}));
  }
}

TEST_CASE("Gitaly's own quarantine is one on its platform and in its own storage only") {
  const TemporaryDirectory storage;
  const std::string path = storage.path + "/@hashed/ab/shop.git";
  Git({"init", "--quiet", "--bare", path});
  const TemporaryDirectory elsewhere;
  Places places = *PlacesAt(path);
  for (const std::string& root : {storage.path, elsewhere.path}) {
    REQUIRE(mkdir((root + "/+gitaly").c_str(), 0755) == 0);
    REQUIRE(mkdir((root + "/+gitaly/tmp").c_str(), 0755) == 0);
    REQUIRE(mkdir((root + "/+gitaly/tmp/quarantine-1").c_str(), 0755) == 0);
  }
  const std::string tail = "/+gitaly/tmp/quarantine-1";
  const auto find = [&](const std::string& root, std::string_view platform) {
    return static_cast<bool>(FindQuarantine(With({"GIT_OBJECT_DIRECTORY=" + root + tail}), platform, places));
  };
  CHECK(find(storage.path, "gitlab"));
  CHECK_FALSE(find(storage.path, "git"));
  CHECK_FALSE(find(elsewhere.path, "gitlab"));
}

TEST_CASE("alternates are readable too") {
  const BareRepository base;
  const BareRepository repository;
  WriteFile(repository.path + "/objects/info/alternates", base.path + "/objects\n");
  const std::vector<std::string> readable = ReadableOf(*PlacesAt(repository.path));
  CHECK(std::find(readable.begin(), readable.end(), base.path + "/objects") != readable.end());
  CHECK(std::find(readable.begin(), readable.end(), repository.path) != readable.end());
}

TEST_CASE("a project is named by its path below the server's root") {
  const std::pair<const char*, const char*> cases[] = {
      {"/var/opt/gitolite/repositories/platform/web.git", "platform/web"},
      {"/data/git/repositories/ana/shop.git", "ana/shop"},
      {"/srv/git/platform/web.git", "platform/web"},
      {"/home/ana/shop/.git", "shop"},
      {"/home/ana/shop.git", "shop"},
      {"/srv/git/repositories/team/x", "team/x"},
  };
  for (const auto& [path, project] : cases) CHECK(ProjectFromPath(path) == project);
}

TEST_CASE("a linked work tree shares what is ours with its repository") {
  const TemporaryDirectory directory;
  const std::string main = directory.path + "/main";
  Git({"init", "--quiet", main});
  Git({"-C", main, "commit", "--quiet", "--allow-empty", "-m", "first"});
  Git({"-C", main, "worktree", "add", "--quiet", directory.path + "/linked"});
  const Result<Places> places = PlacesAt(main + "/.git/worktrees/linked");
  REQUIRE(places);
  CHECK(places->Own() == main + "/.git/sluice");
  CHECK(places->objects == main + "/.git/objects");
}

}  // namespace
}  // namespace sluice::hooks
