#include "report/snippet.h"

#include <string>

#include "tests/catch.h"
#include "tests/report/samples.h"

namespace sluice::report {
namespace {

Finding At(std::string line, Range range) {
  Finding finding;
  finding.range = range;
  finding.source_line = std::move(line);
  return finding;
}

std::string Show(std::string line, Range range) { return Snippet(At(std::move(line), range), "", ""); }

TEST_CASE("the caret run stands under the range") {
  REQUIRE(Show("  replica: 3", {{9, 3}, {9, 10}}) ==
          "     9 |   replica: 3\n"
          "       |   ^~~~~~~\n");
  REQUIRE(Show("a: b", {{1234567, 1}, {1234567, 2}}) ==
          "1234567 | a: b\n"
          "        | ^\n");
}

TEST_CASE("a range without an end, or an end before its beginning, is one caret") {
  const std::string expected = "     1 | abc\n       |  ^\n";
  REQUIRE(Show("abc", {{1, 2}, {0, 0}}) == expected);
  REQUIRE(Show("abc", {{1, 2}, {1, 2}}) == expected);
  REQUIRE(Show("abc", {{1, 2}, {1, 1}}) == expected);
  REQUIRE(Show("abcdef", {{2, 2}, {1, 5}}) == "     2 | abcdef\n       |  ^\n");
}

TEST_CASE("a range over several lines runs to the end of the first, blanks left out") {
  REQUIRE(Show("a: bc  ", {{1, 4}, {3, 1}}) == "     1 | a: bc  \n       |    ^~\n");
}

TEST_CASE("a place behind the line's end points behind it") {
  REQUIRE(Show("abc", {{1, 4}, {1, 4}}) == "     1 | abc\n       |    ^\n");
  REQUIRE(Show("abc", {{1, 99}, {1, 99}}).find("^\n") != std::string::npos);
}

TEST_CASE("tabs stay tabs, so that the caret stays in place") {
  REQUIRE(Show("\tab: 1", {{1, 2}, {1, 4}}) == "     1 | \tab: 1\n       | \t^~\n");
}

TEST_CASE("wide, combining and hidden characters keep the caret in place") {
  REQUIRE(Show("日: x", {{1, 4}, {1, 5}}) == "     1 | 日: x\n       |     ^\n");
  REQUIRE(Show("日: x", {{1, 1}, {1, 2}}) == "     1 | 日: x\n       | ^~\n");
  REQUIRE(Show("e\xcc\x81: x", {{1, 5}, {1, 6}}) == "     1 | e\xcc\x81: x\n       |    ^\n");
  REQUIRE(Show("\xe2\x80\xae"
               "a: x",
               {{1, 1}, {1, 2}}) == "     1 | <U+202E>a: x\n       | ^~~~~~~~\n");
  REQUIRE(Show("\x1b\xff: x", {{1, 5}, {1, 6}}) == "     1 | \\x1b\\xff: x\n       |           ^\n");
}

TEST_CASE("a long line is cut around the caret, on both sides") {
  const std::string line = std::string(500, 'a') + "HERE" + std::string(500, 'b');
  const std::string shown = Show(line, {{1, 501}, {1, 505}});
  const std::size_t end = shown.find('\n');
  REQUIRE(shown.substr(9).starts_with("…aaaa"));
  REQUIRE(shown.substr(0, end).ends_with("b…"));
  REQUIRE(end < 140);
  const std::string second = shown.substr(end + 1);
  REQUIRE(second == "       | " + std::string(41, ' ') + "^~~~\n");
  REQUIRE(shown.substr(9 + 3 + 40, 4) == "HERE");
}

TEST_CASE("a line of 16 MiB makes a short snippet") {
  const std::string shown = Show(std::string(16u << 20, 'x'), {{1, 9'000'000}, {1, 16'000'000}});
  REQUIRE(shown.size() < 400);
  REQUIRE(shown.find('^') != std::string::npos);
}

TEST_CASE("no line is shown where there is none to show") {
  REQUIRE(Show("", {{1, 1}, {1, 2}}).empty());
  REQUIRE(Show("x", {{0, 0}, {0, 0}}).empty());
}

TEST_CASE("colours enclose the run alone") {
  REQUIRE(Snippet(At("ab", {{1, 2}, {1, 3}}), "<", ">") == "     1 | ab\n       |  <^>\n");
}

TEST_CASE("no hostile line steers a terminal") {
  for (const std::string& text : HostileTexts()) {
    CAPTURE(text);
    REQUIRE_FALSE(Steers(Show(text, {{1, 1}, {1, 3}})));
  }
}

}  // namespace
}  // namespace sluice::report
