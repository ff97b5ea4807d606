#include "promotion/words.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

TEST_CASE("a time is written in one way, both ways") {
  const struct {
    const char* text;
    std::int64_t seconds;
  } times[] = {{"2000-01-01T00:00:00Z", 946'684'800},
               {"2026-11-26T21:11:00Z", 1'795'727'460},
               {"2024-02-29T23:59:59Z", 1'709'251'199},
               {"9999-12-31T23:59:59Z", 253'402'300'799}};
  for (const auto& [text, seconds] : times) {
    CHECK(ReadTime(text) == seconds);
    CHECK(TimeText(seconds) == text);
  }
  for (const char* text :
       {"", "2026-11-26", "2026-11-26T21:11:00", "2026-11-26T21:11:00z", "2026-11-26 21:11:00Z",
        "2026-11-26T21:11Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "1999-12-31T23:59:59Z", "2026-11-26T21:11:00.0Z", "2026-11-26T21:11:00+00:00", "-026-11-26T21:11:00Z",
        " 026-11-26T21:11:00Z", "2026-11-26T2 :11:00Z"})
    CHECK_FALSE(ReadTime(text).has_value());
}

TEST_CASE("names are what they may be") {
  for (const char* label : {"a", "production", "prod-1", "1"}) CHECK(IsLabel(label));
  for (const char* label : {"", "-a", "a-", "A", "a.b", "a_b", "a/b", "..", "a b"})
    CHECK_FALSE(IsLabel(label));
  CHECK(IsLabel(std::string(63, 'a')));
  CHECK_FALSE(IsLabel(std::string(64, 'a')));
  CHECK(IsDigest(std::string(64, 'f')));
  for (const std::string& text :
       {std::string(63, 'f'), std::string(65, 'f'), std::string(64, 'F'), std::string(64, 'g')})
    CHECK_FALSE(IsDigest(text));
  CHECK(IsObjectId(std::string(40, '0')));
  CHECK_FALSE(IsObjectId(std::string(41, '0')));
}

TEST_CASE("a line of text hides nothing") {
  for (const char* text : {"x", "because \"it\" burns \\ é 火 \xf0\x9f\x94\xa5"}) CHECK(IsTextLine(text));
  CHECK(IsTextLine(std::string(1024, 'x')));
  CHECK_FALSE(IsTextLine(std::string(1025, 'x')));
  for (const char* text : {"", "a\nb", "a\tb", "\x1b[2J", "a\x7f", "a\xc2\x85", "a\xe2\x80\xa8", "\xff",
                           "a\xe2\x80\xae", "a\xe2\x80\x8b", "\xef\xbb\xbfx", "\xc0\x80", "\xed\xa0\x80"})
    CHECK_FALSE(IsTextLine(text));
  CHECK_FALSE(IsTextLine(std::string("a\0b", 3)));
}

}  // namespace
}  // namespace sluice::promotion
