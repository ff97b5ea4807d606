// Under which login somebody's request is judged and recorded.
#include "gate/requested_move.h"

#include "promotion/words.h"
#include "tests/catch.h"

namespace sluice::gate {
namespace {

TEST_CASE("a request is judged under a login that a record can hold, or not at all") {
  promotion::People people;
  people.people.push_back({"ana", {}, {{"github", "ana-at-shop"}, {"gitolite", "ana"}}, {}, {}});
  people.people.push_back({"ben", {}, {}, {}, {}});
  people.people.push_back(
      {"chi", {}, {{"gitolite", std::string(promotion::kTextLineBytes + 1, 'c')}}, {}, {}});
  Push push;
  push.settings.identity = "gitolite";
  REQUIRE(MoveAs(people, "ana", push));
  CHECK(push.pusher == "ana");
  CHECK(MoveAs(people, "ben", push).error().message == "`people` gives ben no login, which a record names");
  const Status chi = MoveAs(people, "chi", push);
  REQUIRE_FALSE(chi);
  CHECK(chi.error().message == "the login of chi is no line of text, which a record needs");
  CHECK(MoveAs(people, "dan", push).error().message == "`people` knows nobody called dan");
  CHECK(push.pusher == "ana");
}

}  // namespace
}  // namespace sluice::gate
