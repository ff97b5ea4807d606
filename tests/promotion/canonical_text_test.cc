// What is no canonical JSON, and what a member must not be. The longer table is
// that of refusals.
#include "promotion/canonical_text.h"

#include "promotion/words.h"
#include "tests/catch.h"

namespace sluice::promotion {
namespace {

std::string Why(const std::string& text, std::size_t limit = 1 << 16) {
  const Result<CanonicalText> read = ReadCanonicalText("it", text, limit);
  return read ? "" : read.error().message;
}

TEST_CASE("canonical JSON is read") {
  for (const char* text :
       {"{}", "{\"a\":1,\"b\":[true,null,{}]}", "{\"a\":\"\\\"\\\\é\"}", "{\"A\":0,\"a\":-1}"})
    CHECK(Why(text).empty());
}

TEST_CASE("any other spelling is refused, with its byte") {
  for (const char* text : {"",
                           " {}",
                           "[]",
                           "1",
                           "\"a\"",
                           "null",
                           "{} ",
                           "{}\n",
                           "{}{}",
                           "{ }",
                           "{\"a\": 1}",
                           "{\"b\":1,\"a\":1}",
                           "{\"a\":1,\"a\":1}",
                           "{\"a\":1.0}",
                           "{\"a\":1e3}",
                           "{\"a\":-0}",
                           "{\"a\":01}",
                           "{\"a\":\"\\u0061\"}",
                           "{\"a\":\"\\/\"}",
                           "{\"a\":'b'}",
                           "{a:1}",
                           "{\"a\":1,}",
                           "{\"a\":1",
                           "{\"a\"}",
                           "{\"a\":\"\xff\"}",
                           "{\"a\":\"\xed\xa0\x80\"}",
                           "{\"a\":\"\\ud800\"}",
                           "{\"a\":\"a\nb\"}",
                           "\xef\xbb\xbf{}",
                           "{\"a\":\"\xe2\x80\xae\"}",
                           "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}",
                           "{\"a\":NaN}",
                           "{\"a\":True}",
                           "{\"a\":1}\n---\n{\"a\":1}",
                           "{\"a\":*b}",
                           "{\"a\":&b 1}",
                           "{\"a\":!!str 1}",
                           "{\"\\u0000\":1}#",
                           "{//\n}"}) {
    INFO(text);
    CHECK(Why(text).find("it, byte ") == 0);
  }
  CHECK(Why("{\"é\":1,\"ü\": 2}") == "it, byte 13: this is not canonical JSON (docs/ledger.md, section 2)");
  CHECK(Why("{\"a\":1}", 6) == "it has more than 6 bytes");
}

TEST_CASE("the first member that is wrong is named with its byte") {
  const Result<CanonicalText> text = ReadCanonicalText("it", "{\"a\":\"é\",\"b\":\"no\",\"c\":3}", 100);
  REQUIRE(text);
  Fields fields(*text, text->root());
  CHECK(fields.TextLine("a") == "é");
  CHECK(fields.Digest("b").empty());
  CHECK(fields.Count("c") == 0);  // nothing after the first error
  CHECK(fields.End().error().message == "it, byte 14: b should be 64 lower-case hexadecimal digits");
}

TEST_CASE("a member that nobody asked for is refused") {
  const Result<CanonicalText> text = ReadCanonicalText("it", "{\"a\":1,\"b\":2}", 100);
  REQUIRE(text);
  Fields fields(*text, text->root());
  CHECK(fields.Count("a") == 1);
  CHECK(fields.End().error().message == "it, byte 11: the member b is none that this version knows");
}

TEST_CASE("lists are sorted and bounded") {
  const auto why = [](const std::string& json, std::size_t most) {
    const Result<CanonicalText> text = ReadCanonicalText("it", "{\"a\":" + json + "}", 1000);
    REQUIRE(text);
    Fields fields(*text, text->root());
    fields.SortedTexts("a", IsLabel, "labels", most);
    const Status end = fields.End();
    return end ? "" : end.error().message;
  };
  CHECK(why("[]", 0).empty());
  CHECK(why("[\"a\",\"b\"]", 2).empty());
  for (const char* json : {"[\"a\",\"b\"]", "null", "{}", "\"a\""}) CHECK_FALSE(why(json, 1).empty());
  for (const char* json : {"[\"b\",\"a\"]", "[\"a\",\"a\"]", "[1]", "[\"A\"]", "[null]"})
    CHECK_FALSE(why(json, 9).empty());
}

TEST_CASE("members are written in canonical form") {
  const std::string text =
      JsonMembers().Text("a", "q\"b\\").Count("b", 7).Time("c", 946'684'800).Null("d").Json("e", "[]").End();
  CHECK(text == "{\"a\":\"q\\\"b\\\\\",\"b\":7,\"c\":\"2000-01-01T00:00:00Z\",\"d\":null,\"e\":[]}");
  CHECK(Why(text).empty());
}

}  // namespace
}  // namespace sluice::promotion
