#include "report/printable.h"

#include <string>

#include "report/report.h"
#include "tests/catch.h"
#include "tests/report/samples.h"

namespace sluice::report {
namespace {

struct Shown {
  std::string text, printable;
};

TEST_CASE("what steers a terminal is made visible") {
  const Shown cases[] = {
      {"\x1b[31m", "\\x1b[31m"},
      {std::string("a\0b", 3), "a\\x00b"},
      {"a\rb\nc", "a\\x0db\\x0ac"},
      {"\x7f", "\\x7f"},
      {"\xc2\x80\xc2\x9b", "<U+0080><U+009B>"},
      {"\xe2\x80\xae"
       "abc\xe2\x80\xac",
       "<U+202E>abc<U+202C>"},
      {"\xe2\x81\xa6\xe2\x81\xa9\xd8\x9c", "<U+2066><U+2069><U+061C>"},
      {"\xe2\x80\x8b\xe2\x81\xa0\xef\xbb\xbf\xc2\xad", "<U+200B><U+2060><U+FEFF><U+00AD>"},
      {"\xe2\x80\xa8\xe2\x80\xa9", "<U+2028><U+2029>"},
      {"\xf3\xa0\x81\x81", "<U+E0041>"},
      {"\xf4\x8f\xbf\xbf", "<U+10FFFF>"},
      {"\xef\xbf\xbe", "<U+FFFE>"},
      {"\xff\xfe", "\\xff\\xfe"},
      {"\xc0\xaf", "\\xc0\\xaf"},
      {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"\xe2\x82", "\\xe2\\x82"},
      {"\xe2\x82z", "\\xe2\\x82z"},
  };
  for (const Shown& shown : cases) {
    CAPTURE(shown.printable);
    REQUIRE(Printable(shown.text) == shown.printable);
  }
}

TEST_CASE("what people write is left as it is") {
  for (const char* text :
       {"", "plain ASCII ~", "a\tb", "\xc3\xa9t\xc3\xa9", "\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x9a\x80",
        "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", "\xe2\x9d\xa4\xef\xb8\x8f",
        "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "e\xcc\x81", "\xef\xbf\xbd"}) {
    REQUIRE(Printable(text) == text);
  }
}

TEST_CASE("every single byte comes out printable") {
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    REQUIRE_FALSE(Steers(Printable(std::string(1, static_cast<char>(byte)))));
    REQUIRE(Printable("x" + std::string(1, static_cast<char>(byte)) + "y").find('\n') == std::string::npos);
  }
}

TEST_CASE("a long text is cut at whole code points") {
  REQUIRE(PrintableCut("abc", 3) == "abc");
  REQUIRE(PrintableCut("abcd", 3) == "abc…");
  REQUIRE(PrintableCut("\xc3\xa9\xc3\xa9\xc3\xa9", 2) == "\xc3\xa9\xc3\xa9…");
  REQUIRE(PrintableCut("\x1b\x1b", 1) == "\\x1b…");
}

TEST_CASE("columns are those of a terminal") {
  REQUIRE(ColumnsOf('a') == 1);
  REQUIRE(ColumnsOf(0xe9) == 1);
  REQUIRE(ColumnsOf(0x301) == 0);
  REQUIRE(ColumnsOf(0x200d) == 0);
  REQUIRE(ColumnsOf(0x65e5) == 2);
  REQUIRE(ColumnsOf(0x1f680) == 2);
  REQUIRE(ColumnsOf(0x5d0) == 1);
}

}  // namespace
}  // namespace sluice::report
