#include "promotion/moment.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a moment in words") {
  CHECK(Text(Moment(0s)) == "1970-01-01T00:00:00Z");
  CHECK(Text(Moment(1795727460s)) == "2026-11-26T21:11:00Z");
}

TEST_CASE("durations are read") {
  CHECK(ParseDuration("30m") == 30min);
  CHECK(ParseDuration("24h") == 24h);
  CHECK(ParseDuration("7d") == 168h);
  CHECK(ParseDuration("1s") == 1s);
  CHECK(ParseDuration("366d") == 366 * 24h);
}

TEST_CASE("what is no duration is not read") {
  for (const char* text :
       {"",   "h",  "0h",  "-1h",  "+1h",          "1",           "1.5h", "1h30m", "1 h", " 1h",
        "1H", "1w", "1ms", "367d", "99999999999h", "2147483647d", "1h ",  "01h",   "½h",  "1e3s"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseDuration(text));
  }
}

TEST_CASE("durations in words") {
  CHECK(Words(0s) == "0 s");
  CHECK(Words(45s) == "45 s");
  CHECK(Words(125min) == "2 h 5 min");
  CHECK(Words(72h) == "3 d");
  CHECK(Words(25h + 3s) == "1 d 1 h");
  CHECK(Words(24h + 3s) == "1 d");
}

}  // namespace
}  // namespace sluice::promotion
