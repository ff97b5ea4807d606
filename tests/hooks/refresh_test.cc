#include "hooks/refresh.h"

#include <utime.h>

#include <ctime>

#include "hooks/intents.h"
#include "tests/hooks/repository.h"

namespace sluice::hooks {
namespace {

constexpr time_t kHour = 3600;

// A repository whose last refresh was so long ago.
Places Refreshed(const BareRepository& repository, time_t seconds_ago) {
  const Places places = *PlacesAt(repository.path);
  REQUIRE(MakeOwnDirectory(places));
  WriteFile(places.Own() + "/refresh.now", "");
  const utimbuf then{time(nullptr) - seconds_ago, time(nullptr) - seconds_ago};
  REQUIRE(utime((places.Own() + "/refresh.now").c_str(), &then) == 0);
  return places;
}

TEST_CASE("a refresh that was asked for is due once") {
  const BareRepository repository;
  const Places places = Refreshed(repository, kHour);
  CHECK_FALSE(TakeRefreshRequest(places));
  AskForRefresh(places);
  AskForRefresh(places);
  CHECK(TakeRefreshRequest(places));
  CHECK_FALSE(TakeRefreshRequest(places));
}

TEST_CASE("a refresh is due after a day, and where there was none yet") {
  const BareRepository repository;
  CHECK(TakeRefreshRequest(*PlacesAt(repository.path)));
  CHECK_FALSE(TakeRefreshRequest(Refreshed(repository, 23 * kHour)));
  CHECK(TakeRefreshRequest(Refreshed(repository, 25 * kHour)));
}

TEST_CASE("a request that cannot be left is no trouble") {
  const BareRepository repository;
  const Places places = *PlacesAt(repository.path);
  WriteFile(places.Own(), "a file where the directory should be");
  AskForRefresh(places);
  CHECK(TakeRefreshRequest(places));
}

}  // namespace
}  // namespace sluice::hooks
