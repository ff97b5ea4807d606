#include "hooks/intents.h"

#include <sys/stat.h>
#include <utime.h>

#include <algorithm>

#include "tests/hooks/repository.h"

namespace sluice::hooks {
namespace {

const Intent kOne{std::string(64, 'a'), "{\"ref\":\"refs/heads/main\"}"};
const Intent kTwo{std::string(64, 'b'), "{}"};

TEST_CASE("intents are files of their name, and nothing else is left") {
  const BareRepository repository;
  const Places places = *PlacesAt(repository.path);
  REQUIRE(KeepIntents(places, {kOne, kTwo}));
  CHECK(ReadFile(places.Own() + "/intents/" + kOne.name) == kOne.text);
  CHECK(ReadFile(places.Own() + "/intents/" + kTwo.name) == kTwo.text);
  REQUIRE(KeepIntents(places, {kOne}));  // the same move again, before the first was recorded
  const Result<process::ChildResult> listed =
      process::Run({.argv = {"/bin/ls", "-A", places.Own() + "/intents"}});
  CHECK(listed->output == kOne.name + "\n" + kOne.name + ".1\n" + kTwo.name + "\n");
}

TEST_CASE("a move that is made again and again fills no disk") {
  const BareRepository repository;
  const Places places = *PlacesAt(repository.path);
  for (int i = 0; i < 120; ++i) REQUIRE(KeepIntents(places, {kOne}));
  const Result<process::ChildResult> listed =
      process::Run({.argv = {"/bin/ls", "-A", places.Own() + "/intents"}});
  CHECK(std::count(listed->output.begin(), listed->output.end(), '\n') == 100);
  CHECK(Exists(places.Own() + "/intents/" + kOne.name + ".99"));
}

TEST_CASE("no intent, no directory") {
  const BareRepository repository;
  const Places places = *PlacesAt(repository.path);
  REQUIRE(KeepIntents(places, {}));
  CHECK_FALSE(Exists(places.Own()));
}

TEST_CASE("an intent that cannot be kept is an error") {
  const BareRepository repository;
  const Places places = *PlacesAt(repository.path);
  WriteFile(places.Own(), "a file where the directory should be");
  CHECK_FALSE(KeepIntents(places, {kOne}));
}

TEST_CASE("whoever may push into the repository may leave an intent") {
  const BareRepository repository;
  const Places places = *PlacesAt(repository.path);
  REQUIRE(chmod(repository.path.c_str(), 02775) == 0);
  REQUIRE(KeepIntents(places, {kOne}));
  struct stat status;
  REQUIRE(stat((places.Own() + "/intents").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 02775);
}

TEST_CASE("intents that are long past go, others stay") {
  const BareRepository repository;
  const Places places = *PlacesAt(repository.path);
  REQUIRE(KeepIntents(places, {kOne, kTwo}));
  const utimbuf long_ago{1'000'000'000, 1'000'000'000};
  REQUIRE(utime((places.Own() + "/intents/" + kOne.name).c_str(), &long_ago) == 0);
  RemoveOldIntents(places, std::chrono::hours(24));
  CHECK_FALSE(Exists(places.Own() + "/intents/" + kOne.name));
  CHECK(Exists(places.Own() + "/intents/" + kTwo.name));
}

}  // namespace
}  // namespace sluice::hooks
