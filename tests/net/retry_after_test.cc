#include "net/retry_after.h"

#include "tests/catch.h"

namespace sluice::net {
namespace {

using std::chrono::seconds;

// Sun, 06 Nov 1994 08:49:37 GMT
const auto kNow = std::chrono::system_clock::from_time_t(784111777);

TEST_CASE("how long to wait") {
  const std::pair<const char*, long> cases[] = {
      {"0", 0},
      {"120", 120},
      {"86400", 86400},
      {"86401", 86400},
      {"99999999999999999999999", 86400},
      {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
      {"Sun, 06 Nov 1994 08:50:37 GMT", 60},
      {"Sat, 05 Nov 1994 08:49:37 GMT", 0},
      {"Mon, 07 Nov 2094 08:49:37 GMT", 86400},
  };
  for (const auto& [value, wanted] : cases) {
    INFO(value);
    CHECK(ParseRetryAfter(value, kNow) == seconds(wanted));
  }
}

TEST_CASE("values that say nothing") {
  for (const char* value : {"",
                            " ",
                            "-1",
                            "+1",
                            "1.5",
                            "12x",
                            "0x10",
                            "soon",
                            "Sun, 06 Nov 1994 08:49:37",
                            "Sun, 06 Nov 1994 08:49:37 CET",
                            "Sun, 6 Nov 1994 08:49:37 GMT",
                            "Sun, 31 Feb 1994 08:49:37 GMT",
                            "Sun, 06 Xxx 1994 08:49:37 GMT",
                            "Abc, 06 Nov 1994 08:49:37 GMT",
                            "Sun, 06 Ova 1994 08:49:37 GMT",
                            "Sun, 06 Nov 1994 24:49:37 GMT",
                            "Sun, 06 Nov 1994 08:60:37 GMT",
                            "Sun, 06 Nov 1994 08:49:61 GMT",
                            "Sunday, 06-Nov-94 08:49:37 GMT",
                            "Sun Nov  6 08:49:37 1994",
                            "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    INFO(value);
    CHECK_FALSE(ParseRetryAfter(value, kNow));
  }
}

}  // namespace
}  // namespace sluice::net
