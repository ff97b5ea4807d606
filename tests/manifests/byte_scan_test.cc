// What is refused before a parser sees it, and where.
#include "manifests/byte_scan.h"

#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

std::string Refusal(std::string text) { return Places(ParseText(std::move(text)).findings); }

TEST_CASE("text that readers split or decode differently is refused at its place") {
  const struct {
    std::string text;
    std::string_view refusal;
  } cases[] = {
      {std::string("a: x\0y", 6), "yaml/encoding 1:5-1:6"},
      {"a: 1\nb: \x01", "yaml/encoding 2:4-2:5"},
      {"a: \x1b[31m", "yaml/encoding 1:4-1:5"},
      {"a: x\x7fy", "yaml/encoding 1:5-1:6"},
      {"a: \xc2\x80", "yaml/encoding 1:4-1:5"},
      {"a: \xc2\x9f", "yaml/encoding 1:4-1:5"},
      {"\xff\xfe"
       "a\0",
       "yaml/encoding 1:1-1:2"},
      {"\xfe\xff", "yaml/encoding 1:1-1:2"},
      {"a: \xff", "yaml/encoding 1:4-1:5"},
      {"a: \xc0\xaf", "yaml/encoding 1:4-1:5"},
      {"a: \xe0\x80\x80", "yaml/encoding 1:4-1:5"},
      {"a: \xf0\x80\x80\x80", "yaml/encoding 1:4-1:5"},
      {"a: \xed\xa0\x80", "yaml/encoding 1:4-1:5"},
      {"a: \xf4\x90\x80\x80", "yaml/encoding 1:4-1:5"},
      {"a: \xc3", "yaml/encoding 1:4-1:5"},
      {"a: \xe2\x82", "yaml/encoding 1:4-1:5"},
      {"# \xff", "yaml/encoding 1:3-1:4"},
      {"a: \xef\xbf\xbe", "yaml/encoding 1:4-1:5"},
      {"a: \xef\xbf\xbf", "yaml/encoding 1:4-1:5"},
      {"a: 1\n---\n\xef\xbb\xbf"
       "b: 1",
       "yaml/encoding 3:1-3:2"},
      {"\xef\xbb\xbf\xef\xbb\xbf"
       "a: 1",
       "yaml/encoding 1:1-1:2"},
      {"a: 1\rb: 2", "yaml/line-break 1:5-1:6"},
      {"a: 1\r", "yaml/line-break 1:5-1:6"},
      {"a: 1\r\r\n", "yaml/line-break 1:5-1:6"},
      {"\xc3\xa9: 1 # \xc2\x85", "yaml/line-break 1:8-1:9"},
      {"a: \"x\xe2\x80\xa8y\"", "yaml/line-break 1:6-1:7"},
      {"# \xe2\x80\xa9", "yaml/line-break 1:3-1:4"},
      {"{\"a\": \"\xe2\x80\xa8\"}", "yaml/line-break 1:8-1:9"},
      {"12345678\n1234567\x01", "yaml/encoding 2:8-2:9"},
      {"1234567\x01", "yaml/encoding 1:8-1:9"},
      {"12345678\x01", "yaml/encoding 1:9-1:10"},
  };
  for (const auto& [text, refusal] : cases) {
    CAPTURE(text);
    CHECK(Refusal(text) == refusal);
  }
}

TEST_CASE("ordinary text passes") {
  for (const char* text :
       {"", "\n", "a: 1", "a: 1\r\nb: 2\r\n", "a:\t1\n",
        "\xef\xbb\xbf"
        "a: 1\n",
        "a: \xc2\xa0", "a: \xf0\x9f\x98\x80", "a: \xf4\x8f\xbf\xbd", "a: \xe2\x82\xac\n", "\xef\xbb\xbf"}) {
    CAPTURE(text);
    CHECK(Refusal(text).empty());
  }
}

TEST_CASE("lines that begin with three dashes separate documents for every tool or are refused") {
  for (const char* text : {"--- a\n", "a: 1\n--- {b: 2}\n", "---a\n", "----\n", "a: 1\n---#c\n",
                           "a: 1\n---\tb\n", "--- |\n  x\n", "a: \"x\n---foo\"\n", "--- &a\n",
                           "---\xc2\xa0\n", "a: 1\n---b: 2\n", "a: |\n  x\n---foo\n"}) {
    CAPTURE(text);
    CHECK(Refusal(text).starts_with("yaml/ambiguous-document "));
  }
  for (const char* text : {"---\n", "---", "--- \n", "---\t\n", "--- # c\n", "---\t# c\n", "---\r\n",
                           "--- # c\r\n", "a: 1\n---\nb: 2\n", "---\n---\n", "a: |\n  ---\n  x\n",
                           "a: x\n  ---\n", "# ---\n", "\xef\xbb\xbf---\na: 1\n", "a: 1\n...\n---\nb: 1\n"}) {
    CAPTURE(text);
    CHECK(Refusal(text).empty());
  }
}

TEST_CASE("a place behind three dashes names the text there") {
  CHECK(Refusal("a: 1\n---   {b: 2}\n") == "yaml/ambiguous-document 2:7-2:8");
  CHECK(Refusal("a: 1\n---b\n") == "yaml/ambiguous-document 2:4-2:5");
}

TEST_CASE("the first brace in 4,096 bytes makes a file JSON, as for kubectl") {
  CHECK(LooksLikeJson("{"));
  CHECK(LooksLikeJson(" \t\r\n {\"a\": 1}"));
  CHECK(LooksLikeJson(std::string(4095, ' ') + "{"));
  CHECK_FALSE(LooksLikeJson(std::string(4096, ' ') + "{"));
  CHECK_FALSE(LooksLikeJson(""));
  CHECK_FALSE(LooksLikeJson("[{}]"));
  CHECK_FALSE(LooksLikeJson("---\n{}"));
  CHECK_FALSE(LooksLikeJson("# c\n{}"));
  CHECK_FALSE(LooksLikeJson("\xef\xbb\xbf{}"));
}

}  // namespace
}  // namespace sluice::manifests
